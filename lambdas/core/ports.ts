import type { SluiceError } from './errors.ts';
import type { Change } from './files/change.ts';
import type { FileEvent } from './files/event.ts';
import type { FileRecord, FileRef, FileVersion, Priority, UploadRef } from './files/file.ts';
import type { SharedContents } from './files/shared-content.ts';
import type { ProcessingWorker } from './processing/workers.ts';
import type { Share } from './tenancy/access.ts';
import type { EffectivePolicy } from './tenancy/policy.ts';
import type { SessionPhase, UploadedPart, UploadSession } from './uploads/session.ts';

/**
 * What core needs of the outside. Adapters implement these; each method is one atomic step, or says otherwise.
 * Every read is strongly consistent unless it says "listing".
 */

export interface Reservation {
  /** The file that comes into being with the upload, or the replacement of one that is there. */
  readonly file: FileRecord;
  /** The file whose content it is to replace, as it was read. */
  readonly replaces?: FileRecord;
  readonly session: UploadSession;
  readonly event: FileEvent;
  readonly policy: EffectivePolicy;
  /** ISO date and hour of the windows that the reservation is charged to. */
  readonly day: string;
  readonly hour: string;
  readonly idempotency?: { readonly key: string; readonly bodyHash: string; readonly expiresAt: string };
}

export type ReserveOutcome =
  | { readonly kind: 'reserved' }
  | { readonly kind: 'refused'; readonly error: SluiceError }
  | { readonly kind: 'name_taken' }
  /** Somebody changed the file that was to be replaced. */
  | { readonly kind: 'changed' }
  /** The idempotency key already belongs to a request. */
  | { readonly kind: 'repeated' };

