import { describe, expect, it } from 'vitest';
import type { FileQuery } from '../../../lambdas/core/files/list-plan.ts';
import { dispatch } from '../../../lambdas/core/intake/dispatch.ts';
import { inspect } from '../../../lambdas/core/intake/inspect.ts';
import { requestRescan } from '../../../lambdas/core/intake/request-rescan.ts';
import { rescan } from '../../../lambdas/core/intake/rescan.ts';
import { createRescan, type RescanParams, startRescans } from '../../../lambdas/core/intake/rescan-job.ts';
import { takeScanResult } from '../../../lambdas/core/intake/scan-result.ts';
import { settleRescan } from '../../../lambdas/core/intake/settle-rescan.ts';
import type { JobRecord } from '../../../lambdas/core/jobs/job.ts';
import { initiateUpload } from '../../../lambdas/core/uploads/initiate.ts';
import { caller, file, startOfTime, tenant } from '../../support/domain.ts';
import { RescanWorld } from '../../support/rescans.ts';

const alice = caller();
const bob = caller({ user: { userId: 'bob' } });
const admin = caller({ user: { userId: 'root', role: 'admin' } });
const ref = (fileId: string) => ({ tenantId: 'acme', fileId });

const asking = (world: RescanWorld, over: { hasScanner?: boolean; isOpen?: boolean } = {}) => ({
  ...world.dispatching,
  queues: { ...world.dispatching.queues, rescan: world.rescanning.queues.rescan },
  hasScanner: over.hasScanner ?? true,
  breaker: { isOpen: async () => over.isOpen ?? false },
});

describe('a rescan that is asked for', () => {
  it('is for admins, and tells of it in the file', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10);
    await expect(requestRescan(asking(world), alice, { fileId })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(requestRescan(asking(world), bob, { fileId })).rejects.toMatchObject({ code: 'not_found' });

    expect((await requestRescan(asking(world), admin, { fileId })).status).toBe('ready');
    expect(world.rescans).toEqual([ref(fileId)]);
    expect(world.table.events.at(-1)).toMatchObject({
      ...{ type: 'file.changed', actor: { userId: 'root' } },
      data: { fields: 'scan', rescan: true },
    });
  });

  it.each([{ hasScanner: false }, { isOpen: true }])(
    'is refused at once where nobody can scan (%o), and leaves no trace',
    async (over) => {
      const world = new RescanWorld();
      const fileId = await world.stored(10);
      const { revision } = world.file(fileId);
      await expect(requestRescan(asking(world, over), admin, { fileId })).rejects.toMatchObject({
        ...{ code: 'storage_unavailable', retryAfterSeconds: 60 },
      });
      expect(world.file(fileId).revision).toBe(revision);
      expect(world.rescans).toEqual([]);
    },
  );

  it.each(['deleted', 'uploading', 'inspecting', 'rejected'] as const)(
    'is refused for a file that is %s',
    async (status) => {
      const world = new RescanWorld();
      world.table.files.set('acme/F1', file({ status }));
      await expect(requestRescan(asking(world), admin, { fileId: 'F1' })).rejects.toMatchObject({
        code: 'upload_state_conflict',
      });
    },
  );

  it('has a held file inspected now, which then goes on', async () => {
    const world = new RescanWorld();
    world.scan = 'unavailable';
    const fileId = await world.stored(10);
    expect(world.file(fileId).status).toBe('held');

    world.scan = 'clean';
    expect((await requestRescan(asking(world), admin, { fileId })).status).toBe('held');
    await world.deliver();
    expect(world.file(fileId).status).toBe('ready');
  });

  it('asks the scanner about a held file that it could not judge before, and once', async () => {
    const world = new RescanWorld();
    world.policy = { ...world.policy, unscannable: 'hold' };
    world.scan = 'requested';
    world.verdict = 'unscannable';
    const fileId = await world.stored(10);
    expect(world.file(fileId)).toMatchObject({ status: 'held', hold: { why: 'unscannable' } });

    await requestRescan(asking(world), admin, { fileId });
    await world.deliver();
    expect(world.file(fileId)).toMatchObject({ status: 'held', hold: { why: 'unscannable', tries: 2 } });
    world.verdict = 'clean';
    await requestRescan(asking(world), admin, { fileId });
    await world.deliver();
    expect(world.file(fileId).status).toBe('ready');
  });
});

