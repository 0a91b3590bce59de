import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { createFileStore } from '../lambdas/adapters/dynamodb/file-store.ts';
import { createFolderStore } from '../lambdas/adapters/dynamodb/folder-store.ts';
import { createGroupedStore } from '../lambdas/adapters/dynamodb/grouped-store.ts';
import { createListings } from '../lambdas/adapters/dynamodb/listing.ts';
import { defaultLimits } from '../lambdas/contract/limits.ts';
import { indexes, tableKeys } from '../lambdas/contract/table.ts';
import { fileAction } from '../lambdas/core/bulk/actions.ts';
import { fileJobs } from '../lambdas/core/bulk/kinds.ts';
import { planListing } from '../lambdas/core/files/list-plan.ts';
import { type FolderOwner, rebased } from '../lambdas/core/folders/folder.ts';
import { nextDownwards, nextUpwards } from '../lambdas/core/folders/walk.ts';
import { runSlice } from '../lambdas/core/jobs/run-slice.ts';
import { startJob } from '../lambdas/core/jobs/start-job.ts';
import type { Caller } from '../lambdas/core/tenancy/caller.ts';
import { clock } from '../lambdas/runtime/clock.ts';
import { storeSettings } from '../lambdas/runtime/settings.ts';
import { caller as callerOf } from '../test/support/domain.ts';
import { type Engine, engineOf, inParallel } from '../test/support/engine.ts';
import { jobStoreOf } from '../test/support/jobs.ts';
import { plantTree } from '../test/support/trees.ts';
import { type Benchmark, markdownTable } from './support/report.ts';
import { stackToMeasure } from './support/stack.ts';

/** 100 folders of 50 files: 5,000 files on three levels. */
const shape = { folders: 20, subFolders: 4, filesPerFolder: 50 };
const files = shape.folders * (1 + shape.subFolders) * shape.filesPerFolder;

/** What a client has under way that works through its files one by one. */
const peerAtOnce = 8;
const pageFiles = 1_000;

/**
 * A tree of folders by Sluice's jobs, beside the way of a client that has calls for single files only: the same use
 * cases, file by file, each with its own read and its own transaction. Both run here, over a table of the engine that
 * has the stack's keys and indexes and no stream: what consumes the events would take its time from either way.
 */
const trees: Benchmark = {
  title: `Listing, moving and deleting a tree of ${files.toLocaleString('en-US')} files`,
  async run() {
    const { stack, stop } = await stackToMeasure();
    try {
      const rows: string[][] = [];
      const tableName = await createBenchTable(engineOf(stack));
      for (const [name, way] of Object.entries({
        'Sluice: one job': byJobs,
        'peer: file by file': fileByFile,
      })) {
        rows.push(...(await measure(engineOf({ ...stack, tableName }), name, way)));
      }
      const header = ['work', 'way', 'seconds', 'ms a file', 'requests', 'requests a file'];
      const words = `${shape.folders * (1 + shape.subFolders)} folders; the peer has ${peerAtOnce} files under way at a time.`;
      return `${words}\n\n${markdownTable(header, rows.sort())}`;
    } finally {
      await stop();
    }
  },
};

async function createBenchTable({ db }: Engine): Promise<string> {
  const TableName = `bench-trees-${clock.newId()}`;
  const keySchema = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
  const all = Object.values(indexes);
  const attributes = new Set([tableKeys, ...all].flatMap(({ partition, sort }) => [partition, sort]));
  await db.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema(tableKeys.partition, tableKeys.sort),
      AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      GlobalSecondaryIndexes: all.map(({ name, partition, sort, projected }) => ({
        IndexName: name,
        KeySchema: keySchema(partition, sort),
        Projection:
          projected.length > 0
            ? { ProjectionType: 'INCLUDE', NonKeyAttributes: [...projected] }
            : { ProjectionType: 'KEYS_ONLY' },
      })),
    }),
  );
  return TableName;
}

/** One owner's tree at `/tree`, of which each way lists every file, moves all to `/moved`, then deletes them. */
interface Ground {
  readonly engine: Engine;
  readonly owner: FolderOwner;
  readonly caller: Caller;
}

interface Way {
  list(ground: Ground): Promise<number>;
  move(ground: Ground): Promise<number>;
  delete(ground: Ground): Promise<number>;
}