export interface IdempotencyRecord {
  readonly bodyHash: string;
  readonly fileId: string;
  readonly uploadId: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

export type SessionUpdate = Partial<
  Pick<
    UploadSession,
    'phase' | 'endsAs' | 'multipartId' | 'partsDigest' | 'lastActivityAt' | 'lastProgressAt' | 'seenParts'
  >
> & {
  /** When the sweep shall look at the session next. */
  readonly dueAt?: string;
};

/** `changed`: somebody changed the file or its session meanwhile. Only `committed` wrote anything. */
export type CommitOutcome = 'committed' | 'changed' | 'name_taken';

export interface FileStore extends SharedContents {
  /** With `uploadId`, the record which that upload brings: the file, or its replacement, or neither. */
  file(ref: FileRef & { readonly uploadId?: string }): Promise<FileRecord | undefined>;
  /** The owner's file that has this name. */
  named(
    tenantId: string,
    ownerId: string,
    name: { readonly path: string; readonly filename: string },
  ): Promise<FileRecord | undefined>;
  version(ref: FileRef, version: number): Promise<FileVersion | undefined>;
  share(ref: FileRef, userId: string): Promise<Share | undefined>;
  session(ref: FileRef & { uploadId: string }): Promise<UploadSession | undefined>;
  /** Counters, windows, name, file, session, event and idempotency record in one transaction. */
  reserve(reservation: Reservation): Promise<ReserveOutcome>;
  /** A folder that the change puts the file into comes into being with it. */
  commit(change: Change): Promise<CommitOutcome>;
  /** The session as changed, if it was in one of `from`; else undefined and nothing is written. */
  updateSession(
    session: FileRef & { uploadId: string },
    from: readonly SessionPhase[],
    set: SessionUpdate,
  ): Promise<UploadSession | undefined>;
  /** Marks activity of the owner's open session; false when it is not open or not the owner's. */
  heartbeat(ref: FileRef & { uploadId: string }, ownerId: string, at: string): Promise<boolean>;
  /** Lets the key be used again, if it still belongs to that file: its request came to nothing. */
  forgetIdempotency(tenantId: string, userId: string, key: string, fileId: string): Promise<void>;
  idempotencyRecord(
    tenantId: string,
    userId: string,
    key: string,
    now: string,
  ): Promise<IdempotencyRecord | undefined>;
}

/** The beginning of a content's text, as a file's record shows it. */
export interface TextExcerpts {
  save(content: Pick<FileRecord, 'tenantId' | 'fileId' | 'uploadId'>, excerpt: string): Promise<void>;
  read(content: Pick<FileRecord, 'tenantId' | 'fileId' | 'uploadId'>): Promise<string | undefined>;
  forget(content: Pick<FileRecord, 'tenantId' | 'fileId' | 'uploadId'>, at: string): Promise<void>;
}

export interface UploadListing {
  /** Listing of a user's open sessions, newest first. */
  openSessions(
    tenantId: string,
    ownerId: string,
    limit: number,
    cursor?: string,
  ): Promise<Page<UploadSession>>;
}

export interface VersionListing {
  /** Kept versions of a file with numbers below `below`, newest first. */
  versions(ref: FileRef, below: number, limit: number): Promise<readonly FileVersion[]>;
}

export interface BatchStore {
  saveBatch(batch: Batch): Promise<void>;
  batch(tenantId: string, userId: string, batchId: string): Promise<Batch | undefined>;
  files(tenantId: string, fileIds: readonly string[]): Promise<readonly FileRecord[]>;
}

export interface Batch {
  readonly tenantId: string;
  readonly userId: string;
  readonly batchId: string;
  readonly uploads: readonly { readonly fileId: string; readonly uploadId: string }[];
  readonly createdAt: string;
}

export interface RateLimiter {
  /** Takes one of `max` in the fixed window that `now` lies in, of a minute unless told. @throws rate_limited */
  take(scope: string, what: string, max: number, now: string, windowSeconds?: number): Promise<void>;
}

export interface LandedVersion {
  readonly versionId: string;
  readonly size: number;
  readonly etag: string;
}

/** The intake bucket as the API sees it: nothing here can read an object's bytes. */
export interface IntakeBucket {
  /** @returns S3's id of the multipart upload */
  createMultipart(session: UploadSession): Promise<string>;
  /** Every part that S3 has; undefined when S3 knows no such upload. */
  listParts(session: UploadSession): Promise<readonly UploadedPart[] | undefined>;
  completeMultipart(session: UploadSession, parts: readonly UploadedPart[]): Promise<CompleteOutcome>;
  /** Aborts until S3 knows no such upload; without a `multipartId`, whatever S3 has under the session's key. */
  abortMultipart(session: UploadSession): Promise<void>;
  /** Versions of the session's key, newest first. */
  landedVersions(session: FileRef & { uploadId: string }): Promise<readonly LandedVersion[]>;
}

export type CompleteOutcome =
  | { readonly kind: 'completed' }
  /** S3 refused the parts: they changed since they were listed, or a checksum does not hold. */
  | { readonly kind: 'refused'; readonly detail: string };

export interface PartToSign {
  readonly partNumber: number;
  /** Exact bytes. */
  readonly size: number;
  /** base64, of the session's algorithm. */
  readonly checksum?: string;
}

export interface SignedPart {
  readonly partNumber: number;
  readonly size: number;
  readonly url: string;
  /** What the client must send besides the bytes. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

export interface UploadSigner {
  /** URLs for `seconds`, or for as long as the signing credentials still live. */
  signParts(
    session: UploadSession,
    parts: readonly PartToSign[],
    seconds: number,
  ): Promise<readonly SignedPart[]>;
}

export interface DownloadRequest {
  readonly bucket: 'library' | 'derived';
  readonly key: string;
  readonly versionId?: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly charset?: string;
  /** What caches are told, beside the URL's own end. */
  readonly cacheControl: string;
  readonly disposition: 'inline' | 'attachment';
  readonly seconds: number;
}

export interface DownloadSigner {
  sign(request: DownloadRequest): Promise<{ url: string; expiresAt: string }>;
}

export interface FileQueues {
  complete(message: { tenantId: string; fileId: string; uploadId: string }): Promise<void>;
  /** `scanAgain`: whatever the scanner has said of it, unless that was infected. */
  inspect(
    message: UploadRef & { versionId: string; priority: Priority; scanAgain?: true | undefined },
    delaySeconds?: number,
  ): Promise<void>;
  process(
    message: FileRef & { version: number; worker: ProcessingWorker; priority: Priority },
  ): Promise<void>;
  purge(message: FileRef): Promise<void>;
}

export interface RescanQueue {
  /** The scanner looks again at a stored file, or at the one content that has these bytes. */
  rescan(
    message: FileRef & { versionId?: string; unlessScannedWith?: string },
    options?: { delaySeconds: number },
  ): Promise<void>;
}

export interface IndexingQueue {
  /** The search index takes the file as it is by then. */
  index(message: FileRef): Promise<void>;
}
