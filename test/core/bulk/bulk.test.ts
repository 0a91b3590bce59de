import { beforeEach, describe, expect, it } from 'vitest';
import { type BulkRequest, startBulk } from '../../../lambdas/core/bulk/bulk-request.ts';
import { caller } from '../../support/domain.ts';
import { Workplace } from '../../support/working.ts';

const ids = ['F-/1', 'F-/2', 'F-/3'];

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
  place.put('/1', '/2', '/3');
});

const run = async (request: BulkRequest, by = place.alice) => {
  const job = await startBulk(place.deps, by, request);
  await place.work();
  return place.jobs.port.job(job);
};

describe('a bulk action', () => {
  it('does what the single call does to each file, once', async () => {
    const params = { newPath: '/box' };
    const job = await run({ action: 'move', fileIds: [...ids, ...ids], params });

    expect(place.tree).toEqual(['/box/1', '/box/2', '/box/3']);
    expect(job).toMatchObject({ kind: 'files.move', status: 'done', total: 3, done: 3, failed: 0 });
    const moved = place.table.events.filter(({ type }) => type === 'file.moved');
    expect(moved.map(({ actor }) => actor.userId)).toEqual(['alice', 'alice', 'alice']);
  });

  it('answers for a missing, a foreign and a private file alike, and goes on with the others', async () => {
    const [mine] = place.put('/x');
    if (mine) place.table.files.set('acme/F-/x', { ...mine, ownerId: 'bob' });

    const job = await run({ action: 'delete', fileIds: ['F-/1', 'F-/x', 'nowhere'] });

    expect(job).toMatchObject({ done: 1, failed: 2 });
    const [private_, missing] = place.jobs.saved.filter(({ outcome }) => outcome === 'failed');
    expect({ ...private_, fileId: '' }).toEqual({ ...missing, fileId: '' });
    expect(place.table.files.get('acme/F-/x')?.status).toBe('ready');
  });

  it('leaves alone what is already as it shall be', async () => {
    await run({ action: 'delete', fileIds: ids });
    await run({ action: 'delete', fileIds: ids });

    expect(place.jobs.saved.map(({ outcome }) => outcome)).toEqual([
      ...['done', 'done', 'done'],
      ...['skipped', 'skipped', 'skipped'],
    ]);
  });

  it.each([false, true])(
    'deletes nothing that is held or must be kept (hard: %s), and says why',
    async (hard) => {
      const [held, kept] = [place.table.files.get('acme/F-/1'), place.table.files.get('acme/F-/2')];
      const legalHold = { reason: 'court', since: place.at, by: 'admin' };
      if (held) place.table.files.set('acme/F-/1', { ...held, legalHold });
      if (kept) place.table.files.set('acme/F-/2', { ...kept, lockedUntil: '2030-01-01T00:00:00.000Z' });

      const job = await run({ action: 'delete', fileIds: ids, params: { hard } });

      expect(job).toMatchObject({ done: 1, failed: 2 });
      const reasons = place.jobs.saved.flatMap(({ outcome, code }) => (outcome === 'failed' ? [code] : []));
      expect(reasons.sort()).toEqual(['legal_hold', 'retention_active']);
      expect(place.table.files.get('acme/F-/2')?.status).toBe('ready');
    },
  );

  it('brings files back from the trash', async () => {
    await run({ action: 'delete', fileIds: ids });

    const job = await run({ action: 'restore', fileIds: ids });

    expect(job).toMatchObject({ done: 3, failed: 0 });
    expect(place.tree).toEqual(['/1', '/2', '/3']);
  });

  it('adds and removes tags, or sets them all', async () => {
    await run({ action: 'tag', fileIds: ids, params: { tags: ['old', 'kept'] } });
    await run({ action: 'tag', fileIds: ['F-/1'], params: { add: ['new'], remove: ['old'] } });

    expect(place.table.files.get('acme/F-/1')?.tags).toEqual(['kept', 'new']);
    expect(place.table.files.get('acme/F-/2')?.tags).toEqual(['old', 'kept']);
  });

  it('takes the files of a filter', async () => {
    const job = await run({ action: 'move', filter: { tag: 'any' }, params: { newPath: '/box' } });

    expect(job).toMatchObject({ done: 3, total: 3 });
  });

  it('wants either ids or a filter that says something', async () => {
    for (const files of [{}, { filter: {} }, { fileIds: ids, filter: { path: '/' } }]) {
      await expect(startBulk(place.deps, place.alice, { action: 'delete', ...files })).rejects.toMatchObject({
        code: 'validation_failed',
      });
    }
  });

  it('is for an admin as the single call is: also for the files of others', async () => {
    const admin = caller({ user: { userId: 'root', role: 'admin' } });
    place.asker = admin.user;

    expect(await run({ action: 'delete', fileIds: ids }, admin)).toMatchObject({ done: 3, failed: 0 });
  });
});

describe.each([
  ['move', { newPath: '/box' }],
  ['delete', {}],
  ['delete', { hard: true }],
  ['restore', {}],
  ['tag', { add: ['x'] }],
] as const)('a bulk %s %o, killed in the middle', (action, params) => {
  it.each([false, true])('ends with every result once (after: %s)', async (after) => {
    for (let at = 1, died = true; died; at += 1) {
      place = new Workplace();
      place.put('/1', '/2', '/3');
      if (action === 'restore') {
        await run({ action: 'delete', fileIds: ids });
        place.jobs.saved.length = 0;
      }
      await startBulk(place.deps, place.alice, { action, fileIds: ids, params });
      place.deadly = { at: place.calls + at, after };

      await place.work();
      died = place.died;

      const reported = place.jobs.saved.map(({ fileId, outcome }) => `${fileId} ${outcome}`).sort();
      expect(reported, `call ${at}`).toEqual(ids.map((id) => `${id} done`));
    }
  });
});