async function measure(engine: Engine, name: string, way: Way): Promise<string[][]> {
  const tenantId = `bench-${clock.newId()}`;
  const caller = callerOf({ tenant: { tenantId }, user: { tenantId, userId: clock.newId() } });
  const owner = { tenantId: caller.tenantId, ownerId: caller.userId };
  await plantTree(engine, owner, '/tree', shape);
  let requests = 0;
  engine.db.middlewareStack.add(
    (next) => (args) => {
      requests += 1;
      return next(args);
    },
    { step: 'initialize', name: 'countRequests' },
  );
  const rows: string[][] = [];
  for (const work of ['list', 'move', 'delete'] as const) {
    requests = 0;
    const startedAt = performance.now();
    const done = await way[work]({ engine, owner, caller });
    const seconds = (performance.now() - startedAt) / 1000;
    if (done !== files) throw new Error(`${name}: ${work} reached ${done} of ${files} files`);
    const perFile = [(seconds * 1000) / files, requests / files];
    rows.push([
      work,
      name,
      seconds.toFixed(1),
      (perFile[0] as number).toFixed(2),
      String(requests),
      (perFile[1] as number).toFixed(3),
    ]);
  }
  return rows;
}

const settings = storeSettings(defaultLimits);
const dbOf = ({ db, stack }: Engine) => ({ client: db, table: stack.tableName });

/** All that the use cases need beside a store of files. */
const depsOf = ({ engine, caller }: Ground) => ({
  ...clock,
  ...defaultLimits.names,
  names: defaultLimits.names,
  defaults: defaultLimits,
  directory: {
    find: async () => ({ tenant: caller.tenant, user: caller.user }),
    client: async () => undefined,
  },
  folders: createFolderStore(dbOf(engine), settings),
  queues: { purge: async () => undefined, process: async () => undefined },
  resendSeconds: defaultLimits.pipeline.resendSeconds,
  processing: { ...defaultLimits.jobs, bounds: defaultLimits.processing },
});

const byJobs: Way = {
  list: async ({ engine, caller }) => {
    const listings = createListings(dbOf(engine));
    let found = 0;
    let cursor: string | undefined;
    do {
      const request = { path: '/tree', recursive: true, limit: pageFiles, ...(cursor && { cursor }) };
      const page = await listings.listFiles(planListing(request, caller, defaultLimits.names));
      found += page.items.length;
      cursor = page.nextCursor;
    } while (cursor);
    return found;
  },
  move: (ground) => runJob(ground, 'folder.move', { path: '/tree', newPath: '/moved', onConflict: 'reject' }),
  delete: (ground) => runJob(ground, 'folder.delete', { path: '/moved', hard: false }),
};

async function runJob(ground: Ground, kind: string, params: unknown): Promise<number> {
  const { engine, owner, caller } = ground;
  const store = { ...createGroupedStore(dbOf(engine), settings), ...createListings(dbOf(engine)) };
  const jobs = jobStoreOf(engine);
  const deps = {
    ...clock,
    jobs,
    queue: { runJob: async () => undefined },
    kinds: fileJobs({ ...depsOf(ground), store }),
    bounds: defaultLimits.jobs,
    outOfTime: () => false,
  };
  const job = await startJob(deps, { ...owner, actor: caller.actor, kind, params });
  for (;;) {
    const end = await runSlice(deps, job);
    if (end !== 'continued') return (await jobs.job(job))?.done ?? 0;
  }
}

const fileByFile: Way = {
  list: (ground) =>
    everyFile(ground, '/tree', async (fileId, { engine, caller }) => {
      await createFileStore(dbOf(engine), settings).file({ tenantId: caller.tenantId, fileId });
    }),
  move: async (ground) => {
    const moved = await everyFile(ground, '/tree', (fileId, _ground, folder) =>
      applyAlone(ground, fileId, { action: 'move', newPath: rebased(folder, '/tree', '/moved') }),
    );
    await removeFolders(ground, '/tree');
    return moved;
  },
  delete: async (ground) => {
    const deleted = await everyFile(ground, '/moved', (fileId) =>
      applyAlone(ground, fileId, { action: 'delete', hard: false }),
    );
    await removeFolders(ground, '/moved');
    return deleted;
  },
};

async function applyAlone(
  ground: Ground,
  fileId: string,
  asked: Parameters<typeof fileAction>[1],
): Promise<void> {
  const store = createFileStore(dbOf(ground.engine), settings);
  await fileAction({ ...depsOf(ground), store }, asked).apply(ground.caller, fileId);
}

async function everyFile(
  ground: Ground,
  root: string,
  work: (fileId: string, ground: Ground, folder: string) => Promise<void>,
): Promise<number> {
  const { folders } = depsOf(ground);
  let done = 0;
  for (let at: string | undefined = root; at !== undefined; ) {
    const folder: string = at;
    const names = await folders.namesIn(ground.owner, folder, { limit: pageFiles });
    await inParallel(names, peerAtOnce, ({ fileId }) => work(fileId, ground, folder));
    done += names.length;
    at = (await nextDownwards(folders, ground.owner, root, folder))?.path;
  }
  return done;
}

async function removeFolders(ground: Ground, root: string): Promise<void> {
  const { folders } = depsOf(ground);
  let after: string | undefined;
  for (;;) {
    after = await nextUpwards(folders, ground.owner, root, after);
    if (after === undefined) return;
    await folders.removeFolder(ground.owner, after);
  }
}

export default trees;
