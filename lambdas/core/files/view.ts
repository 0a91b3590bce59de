import type { Share } from '../tenancy/access.ts';
import type { FileRecord, Rendition, Withdrawal } from './file.ts';
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
  readonly frames?: number;
  /** Seconds. */
  readonly duration?: number;
  readonly size?: number;
  readonly bytesSaved?: number;
  /** Of the original's size, to four digits. */
  readonly ratio?: number;
  readonly onDemand?: true;
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
  readonly category?: FileRecord['category'];
  readonly media?: FileRecord['media'] & {
    readonly exif?: FileRecord['exif'];
    readonly details?: FileRecord['details'];
    /** The beginning of the text that was found in it. */
    readonly text?: { readonly excerpt: string; readonly characters: number; readonly truncated: boolean };
  };
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
  const view = fileView({ ...file, exif: undefined, details: undefined, text: undefined });
  const { metadata: _m, replacement: _r, findings: _f, scan: _s, withdrawals: _w, ...rest } = view;
  return rest;
}

/** @param excerpt the beginning of its text, where that was read */
export function fileView(file: FileRecord, excerpt?: string): FileView {
  const { exif, details, text } = file;
  const media = file.media && {
    ...file.media,
    ...(exif && { exif }),
    ...(details && { details }),
    ...(text &&
      excerpt !== undefined && {
        text: { excerpt, characters: text.characters, truncated: text.truncated },
      }),
  };
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
    ...(file.category && { category: file.category }),
    ...(media && { media }),
    renditions: renditionViews(file),
    progress: progressOf(file),
    createdAt: file.createdAt,
    updatedAt: file.updatedAt,
    ...(file.deletedAt && { deletedAt: file.deletedAt }),
    ...(file.purgeAt && { purgeAt: file.purgeAt }),
    ...(file.legalHold && { legalHold: file.legalHold }),
  };
}

export const renditionViews = (file: Pick<FileRecord, 'renditions'>): readonly RenditionView[] =>
  Object.values(file.renditions).map(renditionView);

export function renditionView({
  key: _key,
  recipe: _recipe,
  requestedAt: _at,
  ...rest
}: Rendition): RenditionView {
  const { size, bytesSaved } = rest;
  if (size === undefined || bytesSaved === undefined) return rest;
  return { ...rest, ratio: Math.round((size / (size + bytesSaved)) * 10_000) / 10_000 };
}

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

/** A record and when it is expected to be ready. */
export interface Expected {
  readonly record: FileRecord;
  readonly estimatedSeconds: number;
  /** Of a video or recording that is transcoded. */
  readonly encodedPercent?: number | undefined;
}

/** @param brought the replacement while it is under way; one that ended says itself in the file how */
export function statusView(
  { record: file, estimatedSeconds, encodedPercent }: Expected,
  brought?: Expected,
): StatusView {
  const ended = endedReplacement(file);
  return {
    id: file.fileId,
    ...progressView({ ...file, encodedPercent }, estimatedSeconds),
    renditions: renditionViews(file),
    version: file.version,
    ...(brought
      ? { replacement: replacementView(brought.record, brought.estimatedSeconds) }
      : ended && { replacement: replacementView(ended, 0) }),
  };
}

type Replacing = Pick<FileRecord, 'uploadId' | 'status' | 'reason'> &
  Partial<Pick<FileRecord, 'renditions'>> &
  Pick<Expected, 'encodedPercent'>;

const replacementView = (replacement: Replacing, estimatedSeconds: number) => ({
  uploadId: replacement.uploadId,
  ...progressView(replacement, estimatedSeconds),
});

const endedReplacement = ({ replacement }: FileRecord) =>
  replacement?.endedAs && { ...replacement, status: replacement.endedAs };

const progressView = (of: Replacing, estimatedSeconds: number) => ({
  status: of.status,
  ...(of.reason && { reason: of.reason }),
  progress: progressOf(of),
  estimatedSeconds,
});
