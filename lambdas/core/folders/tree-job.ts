import { type ActionDeps, type FileChange, fileAction } from '../bulk/actions.ts';
import { allEnded, applyToAll, filesPerStep } from '../bulk/file-action.ts';
import { type TenantEventType, tenantEvent } from '../files/event.ts';
import type { NameBounds } from '../files/names.ts';
import { type AskerDeps, askerOf } from '../jobs/asker.ts';
import type { JobKind, JobKinds, JobRecord, JobResult, JobStep } from '../jobs/job.ts';
import { stamp } from '../tenancy/actor.ts';
import type { Caller } from '../tenancy/caller.ts';
import { type FolderOwner, type FolderStore, rebased } from './folder.ts';
import { type DeleteTreeParams, type MoveTreeParams, treeKinds } from './tree-request.ts';
import { nextDownwards, nextUpwards } from './walk.ts';

export type TreeJobDeps = AskerDeps &
  ActionDeps & {
    readonly folders: FolderStore;
    readonly names: NameBounds;
  };

/** What happens to the files of one folder of the tree, and to the folder before that. */
interface TreeWork {
  readonly root: string;
  readonly event: TenantEventType;
  enter(owner: FolderOwner, folder: string): Promise<void>;
  actionIn(folder: string): FileChange;
}

/**
 * First the files of every folder, from the top; then the folders, from below, as far as they have become empty.
 * `found` waits to be worked on; it was saved before, so that a repeated step finds the same files.
 */
type Cursor =
  | { readonly phase: 'files'; readonly found: readonly Found[]; readonly at: Place | null }
  | { readonly phase: 'folders'; readonly after?: string };

interface Found {
  readonly folder: string;
  readonly fileIds: readonly string[];
}

/** A folder, and the name behind which its next files are. */
interface Place {
  readonly folder: string;
  readonly after?: string;
}

/** Folders that a step visits at most: two or three small requests each, so a second or two. */
const foldersPerStep = 50;

/** The jobs that move and delete trees of folders. */
export const treeJobs = (deps: TreeJobDeps): JobKinds => ({
  [treeKinds.move]: treeJob(deps, (params) => movingTree(deps, params as MoveTreeParams)),
  [treeKinds.delete]: treeJob(deps, (params) => deletingTree(params as DeleteTreeParams)),
});

const movingTree = (deps: TreeJobDeps, { path, newPath, onConflict }: MoveTreeParams): TreeWork => ({
  root: path,
  event: 'folder.moved',
  enter: async (owner, folder) => {
    const target = rebased(folder, path, newPath);
    // Nothing fits into a path that is too long; each of its files is told so.
    if (new TextEncoder().encode(target).length > deps.names.pathMaxBytes) return;
    await deps.folders.ensureFolder(owner, target, deps.now());
  },
  actionIn: (folder) => ({ action: 'move', newPath: rebased(folder, path, newPath), onConflict }),
});

const deletingTree = ({ path, hard }: DeleteTreeParams): TreeWork => ({
  root: path,
  event: 'folder.deleted',
  enter: async () => undefined,
  actionIn: () => ({ action: 'delete', hard }),
});

const treeJob = (deps: TreeJobDeps, workOf: (params: unknown) => TreeWork): JobKind => ({
  step: async (job): Promise<JobStep> => {
    const caller = await askerOf(deps, job);
    const owner = { tenantId: job.tenantId, ownerId: job.ownerId };
    const work = workOf(job.params);
    const cursor = job.cursor as Cursor | undefined;
    if (cursor?.phase === 'folders') return removeFolders(deps, caller, owner, work, job, cursor.after);
    const results = await workOn(deps, caller, work, cursor?.found ?? []);
    const at = cursor ? cursor.at : { folder: work.root };
    const next: Cursor = at ? await findFiles(deps, owner, work, at) : { phase: 'folders' };
    return { results, cursor: next, finished: false };
  },
});

async function workOn(
  deps: TreeJobDeps,
  caller: Caller,
  work: TreeWork,
  found: readonly Found[],
): Promise<readonly JobResult[]> {
  const results = await allEnded(
    found.map(({ folder, fileIds }) =>
      applyToAll(deps.store, caller, fileAction(deps, work.actionIn(folder), folder), fileIds),
    ),
  );
  return results.flat();
}

/** From `at` on, until there are enough for a step, or it has looked at enough folders. */
async function findFiles(deps: TreeJobDeps, owner: FolderOwner, work: TreeWork, at: Place): Promise<Cursor> {
  const found: Found[] = [];
  let place: Place | null = at;
  let room = filesPerStep;
  for (let visited = 0; place && room > 0 && visited < foldersPerStep; ) {
    const { folder, after }: Place = place;
    if (after === undefined) await work.enter(owner, folder);
    const limit = room;
    const names = await deps.folders.namesIn(owner, folder, { limit, ...(after !== undefined && { after }) });
    if (names.length > 0) found.push({ folder, fileIds: names.map(({ fileId }) => fileId) });
    room -= names.length;
    const last = names.at(-1);
    if (last && names.length === limit) place = { folder, after: last.filename };
    else {
      visited += 1;
      const next = await nextDownwards(deps.folders, owner, work.root, folder);
      place = next ? { folder: next.path } : null;
    }
  }
  return { phase: 'files', found, at: place };
}

async function removeFolders(
  deps: TreeJobDeps,
  caller: Caller,
  owner: FolderOwner,
  work: TreeWork,
  job: JobRecord,
  from: string | undefined,
): Promise<JobStep> {
  let after = from;
  for (let visited = 0; visited < foldersPerStep; visited += 1) {
    const path = await nextUpwards(deps.folders, owner, work.root, after);
    if (path === undefined) {
      const { tenantId, done, failed } = job;
      const event = tenantEvent(tenantId, work.event, stamp(deps, caller.actor), { done, failed });
      return { results: [], finished: true, total: done + failed, event };
    }
    await deps.folders.removeFolder(owner, path);
    after = path;
  }
  return { results: [], cursor: { phase: 'folders', after } satisfies Cursor, finished: false };
}
