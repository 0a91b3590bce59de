import type { Priority } from '../files/file.ts';
import { addSeconds } from '../time.ts';
import type { ChecksumDeclaration } from './checksum.ts';
import type { PartPlan } from './part-plan.ts';

/**
 * `opening`: reserved, S3 not asked yet. `open`: bytes may come. `completing` and `aborting` are claimed before
 * S3 is called, so that a crash in between leaves a claim the sweep can finish. `closed`: slot given back.
 */
export type SessionPhase = 'opening' | 'open' | 'completing' | 'aborting' | 'closed';

/** One attempt to bring a file's bytes to the intake bucket. */
export interface UploadSession extends PartPlan {
  readonly tenantId: string;
  readonly fileId: string;
  readonly uploadId: string;
  readonly ownerId: string;
  readonly phase: SessionPhase;
  /** S3's id of the multipart upload; absent for a single PUT. */
  readonly multipartId?: string;
  readonly size: number;
  readonly checksum?: ChecksumDeclaration;
  /** ARN of the tenant's key, under which the bytes are written; absent: the bucket's default. */
  readonly encryptionKey?: string;
  readonly filename: string;
  readonly path: string;
  readonly mimeType: string;
  readonly priority: Priority;
  /** The upload profile whose open uploads it counts among. */
  readonly profile?: string;
  readonly createdAt: string;
  /** Last heartbeat, call for URLs or new part. */
  readonly lastActivityAt: string;
  /** Last time the sweep saw more parts than before. */
  readonly lastProgressAt: string;
  readonly seenParts: number;
  /** The end of the session, whatever its activity. */
  readonly expiresAt: string;
  /** The hour (ISO, to the hour) whose bytes were charged, refunded on abort; absent where hours have no bound. */
  readonly chargedHour?: string;
  /** What the file becomes when `aborting` is carried out, by whomever. */
  readonly endsAs?: 'aborted' | 'expired';
  /** Digest of the parts that `complete` accepted; the queue completes with these or not at all. */
  readonly partsDigest?: string;
}

export interface CompletedPart {
  readonly partNumber: number;
  readonly etag: string;
}

export interface UploadedPart extends CompletedPart {
  readonly size: number;
  /** base64, of the session's algorithm; for completing with per-part checksums. */
  readonly checksum?: string;
}

export interface StalenessBounds {
  readonly inactivitySeconds: number;
  readonly stallSeconds: number;
  readonly slowestBitsPerSecond: number;
}

export type Liveness = { alive: true; dueAt: string } | { alive: false };

/**
 * Whether an open session still lives at `now`, and when to look again (DESIGN 3): 15 minutes without activity,
 * or heartbeats without a new part for longer than max(2 h, one part at 1 Mbit/s), or its lifetime is over.
 * `session` must already carry what S3 knows (`seenParts`, `lastProgressAt`).
 */
export function livenessOf(session: UploadSession, bounds: StalenessBounds, now: string): Liveness {
  const partSeconds = (session.partSize * 8) / bounds.slowestBitsPerSecond;
  const stallSeconds = Math.max(bounds.stallSeconds, partSeconds);
  const dueAt = [
    addSeconds(session.lastActivityAt, bounds.inactivitySeconds),
    addSeconds(session.lastProgressAt, stallSeconds),
    session.expiresAt,
  ].sort()[0] as string;
  return dueAt > now ? { alive: true, dueAt } : { alive: false };
}

/** The window that bytes are charged to: ISO, to the hour. */
export const hourOf = (iso: string): string => iso.slice(0, 13);

/** Bytes may still come for it, or are being put together. */
export const isUnfinished = (session: UploadSession): boolean =>
  session.phase === 'opening' || session.phase === 'open' || session.phase === 'completing';
