import type { ImageOperation, Job } from '../../../client/index.ts';
import { formatDuration, plural } from './format.ts';

export type OperationKind = ImageOperation['type'];

export const OPERATION_WORDS: Readonly<Record<OperationKind, readonly [label: string, help: string]>> = {
  compress: ['Compressed copy', 'The same picture in the same format, with fewer bytes.'],
  resize: ['Smaller copy', 'Fits into width and height; nothing is enlarged.'],
  convert: ['Other format', 'The same picture as a file of another type.'],
  watermark: ['Watermark', 'A copy with your text in its corner. The original stays as it is.'],
  thumbnails: ['Thumbnails', 'Squares of 150, 300 and 600 pixels, cut to fit.'],
};

/** How far an operation is, in one line. */
export function jobWords(job: Job | undefined, estimatedSeconds: number): string {
  if (!job || job.status === 'queued' || job.status === 'running')
    return estimatedSeconds > 0
      ? `In the making, about ${formatDuration(estimatedSeconds)}`
      : 'In the making…';
  const made = job.results.filter(({ outcome }) => outcome === 'done').length;
  // The server says what stands in the way, and what to do.
  const details = job.results.flatMap(({ outcome, detail }) =>
    outcome === 'done' || !detail ? [] : [detail],
  );
  if (job.detail) details.push(job.detail);
  if (details.length > 0) return [...new Set(details)].join(' ');
  return made > 0 ? `Done: ${plural(made, 'picture')}, listed above` : 'It could not be made';
}
