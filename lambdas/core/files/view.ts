import type { Share } from '../tenancy/access.ts';
import type { FileRecord, Withdrawal } from './file.ts';
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

export type WithdrawalView = Omit<Withdrawal, 'left'>;

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
  readonly metadata: Readonly<Record<string, string>>;
  readonly checksum?: FileRecord['checksum'];
  /** What a reader of the file should know before opening it. */
  readonly findings?: FileRecord['findings'];
  /** The last malware scan that the content has passed. */
  readonly scan?: FileRecord['scan'];
  /** Contents that a later scan found infected: they are gone. */
  readonly withdrawals?: readonly WithdrawalView[];
  readonly etag: string;
  readonly version: number;
  /** The upload that is replacing the content, or the last one that came to nothing (`endedAs`, `reason`). */
  readonly replacement?: FileRecord['replacement'];
  readonly media?: FileRecord['media'] & { readonly exif?: FileRecord['exif'] };
  readonly renditions: readonly RenditionView[];
  readonly progress: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** In the trash since then, and until when it comes back. */
  readonly deletedAt?: string;
  readonly purgeAt?: string;
  readonly legalHold?: FileRecord['legalHold'];
}

/** A file as a listing shows it: the index holds a summary, and a page of whole files would not fit an answer. */
export type ListedFileView = Omit<
  FileView,
  'metadata' | 'replacement' | 'media' | 'findings' | 'scan' | 'withdrawals'
> & {
  readonly media?: FileRecord['media'];
  /** Among what is shared with the caller: how, since when and until when. */
  readonly share?: Pick<Share, 'access' | 'createdAt' | 'expiresAt'>;
};

export function listedFileView(file: FileRecord): ListedFileView {
  const view = fileView({ ...file, exif: undefined });
  const { metadata: _m, replacement: _r, findings: _f, scan: _s, withdrawals: _w, ...rest } = view;
  return rest;
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
    metadata: file.metadata,
    ...(file.checksum && { checksum: file.checksum }),
    ...(file.findings && { findings: file.findings }),
    ...(file.scan && { scan: file.scan }),
    ...(file.withdrawals && { withdrawals: file.withdrawals.map(({ left: _, ...rest }) => rest) }),
    etag: etagOf(file),
    version: file.version,
    ...(file.replacement && { replacement: file.replacement }),
    ...(media && { media }),
    renditions: renditionViews(file),
    progress: progressOf(file.status),
    createdAt: file.createdAt,
    updatedAt: file.updatedAt,
    ...(file.deletedAt && { deletedAt: file.deletedAt }),
    ...(file.purgeAt && { purgeAt: file.purgeAt }),
    ...(file.legalHold && { legalHold: file.legalHold }),
  };
}

export const renditionViews = (file: Pick<FileRecord, 'renditions'>): readonly RenditionView[] =>
  Object.values(file.renditions).map(({ key: _key, ...rest }) => rest);

export interface StatusView {
  readonly id: string;
  readonly status: Status;
  readonly reason?: string;
  readonly progress: number;
  /** Seconds until the file is expected to be ready; 0 when it is or will not be. */
  readonly estimatedSeconds: number;
  readonly renditions: readonly RenditionView[];
  readonly version: number;
  /** How far the upload is that is replacing the content, or what became of the last one that came to nothing. */
  readonly replacement?: Pick<StatusView, 'status' | 'reason' | 'progress' | 'estimatedSeconds'> & {
    readonly uploadId: string;
  };
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

/** @param brought the record of the replacement while it is under way; one that ended says itself in the file how */
export function statusView(file: FileRecord, brought?: FileRecord): StatusView {
  const replacement = brought ?? endedReplacement(file);
  return {
    id: file.fileId,
    ...progressView(file),
    renditions: renditionViews(file),
    version: file.version,
    ...(replacement && {
      replacement: { uploadId: replacement.uploadId, ...progressView(replacement) },
    }),
  };
}

const endedReplacement = ({ replacement }: FileRecord) =>
  replacement?.endedAs && { ...replacement, status: replacement.endedAs };

const progressView = ({ status, reason }: Pick<FileRecord, 'status' | 'reason'>) => ({
  status,
  ...(reason && { reason }),
  progress: progressOf(status),
  estimatedSeconds: typicalSeconds[status] ?? 0,
});
