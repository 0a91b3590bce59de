import { type Change, type MoveFacts, move, note } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import type { FileRecord, Rendition } from '../files/file.ts';
import type { FileStore } from '../ports.ts';
import { addSeconds } from '../time.ts';
import type {
  Delivery,
  MadeRendition,
  PendingRendition,
  StoredRendition,
  UnmadeRendition,
  Unprocessable,
} from './work.ts';

export interface DeliverDeps {
  readonly store: Pick<FileStore, 'file' | 'commit'>;
  readonly derived: {
    /** Writes one rendition and answers with its key; the same rendition always has the same key. */
    put(file: FileRecord, rendition: MadeRendition): Promise<string>;
    /** Writes the text of a content, whole into the bucket and its beginning beside the record. */
    putText(file: FileRecord, text: string, truncated: boolean): Promise<NonNullable<FileRecord['text']>>;
    deleteAll(keys: readonly string[]): Promise<void>;
    /** Nothing of the text of a content stays beside its record. */
    forgetText(file: FileRecord, at: string): Promise<void>;
  };
  readonly now: () => string;
  readonly newId: () => string;
  readonly resendSeconds: number;
}

export type ProcessOutcome = 'ready' | 'failed' | 'ignored';

export const pendingOf = ({ renditions }: Pick<FileRecord, 'renditions'>): readonly PendingRendition[] =>
  Object.values(renditions).flatMap(({ name, status, recipe, onDemand }) =>
    status === 'pending' && recipe ? [{ name, recipe, ...(onDemand && { onDemand }) }] : [],
  );

/** Writes what was made, and settles it. `failure`: why the file has failed, should nothing of it be ready. */
export async function deliver(
  deps: DeliverDeps,
  file: FileRecord,
  pending: readonly PendingRendition[],
  { facts, text, textTruncated = false, made, unmade, told }: Delivery,
  failure?: string,
): Promise<ProcessOutcome> {
  const createdAt = deps.now();
  const ready = await Promise.all(made.map((rendition) => readyRendition(deps, file, rendition, createdAt)));
  const found = text === undefined ? undefined : await deps.derived.putText(file, text, textTruncated);
  const set = { ...facts, ...(found && { text: found }) };
  const outcome = await settle(deps, file, pending, [...ready, ...unmade], {
    set: { ...set, ...(failure !== undefined && { reason: failure }) },
    to: failure === undefined ? 'ready' : 'failed',
    ...(told && { told }),
  });
  if (outcome !== 'ignored') return outcome;
  const current = await deps.store.file({ tenantId: file.tenantId, fileId: file.fileId });
  if (isGoneForGood(current, file.version)) {
    const written = [...ready.map(({ key }) => key), found?.key];
    await deps.derived.deleteAll(written.filter((key) => key !== undefined));
    if (found) await deps.derived.forgetText(file, deps.now());
  }
  return 'ignored';
}

async function readyRendition(
  { derived }: DeliverDeps,
  file: FileRecord,
  rendition: MadeRendition | StoredRendition,
  createdAt: string,
): Promise<Rendition> {
  const { name, mimeType, width, height, frames, duration, bytesSaved } = rendition;
  return {
    name,
    status: 'ready',
    mimeType,
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(frames !== undefined && { frames }),
    ...(duration !== undefined && { duration }),
    size: 'body' in rendition ? rendition.body.byteLength : rendition.size,
    ...(bytesSaved !== undefined && { bytesSaved }),
    key: 'body' in rendition ? await derived.put(file, rendition) : rendition.key,
    createdAt,
  };
}

export function refuse(
  deps: DeliverDeps,
  file: FileRecord,
  pending: readonly PendingRendition[],
  { reason, status }: Unprocessable,
): Promise<ProcessOutcome> {
  const unmade = pending.map(({ name }) => ({ name, status, reason }));
  return settle(deps, file, pending, unmade, {
    set: { reason },
    to: status === 'failed' ? 'failed' : 'ready',
  });
}

interface Settlement {
  readonly set: NonNullable<MoveFacts['set']>;
  /** Where the file goes when nothing else is pending; one that has a rendition has not failed. */
  readonly to: 'ready' | 'failed';
  readonly told?: Delivery['told'];
}

/** Once, whatever is repeated: what others have settled meanwhile stays. */
export async function settle(
  deps: Omit<DeliverDeps, 'derived'>,
  file: FileRecord,
  pending: readonly PendingRendition[],
  results: readonly (Rendition | UnmadeRendition)[],
  settlement: Settlement,
): Promise<ProcessOutcome> {
  let outcome: ProcessOutcome = 'ignored';
  const settled = await commitChange(deps.store, file, (current): Change | undefined => {
    if (!isBeingProcessed(current, file.version)) return undefined;
    const renditions = merge(current, pending, results);
    const at = deps.now();
    const facts = { at, eventId: deps.newId() };
    const { reason, ...set } = settlement.set;
    outcome = hasReady(renditions) ? 'ready' : settlement.to;
    if (pendingOf({ renditions }).length > 0) {
      const dueAt = addSeconds(at, deps.resendSeconds);
      return note(current, { ...facts, set: { ...set, renditions }, dueAt });
    }
    return move(current, outcome, {
      ...facts,
      set: { ...set, renditions, ...(outcome === 'failed' && { reason }) },
      ...(outcome === 'ready' && {
        clear: ['reason'],
        data: { ...settlement.told, seconds: (Date.parse(at) - Date.parse(file.updatedAt)) / 1000 },
      }),
    });
  });
  return settled ? outcome : 'ignored';
}

/** What somebody else has settled meanwhile stays, and so does what came to be asked for. */
function merge(
  { renditions }: FileRecord,
  pending: readonly PendingRendition[],
  results: readonly (Rendition | UnmadeRendition)[],
): Record<string, Rendition> {
  const merged = { ...renditions };
  for (const result of results) {
    const wanted = pending.find(({ name }) => name === result.name);
    const now = merged[result.name];
    if (now && now.status !== 'pending') continue;
    merged[result.name] = {
      ...result,
      ...(wanted?.onDemand && { onDemand: true }),
      ...(now?.requestedAt && { requestedAt: now.requestedAt }),
    };
  }
  return merged;
}

const hasReady = (renditions: Record<string, Rendition>): boolean =>
  Object.values(renditions).some(({ status }) => status === 'ready');

export const isBeingProcessed = (file: FileRecord | undefined, version: number): file is FileRecord =>
  file?.status === 'processing' && file.version === version;

/**
 * Purged or withdrawn: whoever removed the bytes may have looked before the last ones were written. Of a version that was
 * replaced meanwhile another run may have settled the same keys: they stay until the file goes.
 */
export const isGoneForGood = (file: FileRecord | undefined, version: number): boolean =>
  !file || file.status === 'purged' || (file.withdrawals ?? []).some((one) => one.version === version);
