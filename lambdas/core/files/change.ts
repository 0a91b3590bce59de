import type { SessionPhase, UploadSession } from '../uploads/session.ts';
import { eventOf, type FileEvent } from './event.ts';
import type { Accounting, FileRecord } from './file.ts';
import { canMove, type Status } from './status.ts';

/** What a change adds to the counters of the tenant and of the owner; absent fields stay. */
export interface CounterDelta {
  readonly committedBytes: number;
  readonly committedFiles: number;
  readonly reservedBytes: number;
  readonly reservedFiles: number;
  readonly openUploads: number;
}

/**
 * One move of a file with everything that must happen together with it, as a value. A store commits all of it in
 * one transaction, on the condition that nobody changed the file since `before` was read; else nothing.
 */
export interface Change {
  readonly before: FileRecord;
  readonly after: FileRecord;
  /** The upload session that this move closes, and the phases in which it may. */
  readonly closes?: { readonly session: UploadSession; readonly from: readonly SessionPhase[] };
  readonly counters: CounterDelta;
  readonly event?: FileEvent;
  /** The name may be used again. */
  readonly releasesName: boolean;
  /** Bytes charged to an hour of the owner that are given back. */
  readonly refund?: { readonly hour: string; readonly bytes: number };
}

export interface MoveFacts {
  readonly at: string;
  readonly eventId: string;
  readonly set?: Partial<
    Omit<FileRecord, 'status' | 'accounting' | 'revision' | 'updatedAt' | 'dueAt' | 'resends'>
  >;
  readonly closes?: Change['closes'];
  readonly data?: FileEvent['data'];
  readonly refund?: Change['refund'];
  /** When the sweep shall look at the file should it not have moved on by then. */
  readonly dueAt?: string;
}

const released: readonly Status[] = ['rejected', 'aborted', 'expired', 'purged'];

const accountingAfter = (before: Accounting, to: Status): Accounting => {
  if (released.includes(to)) return 'none';
  return to === 'stored' ? 'used' : before;
};

/** @throws Error when the table of status.ts does not know the move: a mistake of the caller, not of a user. */
export function move(file: FileRecord, to: Status, facts: MoveFacts): Change {
  if (!canMove(file.status, to)) throw new Error(`a file does not move from ${file.status} to ${to}`);
  const { dueAt: _due, resends: _resends, ...rest } = file;
  const after: FileRecord = {
    ...rest,
    ...facts.set,
    status: to,
    accounting: accountingAfter(file.accounting, to),
    revision: file.revision + 1,
    updatedAt: facts.at,
    ...(facts.dueAt && { dueAt: facts.dueAt }),
  };
  const event = eventOf(after, facts);
  return {
    before: file,
    after,
    counters: counterDelta(file, after, facts.closes !== undefined),
    ...(event && { event }),
    ...(facts.closes && { closes: facts.closes }),
    ...(facts.refund && { refund: facts.refund }),
    releasesName: released.includes(to) && !released.includes(file.status),
  };
}

const committed = (file: FileRecord): number => (file.accounting === 'none' ? 0 : file.size);
const reserved = (file: FileRecord): number => (file.accounting === 'reserved' ? file.size : 0);

function counterDelta(before: FileRecord, after: FileRecord, closesSession: boolean): CounterDelta {
  return {
    committedBytes: committed(after) - committed(before),
    committedFiles: Number(after.accounting !== 'none') - Number(before.accounting !== 'none'),
    reservedBytes: reserved(after) - reserved(before),
    reservedFiles: Number(after.accounting === 'reserved') - Number(before.accounting === 'reserved'),
    openUploads: closesSession ? -1 : 0,
  };
}

export const movesNothing = (delta: CounterDelta): boolean =>
  Object.values(delta).every((value) => value === 0);
