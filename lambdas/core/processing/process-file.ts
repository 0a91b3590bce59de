import { type Change, type MoveFacts, move, note } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import type { FileRecord, FileRef, Rendition } from '../files/file.ts';
import type { FileStore } from '../ports.ts';
import { addSeconds } from '../time.ts';
import { givenUp, givenUpReason, wantedAgain, wasGivenUp } from './give-up.ts';
import {
  type MadeRendition,
  type PendingRendition,
  type UnmadeRendition,
  Unprocessable,
  type Work,
  type WorkResult,
} from './work.ts';

export interface ProcessDeps {
  readonly store: FileStore;
  readonly derived: {
    /** Writes one rendition and answers with its key; the same rendition always has the same key. */
    put(file: FileRecord, rendition: MadeRendition): Promise<string>;
    /** Writes the text of a content, whole into the bucket and its beginning beside the record. */
    putText(file: FileRecord, text: string, truncated: boolean): Promise<NonNullable<FileRecord['text']>>;
    deleteAll(keys: readonly string[]): Promise<void>;
    /** Nothing of the text of a content stays beside its record. */
    forgetText(file: FileRecord, at: string): Promise<void>;
  };
  readonly work: Work;
  readonly now: () => string;
  readonly newId: () => string;
  readonly resendSeconds: number;
}

/** One version of a file's content. */
export interface VersionRef extends FileRef {
  readonly version: number;
}

export interface ProcessRequest extends VersionRef {
  /** What was given up is to be made after all. */
  readonly again?: true | undefined;
}

export type ProcessOutcome = 'ready' | 'failed' | 'ignored';

/**
 * Makes what is pending of a stored file. Run twice, it writes the same bytes under the same keys and settles each
 * rendition once; what was asked for meanwhile stays pending, for the message that came with it.
 */
export async function processFile(deps: ProcessDeps, ref: ProcessRequest): Promise<ProcessOutcome> {
  const file = await begin(deps, ref);
  if (!file?.libraryKey || !file.libraryVersionId) return 'ignored';
  const pending = pendingOf(file);
  try {
    return await deliver(deps, file, pending, await deps.work(file, pending));
  } catch (error) {
    if (!(error instanceof Unprocessable)) throw error;
    return refuse(deps, file, pending, error);
  }
}

/** After the last attempt: the original is safe, what is pending is not to be had for now. */
export async function giveUpOnFile(deps: ProcessDeps, ref: VersionRef): Promise<ProcessOutcome> {
  const file = await deps.store.file({ tenantId: ref.tenantId, fileId: ref.fileId });
  if (file?.version !== ref.version) return 'ignored';
  const failed = Object.values(givenUp(file.renditions));
  return settle(deps, file, pendingOf(file), failed, { set: { reason: givenUpReason }, to: 'failed' });
}

async function begin(
  deps: ProcessDeps,
  { tenantId, fileId, version, again }: ProcessRequest,
): Promise<FileRecord | undefined> {
  const ref = { tenantId, fileId };
  const current = await deps.store.file(ref);
  if (isBeingProcessed(current, version) && !(again && wasGivenUp(current))) return current;
  return commitChange(deps.store, ref, (file) => {
    if (!file || file.version !== version) return undefined;
    const at = deps.now();
    const facts = { at, eventId: deps.newId(), dueAt: addSeconds(at, deps.resendSeconds) };
    if (file.status === 'stored') return move(file, 'processing', facts);
    if (!again || !wasGivenUp(file)) return undefined;
    const set = { renditions: wantedAgain(file.renditions) };
    if (file.status === 'processing') return note(file, { ...facts, set });
    if (file.status !== 'failed' && file.status !== 'ready') return undefined;
    return move(file, 'processing', { ...facts, set, clear: ['reason'] });
  });
}

export const pendingOf = ({ renditions }: Pick<FileRecord, 'renditions'>): readonly PendingRendition[] =>
  Object.values(renditions).flatMap(({ name, status, recipe, onDemand }) =>
    status === 'pending' && recipe ? [{ name, recipe, ...(onDemand && { onDemand }) }] : [],
  );

async function deliver(
  deps: ProcessDeps,
  file: FileRecord,
  pending: readonly PendingRendition[],
  { facts, text, textTruncated = false, made, unmade }: WorkResult,
): Promise<ProcessOutcome> {
  const createdAt = deps.now();
  const ready = await Promise.all(
    made.map(async (rendition): Promise<Rendition> => {
      const { name, mimeType, width, height, frames, body, bytesSaved } = rendition;
      return {
        name,
        status: 'ready',
        mimeType,
        ...(width !== undefined && { width }),
        ...(height !== undefined && { height }),
        ...(frames !== undefined && { frames }),
        size: body.byteLength,
        ...(bytesSaved !== undefined && { bytesSaved }),
        key: await deps.derived.put(file, rendition),
        createdAt,
      };
    }),
  );
  const found = text === undefined ? undefined : await deps.derived.putText(file, text, textTruncated);
  const set = { ...facts, ...(found && { text: found }) };
  const outcome = await settle(deps, file, pending, [...ready, ...unmade], { set, to: 'ready' });
  if (outcome !== 'ignored') return outcome;
  const current = await deps.store.file({ tenantId: file.tenantId, fileId: file.fileId });
  // Purged or withdrawn while we worked: whoever removed the bytes may have looked before these were written. Of a version
  // that was replaced meanwhile another run may have settled the same keys: they stay until the file goes.
  if (!current || current.status === 'purged' || isWithdrawn(current, file.version)) {
    const written = [...ready.map(({ key }) => key), found?.key];
    await deps.derived.deleteAll(written.filter((key) => key !== undefined));
    if (found) await deps.derived.forgetText(file, deps.now());
  }
  return 'ignored';
}

function refuse(
  deps: ProcessDeps,
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
}

async function settle(
  deps: ProcessDeps,
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
        data: { seconds: (Date.parse(at) - Date.parse(file.updatedAt)) / 1000 },
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

const isBeingProcessed = (file: FileRecord | undefined, version: number): file is FileRecord =>
  file?.status === 'processing' && file.version === version;

const isWithdrawn = ({ withdrawals = [] }: FileRecord, version: number): boolean =>
  withdrawals.some((withdrawal) => withdrawal.version === version);
