import type { FileRecord } from './file.ts';
import { progressOf, type Status } from './status.ts';

/** The HTTP `etag` of a file's record, for If-Match: changes with every change of it. */
export const etagOf = (file: Pick<FileRecord, 'revision'>): string => `"${file.revision}"`;

export interface RenditionView {
  readonly name: string;
  readonly status: string;
  readonly reason?: string;
  readonly mimeType?: string;
  readonly width?: number;
  readonly height?: number;
  readonly size?: number;
  readonly createdAt?: string;
}

/** A file as API.md shows it; keys and version ids of the buckets stay inside. */
export interface FileView {
  readonly id: string;
  readonly tenantId: string;
  readonly ownerId: string;
  readonly path: string;
  readonly filename: string;
  readonly originalName: string;
  readonly mimeType: string;
  readonly size: number;
  readonly status: Status;
  readonly reason?: string;
  readonly isPublic: boolean;
  readonly sensitivity: string;
  readonly tags: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly checksum?: FileRecord['checksum'];
  readonly etag: string;
  readonly version: number;
  readonly media?: FileRecord['media'] & { readonly exif?: FileRecord['exif'] };
  readonly renditions: readonly RenditionView[];
  readonly progress: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export function fileView(file: FileRecord): FileView {
  const media = file.media && { ...file.media, ...(file.exif && { exif: file.exif }) };
  return {
    id: file.fileId,
    tenantId: file.tenantId,
    ownerId: file.ownerId,
    path: file.path,
    filename: file.filename,
    originalName: file.originalName,
    mimeType: file.mimeType,
    size: file.size,
    status: file.status,
    ...(file.reason && { reason: file.reason }),
    isPublic: file.isPublic,
    sensitivity: file.sensitivity,
    tags: file.tags,
    // Absent in listings, whose index holds a summary.
    ...(file.metadata && { metadata: file.metadata }),
    ...(file.checksum && { checksum: file.checksum }),
    etag: etagOf(file),
    version: file.version,
    ...(media && { media }),
    renditions: renditionViews(file),
    progress: progressOf(file.status),
    createdAt: file.createdAt,
    updatedAt: file.updatedAt,
  };
}

export const renditionViews = (file: FileRecord): readonly RenditionView[] =>
  Object.values(file.renditions).map(({ key: _key, ...rest }) => rest);

export interface StatusView {
  readonly id: string;
  readonly status: Status;
  readonly reason?: string;
  readonly progress: number;
  /** Seconds until the file is expected to be ready; 0 when it is or will not be. */
  readonly estimatedSeconds: number;
  readonly renditions: readonly RenditionView[];
}

/**
 * Typical seconds from a status to the end, for a client's progress bar: inspection and image renditions take a
 * second or two each when nothing is queued.
 */
const typicalSeconds: Partial<Record<Status, number>> = {
  uploaded: 5,
  inspecting: 4,
  stored: 3,
  processing: 2,
};

export const statusView = (file: FileRecord): StatusView => ({
  id: file.fileId,
  status: file.status,
  ...(file.reason && { reason: file.reason }),
  progress: progressOf(file.status),
  estimatedSeconds: typicalSeconds[file.status] ?? 0,
  renditions: renditionViews(file),
});