describe('a rescan', () => {
  it('marks what passes, and nothing else of the file changes', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10);
    const before = world.file(fileId);
    world.pass(3_600);
    expect(await rescan(world.rescanning, ref(fileId))).toBe('clean');
    expect(world.file(fileId)).toEqual({ ...before, scan: { engine: 'test', at: world.at } });
  });

  it('looks at every content, each by a message of its own', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10, 20, 30);
    expect(await rescan(world.rescanning, ref(fileId))).toBe('split');
    expect(new Set(world.rescans.map(({ versionId }) => versionId))).toEqual(
      new Set(world.s3.library.keys()),
    );
    world.pass(60);
    await world.deliver();
    const marks = [world.file(fileId), ...world.table.versions.values()].map(({ scan }) => scan?.at);
    expect(marks).toEqual([world.at, world.at, world.at]);
  });

  it('leaves alone what has passed with the same definitions', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10);
    const scan = { engine: 'test', at: startOfTime, definitions: '7' };
    world.table.files.set(`acme/${fileId}`, { ...world.file(fileId), scan });
    world.found = 'infected';
    expect(await rescan(world.rescanning, { ...ref(fileId), unlessScannedWith: '7' })).toBe('scanned');
    expect(await rescan(world.rescanning, { ...ref(fileId), unlessScannedWith: '8' })).toBe('withdrawn');
  });

  it('comes again where the scanner gives no answer, and changes nothing where it cannot tell', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10);
    const before = world.file(fileId);
    world.found = 'unavailable';
    await expect(rescan(world.rescanning, ref(fileId))).rejects.toThrow('down');
    world.found = 'unscannable';
    expect(await rescan(world.rescanning, ref(fileId))).toBe('unscannable');
    expect(world.file(fileId)).toEqual(before);
  });

  it('of what is gone, or not stored yet, ends there', async () => {
    const world = new RescanWorld();
    expect(await rescan(world.rescanning, ref('F9'))).toBe('ignored');
    world.table.files.set('acme/F1', file({ status: 'held' }));
    expect(await rescan(world.rescanning, ref('F1'))).toBe('ignored');
    const fileId = await world.stored(10);
    expect(await rescan(world.rescanning, { ...ref(fileId), versionId: 'L99' })).toBe('ignored');
  });

  it('whose result comes later is settled then', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10);
    world.found = 'requested';
    expect(await rescan(world.rescanning, ref(fileId))).toBe('scanning');

    const later = { ...ref(fileId), versionId: world.file(fileId).libraryVersionId ?? '' };
    expect(await settleRescan(world.rescanning, later, { verdict: 'unavailable', detail: 'x' })).toBe(
      'unavailable',
    );
    expect(world.file(fileId).status).toBe('ready');
    const infected = { verdict: 'infected', engine: 'guardduty', threat: 'T' } as const;
    expect(await settleRescan(world.rescanning, later, infected)).toBe('withdrawn');
    expect(await settleRescan(world.rescanning, later, infected)).toBe('ignored');
  });

  it('with malware before the record knows of the copy comes again', async () => {
    const world = new RescanWorld();
    const infected = { verdict: 'infected', engine: 'guardduty', threat: 'T' } as const;
    const copied = { ...ref('F1'), versionId: 'L1' };
    world.table.files.set('acme/F1', file({ status: 'inspecting' }));
    await expect(settleRescan(world.rescanning, copied, infected)).rejects.toThrow('no record');
    world.table.files.set('acme/F1', file({ status: 'rejected' }));
    expect(await settleRescan(world.rescanning, copied, infected)).toBe('ignored');
  });
});

