import type { Share } from '../tenancy/access.ts';
import type { SessionPhase, UploadSession } from '../uploads/session.ts';
import { type EventFacts, eventOf, type FileEvent } from './event.ts';
import type { Accounting, FileRecord, FileVersion } from './file.ts';
import type { ContentMove } from './shared-content.ts';
import { canMove, releasedStatuses, type Status } from './status.ts';

/** What a change adds to the counters of the owner, and of the tenant but for `tenantBytes`. */
export interface CounterDelta {
  readonly committedBytes: number;
  readonly committedFiles: number;
  readonly reservedBytes: number;
  readonly reservedFiles: number;
  readonly openUploads: number;
}

/**
 * One change of a file with everything that must happen together with it, as a value. A store commits all of it in
 * one transaction, on the condition that nobody changed the file since `before` was read; else nothing. What follows
 * from `before` and `after` alone (names, folders, the public pointer) is in effects.ts.
 */
export interface Change {
  readonly before: FileRecord;
  readonly after: FileRecord;
  /** The upload session that this move closes, and the phases in which it may. */
  readonly closes?: { readonly session: UploadSession; readonly from: readonly SessionPhase[] };
  readonly counters: CounterDelta;
  readonly event?: FileEvent;
  /** Bytes charged to an hour of the owner that are given back. */
  readonly refund?: { readonly hour: string; readonly bytes: number };
  /** The replacement whose content `after` took over; its record goes away. */
  readonly consumes?: FileRecord;
  /** The content that `before` had and that stays as a version. */
  readonly keeps?: FileVersion;
  /** The kept version whose content `after` has again. */
  readonly takes?: FileVersion;
  /** The share that comes, or changes, with it, and the one that ends. */
  readonly shares?: Share;
  readonly unshares?: Share;
  /** What it does to contents that several files may have; each of them once. */
  readonly contents?: readonly ContentMove[];
}

type Settable = Partial<
  Omit<FileRecord, 'status' | 'accounting' | 'revision' | 'updatedAt' | 'dueAt' | 'resends'>
>;

export interface MoveFacts extends EventFacts {
  readonly set?: Settable;
  /** Fields that the file has no longer. */
  readonly clear?: readonly (keyof Settable)[];
  readonly closes?: Change['closes'];
  readonly refund?: Change['refund'];
  readonly consumes?: Change['consumes'];
  readonly keeps?: Change['keeps'];
  readonly takes?: Change['takes'];
  readonly shares?: Change['shares'];
  readonly unshares?: Change['unshares'];
  readonly contents?: Change['contents'];
  /** When the sweep shall look at the file should it not have moved on by then. */
  readonly dueAt?: string;
}

const accountingAfter = (before: Accounting, to: Status): Accounting => {
  if (releasedStatuses.includes(to)) return 'none';
  return to === 'stored' ? 'used' : before;
};

/** @throws Error when the table of status.ts does not know the move: a mistake of the caller, not of a user. */
export function move(file: FileRecord, to: Status, facts: MoveFacts): Change {
  if (!canMove(file.status, to)) throw new Error(`a file does not move from ${file.status} to ${to}`);
  const { dueAt: _due, resends: _resends, ...rest } = file;
  return change(file, { ...rest, status: to, accounting: accountingAfter(file.accounting, to) }, facts);
}

/** A change that leaves the file in its status; `facts.type` says what happened. */
export const edit = (file: FileRecord, facts: MoveFacts & { readonly type: FileEvent['type'] }): Change =>
  change(file, file, facts);

/**
 * A change of a file under inspection, or in processing, that nobody is told of: its status stays, and no event comes
 * with it. It has got further, so that the sweep counts anew.
 */
export function note(file: FileRecord, facts: Omit<MoveFacts, 'type'>): Change {
  if (file.status !== 'inspecting' && file.status !== 'processing') {
    throw new Error(`a file that is ${file.status} changes with an event`);
  }
  const { dueAt: _due, resends: _resends, ...rest } = file;
  const { event: _, ...silent } = change(file, rest, facts);
  return silent;
}

function change(before: FileRecord, base: FileRecord, facts: MoveFacts): Change {
  const settled = { ...base, ...facts.set };
  for (const name of facts.clear ?? []) delete (settled as Record<string, unknown>)[name];
  const after: FileRecord = {
    ...settled,
    revision: before.revision + 1,
    updatedAt: facts.at,
    ...(facts.dueAt && { dueAt: facts.dueAt }),
  };
  const event = eventOf(after, facts, before.sensitivity);
  const { closes, refund, consumes, keeps, takes, shares, unshares, contents } = facts;
  return {
    before,
    after,
    counters: counterDelta(before, after, closes !== undefined, consumes),
    ...(event && { event }),
    ...(closes && { closes }),
    ...(refund && { refund }),
    ...(consumes && { consumes }),
    ...(keeps && { keeps }),
    ...(takes && { takes }),
    ...(shares && { shares }),
    ...(unshares && { unshares }),
    ...(contents && { contents }),
  };
}

interface Accounted {
  readonly committedBytes: number;
  readonly committedFiles: number;
  readonly reservedBytes: number;
  readonly reservedFiles: number;
}

/** What a record counts for. A replacement is no further file: it brings bytes to one that is counted already. */
export function accounted(file: FileRecord): Accounted {
  const bytes = file.size + (file.versionsBytes ?? 0);
  const files = file.isReplacement ? 0 : 1;
  return {
    committedBytes: file.accounting === 'none' ? 0 : bytes,
    committedFiles: file.accounting === 'none' ? 0 : files,
    reservedBytes: file.accounting === 'reserved' ? bytes : 0,
    reservedFiles: file.accounting === 'reserved' ? files : 0,
  };
}

const nothing: Accounted = { committedBytes: 0, committedFiles: 0, reservedBytes: 0, reservedFiles: 0 };

function counterDelta(
  before: FileRecord,
  after: FileRecord,
  closesSession: boolean,
  consumes: FileRecord | undefined,
): CounterDelta {
  const was = accounted(before);
  const is = accounted(after);
  const consumed = consumes ? accounted(consumes) : nothing;
  return {
    committedBytes: is.committedBytes - was.committedBytes - consumed.committedBytes,
    committedFiles: is.committedFiles - was.committedFiles - consumed.committedFiles,
    reservedBytes: is.reservedBytes - was.reservedBytes - consumed.reservedBytes,
    reservedFiles: is.reservedFiles - was.reservedFiles - consumed.reservedFiles,
    openUploads: closesSession ? -1 : 0,
  };
}

export const movesNothing = (delta: CounterDelta): boolean =>
  Object.values(delta).every((value) => value === 0);
