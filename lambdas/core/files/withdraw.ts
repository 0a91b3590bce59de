import type { FileQueues, FileStore, VersionListing } from '../ports.ts';
import { startProcessing } from '../processing/start-processing.ts';
import { addSeconds } from '../time.ts';
import { type Change, edit, type MoveFacts, move } from './change.ts';
import { commitChange } from './commit.ts';
import { contentFacts } from './content.ts';
import type { FileRecord, FileRef, FileVersion, Withdrawal } from './file.ts';
import { keptContent } from './kept-content.ts';
import { type Leaving, leaveInfected } from './leave-content.ts';
import { availableStatuses, type Status } from './status.ts';

export interface WithdrawDeps {
  readonly store: Pick<FileStore, 'file' | 'commit' | 'content'> & VersionListing;
  readonly queues: Pick<FileQueues, 'process' | 'purge'>;
  readonly now: () => string;
  readonly newId: () => string;
  readonly resendSeconds: number;
}

/** What a scanner found in a content that is stored. */
export interface Infection {
  readonly engine: string;
  readonly threat: string;
}

/** Statuses in which a file may have content that was promoted. */
export const contentStatuses: readonly Status[] = [...availableStatuses, 'deleted'];

/** How many that are over the record remembers; its events tell of all. */
const withdrawalsKept = 20;
/** An engine's own text: events and records stay small. */
const threatMaxLength = 200;

/**
 * Takes a content that was found infected away from everybody: the record first, so that from this moment no URL of it
 * is signed, then its bytes and renditions, which the worker of the queue `purge` removes, so that URLs which were
 * signed before open nothing. A kept version just goes. In place of the file's present content the newest version that
 * is kept comes back, under a new number; where none is, the file ends as rejected. A second time finds no such content
 * and sends on what a crash may have left.
 */
export async function withdrawContent(
  deps: WithdrawDeps,
  { tenantId, fileId }: FileRef,
  libraryVersionId: string,
  infection: Infection,
): Promise<FileRecord | undefined> {
  const ref = { tenantId, fileId };
  const withdrawn = await commitChange(deps.store, ref, async (file) => {
    if (!file || !contentStatuses.includes(file.status)) return undefined;
    const found = { ...infection, leaving: await leaveInfected(deps.store, file, libraryVersionId) };
    if (file.libraryVersionId !== libraryVersionId) {
      const kept = await keptContent(deps.store, file, libraryVersionId);
      return kept && withdrawKept(deps, file, kept, found);
    }
    const [newest] = await deps.store.versions(ref, file.version, 1);
    return newest ? fallBack(deps, file, newest, found) : reject(deps, file, found);
  });
  const file = withdrawn ?? (await deps.store.file(ref));
  if (file && hasBytesLeft(file)) await deps.queues.purge(ref);
  if (file?.status === 'stored') await startProcessing(deps, file);
  return withdrawn;
}

export const hasBytesLeft = ({ withdrawals = [] }: Pick<FileRecord, 'withdrawals'>): boolean =>
  withdrawals.some(({ left }) => left !== undefined);

/** With what becomes of the bytes where other files may have them, too. */
interface Found extends Infection {
  readonly leaving: (Leaving & { readonly isLast: boolean }) | undefined;
}

function withdrawKept(deps: WithdrawDeps, file: FileRecord, kept: FileVersion, found: Found): Change {
  const facts = factsOf(deps, file, kept, found, file.status);
  const versionsBytes = (file.versionsBytes ?? 0) - kept.size;
  return edit(file, { ...facts, set: { ...facts.set, versionsBytes }, takes: kept });
}

function fallBack(deps: WithdrawDeps, file: FileRecord, newest: FileVersion, found: Found): Change {
  // Of the trash it comes back as what it is then: stored, and still to be processed.
  const inTrash = file.status === 'deleted';
  const facts = factsOf(deps, file, file, found, inTrash ? 'deleted' : 'stored');
  const { set, clear } = contentFacts({ ...newest, storedAt: facts.at });
  const version = file.version + 1;
  const change = {
    ...facts,
    set: {
      ...set,
      ...facts.set,
      version,
      versionsBytes: (file.versionsBytes ?? 0) - newest.size,
      ...(inTrash && { deletedFrom: 'stored' as const }),
    },
    clear,
    takes: newest,
    data: { ...facts.data, restores: newest.version },
  };
  if (inTrash) return edit(file, change);
  return move(file, 'stored', { ...change, dueAt: addSeconds(facts.at, deps.resendSeconds) });
}

/** What was known of the bytes stays, for who looks into it; whatever opened them goes. */
function reject(deps: WithdrawDeps, file: FileRecord, found: Found): Change {
  const facts = factsOf(deps, file, file, found, 'rejected');
  return move(file, 'rejected', {
    ...facts,
    set: { ...facts.set, reason: 'malware_found', renditions: {} },
    clear: [
      ...(['libraryKey', 'libraryVersionId', 'scan', 'deletedAt', 'deletedFrom', 'purgeAt'] as const),
      ...(['media', 'exif', 'category', 'details', 'perceptualHash', 'text'] as const),
    ],
  });
}

/** In these a file is due for something else; should the message about its bytes be lost, that comes first. */
const dueStatuses: readonly Status[] = ['stored', 'processing', 'deleted'];

/** Whether the sweep has a reason of its own to look at a file of this status. */
export const isDueForItself = (status: Status): boolean => dueStatuses.includes(status);

function factsOf(
  deps: WithdrawDeps,
  file: FileRecord,
  content: FileRecord | FileVersion,
  { engine, threat: told, leaving }: Found,
  status: Status,
): MoveFacts & {
  readonly type: 'file.withdrawn';
  readonly set: { readonly withdrawals: readonly Withdrawal[] } & Partial<Leaving['set']>;
} {
  const { libraryKey: key, libraryVersionId: versionId, version } = content;
  if (!key || !versionId) throw new Error(`file ${file.fileId} has no content to withdraw`);
  const at = deps.now();
  const threat = told.slice(0, threatMaxLength);
  const renditions = [
    ...Object.values(content.renditions).flatMap((rendition) => rendition.key ?? []),
    ...(content.text ? [content.text.key] : []),
  ];
  const shared = leaving !== undefined && !leaving.isLast;
  const left = { key, versionId, renditions, ...(shared && { shared: true as const }) };
  const withdrawal = { version, threat, engine, at, left };
  return {
    at,
    eventId: deps.newId(),
    type: 'file.withdrawn',
    data: { reason: 'malware_found', status, version, threat, engine },
    ...(leaving && { contents: leaving.contents }),
    set: { withdrawals: [...remembered(file), withdrawal], ...leaving?.set },
    ...(!isDueForItself(status) && { dueAt: addSeconds(at, deps.resendSeconds) }),
  };
}

function remembered({ withdrawals = [] }: FileRecord): readonly Withdrawal[] {
  const gone = withdrawals.filter(({ left }) => !left).slice(-withdrawalsKept);
  return withdrawals.filter((withdrawal) => withdrawal.left !== undefined || gone.includes(withdrawal));
}
