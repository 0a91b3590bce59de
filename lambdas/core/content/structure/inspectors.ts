import { archiveTypes, inspectArchive } from './archives/inspect-archive.ts';
import { imageTypes, inspectImage } from './images/inspect-image.ts';
import { inspectSvg } from './images/svg/inspect-svg.ts';
import { inspectPdf } from './pdf/inspect-pdf.ts';
import type { StructureInspector } from './structure.ts';

/** The inspectors by the type that the bytes show; a type that none of them knows has no structure to judge. */
export const inspectors: readonly (readonly [types: RegExp, inspect: StructureInspector])[] = [
  [imageTypes, inspectImage],
  [/^image\/svg\+xml$/, inspectSvg],
  [/^application\/pdf$/, inspectPdf],
  [archiveTypes, inspectArchive],
];

export const inspectorOf = (mimeType: string): StructureInspector | undefined =>
  inspectors.find(([types]) => types.test(mimeType))?.[1];
