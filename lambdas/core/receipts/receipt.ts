import type { FileRecord, FileVersion } from '../files/file.ts';

/** Counts the shapes of receipts: a reader of old ones knows what to expect. */
const schemaVersion = 1;

/**
 * What a receipt says of one content of a file. Keys and version ids of the buckets stay inside; names are as the
 * upload gave them, because a later name says nothing of what was received.
 */
export interface Receipt {
  readonly schemaVersion: number;
  readonly tenantId: string;
  readonly ownerId: string;
  readonly fileId: string;
  readonly version: number;
  readonly uploadId: string;
  readonly originalName: string;
  /** As the inspection found it. */
  readonly mimeType: string;
  /** Bytes. */
  readonly size: number;
  /** Of the whole content, base64 by algorithm: computed or verified by S3, or verified by the pipeline. */
  readonly checksums: Readonly<Record<string, string>>;
  /** ETag of the object that was uploaded, as S3 gave it. */
  readonly contentEtag?: string;
  /** When its bytes had landed, when it passed inspection or was restored, and when this receipt was made. */
  readonly uploadedAt?: string;
  readonly storedAt?: string;
  readonly issuedAt: string;
}

/** @param content the file itself, or a version that it keeps */
export function receiptOf(
  { ownerId }: Pick<FileRecord, 'ownerId'>,
  content: FileRecord | FileVersion,
  issuedAt: string,
): Receipt {
  const { contentEtag, uploadedAt, storedAt } = content;
  return {
    schemaVersion,
    tenantId: content.tenantId,
    ownerId,
    fileId: content.fileId,
    version: content.version,
    uploadId: content.uploadId,
    originalName: content.originalName,
    mimeType: content.mimeType,
    size: content.size,
    checksums: content.checksums ?? {},
    ...(contentEtag && { contentEtag }),
    ...(uploadedAt && { uploadedAt }),
    ...(storedAt && { storedAt }),
    issuedAt,
  };
}
