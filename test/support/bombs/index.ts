import { archiveBombs } from './archives.ts';
import { imageBombs } from './images.ts';
import { pdfBombs } from './pdf.ts';
import type { HostileSample } from './sample.ts';

/** The whole corpus. Every sample is made when it is asked for; none is kept. */
export const bombs: readonly HostileSample[] = [...imageBombs, ...archiveBombs, ...pdfBombs];
