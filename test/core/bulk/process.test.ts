import { beforeEach, describe, expect, it } from 'vitest';
import { startBulk } from '../../../lambdas/core/bulk/bulk-request.ts';
import type { FileRecord, Rendition } from '../../../lambdas/core/files/file.ts';
import { Workplace } from '../../support/working.ts';

const operations = [{ type: 'thumbnails', params: { sizes: [64] } }];
const count = 7;
const paths = Array.from({ length: count }, (_, n) => `/${n}`);
const ids = paths.map((path) => `F-${path}`);

/** What a worker makes of everything that is pending. */
const settling =
  (place: Workplace, settled: (file: FileRecord) => Omit<Rendition, 'name'> | undefined) =>
  (fileIds: readonly string[]): void => {
    for (const fileId of fileIds) {
      const file = place.table.files.get(`acme/${fileId}`) as FileRecord;
      const how = settled(file);
      if (!how || file.status !== 'processing') continue;
      const renditions = Object.fromEntries(
        Object.values(file.renditions).map((rendition) => [
          rendition.name,
          rendition.status === 'pending'
            ? { name: rendition.name, onDemand: true as const, ...how }
            : rendition,
        ]),
      );
      place.table.files.set(`acme/${fileId}`, {
        ...file,
        status: 'ready',
        revision: file.revision + 1,
        renditions,
      });
    }
  };

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
  place.window = 3;
  place.put(...paths);
});

const run = async (
  request: { fileIds?: readonly string[]; filter?: { path: string } } = { fileIds: ids },
) => {
  const job = await startBulk(place.deps, place.alice, {
    ...request,
    action: 'process',
    params: { operations },
  });
  await place.work();
  return place.jobs.port.job(job);
};

describe('processing many files', () => {
  it('has the operations made of each, a window of them at a time, and tells how they ended', async () => {
    const rounds: number[] = [];
    const settle = settling(place, () => ({ status: 'ready' }));
    place.process = (fileIds) => {
      if (fileIds.length > 0) rounds.push(fileIds.length);
      settle(fileIds);
    };

    expect(await run()).toMatchObject({
      ...{ kind: 'files.process', status: 'done' },
      ...{ total: count, done: count, failed: 0 },
    });

    expect(rounds).toEqual([3, 3, 1]);
    expect(Object.values(place.outcomes)).toEqual(Array.from({ length: count }, () => 'done'));
  });

  it('tells of each file why nothing came of it, and goes on with the others', async () => {
    place.process = settling(place, ({ path, filename }) => {
      if (`${path}${filename}` === '/1') return { status: 'failed', reason: 'malformed' };
      if (`${path}${filename}` === '/2') return { status: 'skipped', reason: 'not_smaller' };
      return { status: 'ready' };
    });
    const text = place.table.files.get('acme/F-/3') as FileRecord;
    place.table.files.set('acme/F-/3', { ...text, mimeType: 'text/plain' });

    const job = await run({ fileIds: [...ids, 'nowhere'] });

    expect(job).toMatchObject({ status: 'done', done: 5, failed: 3 });
    expect(place.outcomes).toMatchObject({
      ...{ '/0': 'done', '/1': 'malformed', '/2': 'not_smaller', '/3': 'type_not_allowed' },
    });
    expect(place.jobs.saved.find(({ fileId }) => fileId === 'F-/2')?.outcome).toBe('skipped');
    expect(place.jobs.saved.find(({ fileId }) => fileId === 'nowhere')).toMatchObject({ code: 'not_found' });
  });

  it('makes nothing twice of what was made before', async () => {
    place.process = settling(place, () => ({ status: 'ready' }));
    await run();
    place.process = (fileIds) => expect(fileIds).toEqual([]);
    place.jobs.saved.length = 0;

    expect(await run()).toMatchObject({ status: 'done', done: count, failed: 0 });
  });

  it('ends for a file that is deleted while it waits', async () => {
    place.process = (fileIds) => {
      for (const fileId of fileIds) {
        const file = place.table.files.get(`acme/${fileId}`) as FileRecord;
        place.table.files.set(`acme/${fileId}`, { ...file, status: 'deleted' });
      }
    };
    expect(await run()).toMatchObject({ status: 'done', done: 0, failed: count });
  });

  it('takes the files of a filter', async () => {
    place.process = settling(place, () => ({ status: 'ready' }));
    expect(await run({ filter: { path: '/' } })).toMatchObject({ status: 'done', done: count });
  });

  it.each([false, true])('killed in the middle ends with every result once (after: %s)', async (after) => {
    for (let at = 1, died = true; died; at += 1) {
      place = new Workplace();
      place.window = 2;
      const some = ids.slice(0, 3);
      place.put(...paths.slice(0, 3));
      await startBulk(place.deps, place.alice, { action: 'process', fileIds: some, params: { operations } });
      // A message that was lost with the process, the sweep sends again.
      const settle = settling(place, () => ({ status: 'ready' }));
      place.process = () => settle(some);
      place.deadly = { at: place.calls + at, after };

      await place.work();
      died = place.died;

      const reported = place.jobs.saved.map(({ fileId, outcome }) => `${fileId} ${outcome}`).sort();
      expect(reported, `call ${at}`).toEqual(some.map((id) => `${id} done`));
    }
  });
});