describe('a result that comes by itself', () => {
  async function landed() {
    const world = new RescanWorld();
    world.scan = 'requested';
    const upload = await initiateUpload(world.uploads, alice, {
      ...{ path: '/', filename: 'a.bin', mimeType: 'application/octet-stream', size: 4 },
    });
    world.s3.put({ tenantId: 'acme', ...upload }, new Uint8Array(4));
    const [event] = world.s3.landed;
    if (!event) throw new Error('nothing has landed');
    const deps = { ...world.inspecting, ...world.rescanning, scans: world.scans };
    const queues = { ...world.inspecting.queues, ...world.rescanning.queues };
    const take = (etag: string, verdict: 'clean' | 'infected' = 'clean') => {
      const { tenantId, fileId, uploadId, versionId } = event;
      const target = { bucket: 'intake', tenantId, fileId, uploadId, versionId, etag } as const;
      const found = { engine: 'guardduty', threat: 'T', verdict };
      return takeScanResult({ ...deps, queues }, target, found);
    };
    const etag = (world.s3.versions.values().next().value?.[0]?.etag ?? '').replaceAll('"', '');
    return { world, fileId: upload.fileId, take, etag };
  }

  it('before the bytes are claimed waits for their inspection', async () => {
    const { world, fileId, take, etag } = await landed();
    expect(await take(etag)).toBe('recorded');
    world.messages.inspect.splice(0);
    await world.deliver();
    expect(world.file(fileId).status).toBe('ready');
  });

  it('after it has the inspection go on', async () => {
    const { world, fileId, take, etag } = await landed();
    for (const event of world.s3.landed.splice(0)) await dispatch(world.dispatching, event);
    for (const message of world.messages.inspect.splice(0)) {
      expect(await inspect(world.inspecting, message)).toBe('scanning');
    }
    world.messages.scan.splice(0);
    expect(await take(etag, 'infected')).toBe('recorded');
    await world.deliver();
    expect(world.file(fileId)).toMatchObject({ status: 'rejected', reason: 'malware_found' });
  });

  it('is believed by nobody where it is of other bytes', async () => {
    const { world, fileId, take } = await landed();
    for (const event of world.s3.landed.splice(0)) await dispatch(world.dispatching, event);
    await expect(take('0'.repeat(32))).rejects.toThrow(/another ETag/);
    expect(world.scanResults.size).toBe(0);
    expect(world.file(fileId).status).toBe('uploaded');
  });
});

describe('the rescan of young files', () => {
  const job = (over: Partial<JobRecord> = {}): JobRecord => ({
    ...{ tenantId: 'acme', jobId: 'J1', ownerId: 'system', actor: { kind: 'system' }, kind: 'rescan' },
    params: { definitions: '8', since: startOfTime } satisfies RescanParams,
    ...{ status: 'running', done: 0, failed: 0, steps: 0, attempts: 1, createdAt: startOfTime },
    ...over,
  });

  it('walks those of the tenant page by page, newest first, and spreads its messages', async () => {
    const asked: FileQuery[] = [];
    const sent: unknown[] = [];
    const kind = createRescan({
      store: {
        listFiles: async (query) => {
          asked.push(query);
          const last = query.cursor === 'next';
          return { items: [file({ fileId: last ? 'F2' : 'F1' })], ...(!last && { nextCursor: 'next' }) };
        },
        sharedFiles: async () => ({ items: [] }),
      },
      queues: { rescan: async (...message) => void sent.push(message) },
      random: () => 0.5,
      bounds: { rescanSpreadSeconds: 900 },
    });

    expect(await kind.step(job())).toEqual({ results: [], finished: false, cursor: 'next' });
    expect(await kind.step(job({ cursor: 'next' }))).toEqual({ results: [], finished: true });
    expect(asked[0]).toMatchObject({
      ...{ index: 'status', tenantId: 'acme', from: startOfTime, descending: true },
      statuses: ['stored', 'processing', 'ready', 'failed', 'deleted'],
    });
    expect(sent).toEqual([
      [{ ...ref('F1'), unlessScannedWith: '8' }, { delaySeconds: 450 }],
      [{ ...ref('F2'), unlessScannedWith: '8' }, { delaySeconds: 450 }],
    ]);
  });

  it.each([
    [7, 2],
    [0, 0],
  ])(
    'within %i days starts %i jobs for two tenants, none for one that is being erased',
    async (days, jobs) => {
      const started: JobRecord[] = [];
      const ids = ['acme', 'globex', 'gone'];
      const result = await startRescans(
        {
          jobs: { createJob: async (created) => started.push(created) > 0 },
          queue: { runJob: async () => undefined },
          ...{ now: () => '2026-11-20T12:00:00.000Z', newId: () => 'J', outOfTime: () => false },
          tenants: {
            tenants: async () => ({
              items: ids.map((tenantId) =>
                tenant({ tenantId, ...(tenantId === 'gone' && { status: 'erasing' }) }),
              ),
            }),
          },
          bounds: { leaseSeconds: 60, maxUnfinishedPerUser: 1, rescanDays: days },
        },
        '8',
      );
      expect(result).toEqual({ started: jobs, complete: true });
      for (const { params, kind } of started) {
        expect({ params, kind }).toEqual({
          kind: 'rescan',
          params: { definitions: '8', since: '2026-11-13T12:00:00.000Z' },
        });
      }
    },
  );
});
