import { beforeEach, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { fileJobs } from '../../../lambdas/core/bulk/kinds.ts';
import { moveFile } from '../../../lambdas/core/files/place.ts';
import { startDelete, startMove } from '../../../lambdas/core/folders/tree-request.ts';
import { runSlice } from '../../../lambdas/core/jobs/run-slice.ts';
import { user } from '../../support/domain.ts';
import { Workplace } from '../../support/working.ts';

const files = ['/a/1', '/a/2', '/a/b/1', '/a/b/c/1', '/a/d/1', '/other/1'];

const oneStep = { ...defaultLimits.jobs, sliceSeconds: 0 };

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
  place.put(...files);
});

const move = (newPath: string, onConflict?: 'rename') =>
  startMove(place.deps, place.alice, { path: '/a', newPath, ...(onConflict && { onConflict }) });

describe('moving a folder', () => {
  it('takes everything along, empty folders too, and leaves nothing behind', async () => {
    await place.folders.port.ensureFolder({ tenantId: 'acme', ownerId: 'alice' }, '/a/empty/deep', place.at);

    const job = await move('/z/a');
    await place.work();

    expect(place.tree).toEqual(['/other/1', '/z/a/1', '/z/a/2', '/z/a/b/1', '/z/a/b/c/1', '/z/a/d/1']);
    expect(place.folders.within('/z/a')).toContain('/z/a/empty/deep');
    expect(place.folders.within('/a')).toEqual([]);
    expect(await place.jobs.port.job(job)).toMatchObject({ status: 'done', done: 5, failed: 0, total: 5 });
    expect(place.jobs.events).toMatchObject([{ type: 'folder.moved', data: { done: 5, failed: 0 } }]);
  });

  it('becomes one with a folder that exists; only what is in the way stays', async () => {
    place.put('/z/1', '/z/b/9');

    await move('/z');
    await place.work();

    expect(place.tree).toEqual([
      '/a/1',
      '/other/1',
      '/z/1',
      '/z/2',
      '/z/b/1',
      '/z/b/9',
      '/z/b/c/1',
      '/z/d/1',
    ]);
    expect(place.outcomes['/a/1']).toBe('name_conflict');
    expect(place.folders.within('/a')).toEqual(['/a']);
  });

  it('numbers what is in the way where that is asked for', async () => {
    place.put('/z/1');

    await move('/z', 'rename');
    await place.work();

    expect(place.tree).toContain('/z/1 (2)');
    expect(Object.values(place.outcomes)).toEqual(['done', 'done', 'done', 'done', 'done']);
  });

  it('goes up into its own parent without losing itself', async () => {
    place.put('/a/b/b/2');

    await startMove(place.deps, place.alice, { path: '/a/b', newPath: '/a' });
    await place.work();

    expect(place.tree).toEqual(['/a/1', '/a/2', '/a/b/1', '/a/b/2', '/a/c/1', '/a/d/1', '/other/1']);
    expect(place.outcomes).toMatchObject({ '/a/b/1': 'name_conflict' });
  });

  it('tells each file that it does not fit under a path that became too long', async () => {
    const long = `/${'x'.repeat(250)}/${'x'.repeat(250)}/${'x'.repeat(250)}/${'x'.repeat(250)}/${'x'.repeat(18)}`;

    const job = await move(long);
    await place.work();

    expect(place.outcomes).toMatchObject({ '/a/1': 'done', '/a/b/1': 'validation_failed' });
    expect(await place.jobs.port.job(job)).toMatchObject({ status: 'done', done: 2, failed: 3 });
  });

  it('is refused at once into itself, for the root, and for what does not exist', async () => {
    const refusal = async (path: string, newPath: string) =>
      (await startMove(place.deps, place.alice, { path, newPath }).catch((error) => error)).code;

    expect(await refusal('/a', '/a')).toBe('validation_failed');
    expect(await refusal('/a', '/a/b/c')).toBe('validation_failed');
    expect(await refusal('/', '/z')).toBe('validation_failed');
    expect(await refusal('/missing', '/z')).toBe('not_found');
    expect(place.jobs.jobs.size).toBe(0);
  });

  it('stops as failed when its asker may no longer act', async () => {
    const job = await move('/z');
    place.asker = user({ status: 'inactive' });

    await place.work();

    expect(await place.jobs.port.job(job)).toMatchObject({ status: 'failed', reason: 'user_inactive' });
    expect(place.tree).toEqual([...files].sort());
  });
});

describe('deleting a folder', () => {
  it('puts its files into the trash and removes the folders', async () => {
    await startDelete(place.deps, place.alice, { path: '/a' });
    await place.work();

    expect(place.tree).toEqual(['/other/1']);
    expect(place.table.files.get('acme/F-/a/b/1')?.status).toBe('deleted');
    expect(place.folders.within('/')).toEqual(['/', '/other']);
    expect(place.jobs.events).toMatchObject([{ type: 'folder.deleted' }]);
  });

  it('leaves alone what somebody took out of it after the job had found it', async () => {
    const { jobId } = await startDelete(place.deps, place.alice, { path: '/a', hard: true });
    const kinds = fileJobs(place.deps);
    await runSlice(
      { ...place.deps, kinds, outOfTime: () => true, bounds: oneStep },
      { tenantId: 'acme', jobId },
    );
    await moveFile(place.deps, place.alice, { fileId: 'F-/a/1' }, { newPath: '/rescued' });

    await place.work();

    expect(place.tree).toEqual(['/other/1', '/rescued/1']);
    expect(place.outcomes['/a/1']).toBe('upload_state_conflict');
    expect(place.folders.within('/a')).toEqual([]);
  });

  it('keeps a folder with what could not be deleted', async () => {
    const [held] = place.put('/a/b/held');
    if (held) {
      const legalHold = { reason: 'court', since: place.at, by: 'admin' };
      place.table.files.set('acme/F-/a/b/held', { ...held, legalHold });
    }

    await startDelete(place.deps, place.alice, { path: '/a', hard: true });
    await place.work();

    expect(place.outcomes['/a/b/held']).toBe('legal_hold');
    expect(place.tree).toEqual(['/a/b/held', '/other/1']);
    expect(place.folders.within('/a')).toEqual(['/a', '/a/b']);
    expect(place.purges).toHaveLength(5);
  });
});

describe.each([
  ['moving', () => startMove(place.deps, place.alice, { path: '/a', newPath: '/z' })],
  ['deleting', () => startDelete(place.deps, place.alice, { path: '/a' })],
  ['purging', () => startDelete(place.deps, place.alice, { path: '/a', hard: true })],
] as const)('%s a folder, killed in the middle', (name, start) => {
  it.each([false, true])('ends as if nothing had been, with every result once (after: %s)', async (after) => {
    for (let at = 1, died = true; died; at += 1) {
      place = new Workplace();
      place.put(...files);
      await start();
      place.deadly = { at: place.calls + at, after };

      await place.work();
      died = place.died;

      const reported = place.jobs.saved.map(({ fileId }) => fileId).sort();
      expect(reported, `call ${at}`).toEqual(files.slice(0, 5).map((path) => `F-${path}`));
      expect(place.jobs.saved.every(({ outcome }) => outcome === 'done')).toBe(true);
      expect(place.folders.within('/a')).toEqual([]);
      expect(place.tree).toHaveLength(name === 'moving' ? 6 : 1);
      expect(place.jobs.events).toHaveLength(1);
    }
  });
});
