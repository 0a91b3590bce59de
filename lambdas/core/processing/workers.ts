import { canonicalMimeType, mediaKind } from '../content/mime-types.ts';
import type { Priority } from '../files/file.ts';

/** Who looks at a stored file. Each has queues of its own. */
export const processingWorkers = ['images', 'documents', 'videos', 'other'] as const;

export type ProcessingWorker = (typeof processingWorkers)[number];

/** Undefined: nothing is made of such a file, and nothing more is to be known of it. */
export function workerFor(mimeType: string): ProcessingWorker | undefined {
  switch (mediaKind(mimeType)) {
    case 'image':
      return 'images';
    case 'document':
    case 'text':
      return 'documents';
    case 'video':
    case 'audio':
      // Notes for instruments, and no sound.
      return canonicalMimeType(mimeType) === 'audio/midi' ? undefined : 'videos';
    default:
      return listedArchives.test(canonicalMimeType(mimeType)) ? 'other' : undefined;
  }
}

/** Archives that somebody here lists. */
const listedArchives = /^application\/(?:zip|java-archive|gzip|x-tar)$/;

/**
 * Whether something of it becomes the tenant's presets: the picture itself, a document's first page, a video's poster, a
 * recording's cover.
 */
export const hasPresets = (mimeType: string): boolean =>
  ['images', 'documents', 'videos'].includes(workerFor(mimeType) ?? '');

/** High and urgent files have a lane of their own, so that they overtake any backlog. */
export const isUrgent = ({ priority }: { readonly priority?: Priority | undefined }): boolean =>
  priority === 'high' || priority === 'urgent';
