import { expect, inject, it } from 'vitest';
import { ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { lostJob, resultsOf, slicedAndKilled, untilEnded } from '../../support/jobs.ts';
import { problem } from '../../support/problem.ts';
import { runSweep } from '../../support/sweeping.ts';
import { createTenant } from '../../support/tenants.ts';
import { plantTree } from '../../support/trees.ts';

const engine = engineOf(inject('stack'));
const ownerOf = ({ tenantId, users }: Awaited<ReturnType<typeof createTenant>>) => ({
  tenantId,
  ownerId: users[0].userId,
});
const leaseMs = 1_500;

it('a job that is killed in the middle again and again is resumed by the sweep, and reports each file once', async () => {
  const tenant = await createTenant(engine);
  const files = await plantTree(engine, ownerOf(tenant), '/tree', {
    folders: 3,
    subFolders: 2,
    filesPerFolder: 33,
  });
  const params = { path: '/tree', newPath: '/moved', onConflict: 'reject' };
  const job = await lostJob(engine, tenant, 'folder.move', params);

  for (const calls of [150, 260]) {
    await slicedAndKilled(engine, job, calls);
    await new Promise((resolve) => setTimeout(resolve, leaseMs));
  }
  const halfway = ok(await tenant.api.job(job.jobId));
  expect(halfway.status).toBe('running');
  expect(halfway.progress.done).toBeLessThan(files.length);
  await runSweep(engine);

  const { status, progress, results } = await untilEnded(tenant.api, job.jobId);
  expect({ status, progress }).toEqual({ status: 'done', progress: { total: 297, done: 297, failed: 0 } });
  expect(results.map(({ fileId }) => fileId).sort()).toEqual(files.map(({ fileId }) => fileId).sort());
  expect(ok(await tenant.api.folders({ path: '/moved' })).folders.map(({ files }) => files)).toEqual([
    33, 33, 33,
  ]);
  expect(ok(await tenant.api.folders()).folders.map(({ path }) => path)).toEqual(['/moved']);
});

it('a bulk action answers for each file as the single call would, page by page', async () => {
  const tenant = await createTenant(engine);
  const files = await plantTree(engine, ownerOf(tenant), '/tree', {
    folders: 1,
    subFolders: 0,
    filesPerFolder: 30,
  });
  const fileIds = [...files.map(({ fileId }) => fileId), 'nowhere'];

  const tagged = ok(await tenant.api.bulk({ action: 'tag', fileIds, params: { add: ['seen'] } }));
  const job = await untilEnded(tenant.api, tagged.jobId);
  const moved = ok(
    await tenant.api.bulk({ action: 'move', filter: { tag: 'seen' }, params: { newPath: '/box' } }),
  );
  await untilEnded(tenant.api, moved.jobId);
  const boxed = ok(
    await tenant.api.bulk({ action: 'tag', filter: { path: '/box' }, params: { add: ['boxed'] } }),
  );

  expect(await untilEnded(tenant.api, boxed.jobId)).toMatchObject({ progress: { done: 30, failed: 0 } });
  expect(job).toMatchObject({ kind: 'files.tag', progress: { total: 31, done: 30, failed: 1 } });
  expect(job.results.find(({ fileId }) => fileId === 'nowhere')).toMatchObject({ code: 'not_found' });
  expect(await resultsOf(tenant.api, tagged.jobId, 7)).toEqual(job.results);
  expect(ok(await tenant.api.folders({ path: '/box' })).files).toBe(30);
  expect(ok(await tenant.api.folders({ path: '/tree' })).folders.map(({ files }) => files)).toEqual([0]);
});

it('what cannot be a bulk action is refused at once, and a job is for its tenant alone', async () => {
  const { api } = await createTenant(engine);
  const other = await createTenant(engine, { roles: ['admin'] });
  const fileIds = ['x'];
  const refused: Record<string, unknown>[] = [
    { action: 'process', fileIds },
    { action: 'move', fileIds },
    { action: 'move', fileIds, params: { newPath: '/..' } },
    { action: 'delete' },
    { action: 'delete', filter: {} },
    { action: 'delete', filter: { sort: 'name' } },
    { action: 'tag', fileIds, params: {} },
    { action: 'delete', fileIds: Array.from({ length: 1_001 }, (_, n) => `f${n}`) },
  ];

  for (const body of refused) problem(await api.bulk(body), 400, 'validation_failed');
  const { jobId } = ok(await api.bulk({ action: 'delete', fileIds }));
  problem(await other.api.job(jobId), 404, 'not_found');
  problem(await api.job('nowhere'), 404, 'not_found');
  problem(await api.job(jobId, { cursor: 'forged' }), 400, 'cursor_invalid');
  expect(await untilEnded(api, jobId)).toMatchObject({ progress: { total: 1, done: 0, failed: 1 } });
});
