import { canonicalMimeType, mediaKind } from '../content/mime-types.ts';
import type { Priority } from '../files/file.ts';

/** Who looks at a stored file. Each has queues of its own. */
export const processingWorkers = ['images', 'documents', 'other'] as const;

export type ProcessingWorker = (typeof processingWorkers)[number];

/** Undefined: nothing is made of such a file, and nothing more is to be known of it. */
export function workerFor(mimeType: string): ProcessingWorker | undefined {
  switch (mediaKind(mimeType)) {
    case 'image':
      return 'images';
    case 'document':
    case 'text':
      return 'documents';
    default:
      return tellsOfItself.test(canonicalMimeType(mimeType)) ? 'other' : undefined;
  }
}

/** Recordings whose tags somebody here reads, and archives that somebody here lists. */
const tellsOfItself =
  /^(?:audio\/(?:mpeg|aac|mp4|webm|matroska|wav|ogg|flac|aiff|x-ms-wma|ape|wavpack|x-musepack|x-dsf)|application\/(?:zip|java-archive|gzip|x-tar))$/;

/** Whether something of it becomes the tenant's presets: the picture itself, a document's first page, a recording's cover. */
export const hasPresets = (mimeType: string): boolean =>
  ['images', 'documents'].includes(workerFor(mimeType) ?? '') ||
  (mediaKind(mimeType) === 'audio' && workerFor(mimeType) === 'other');

/** High and urgent files have a lane of their own, so that they overtake any backlog. */
export const isUrgent = ({ priority }: { readonly priority?: Priority | undefined }): boolean =>
  priority === 'high' || priority === 'urgent';
