import { describe, expect, it } from 'vitest';
import { processStored, type RequestedOperation } from '../../../lambdas/core/files/process.ts';
import { giveUpOnFile } from '../../../lambdas/core/processing/process-file.ts';
import { caller } from '../../support/domain.ts';
import { alice, compress, desk, F1, made } from '../../support/operation-desk.ts';

const bob = caller({ user: { userId: 'bob' } });
const withCode = (code: string) => expect.objectContaining({ code });

describe('asking for operations', () => {
  it('adds what is to be made, with its recipe, in the change that begins the processing', async () => {
    const { shelf, ask, sent } = desk();
    const jobs = await ask(compress, { type: 'thumbnails', params: { sizes: [64, 32] } });

    expect(jobs).toEqual([
      { jobId: 'F1.1.compress-q85', type: 'compress', queue: 'images', estimatedSeconds: 30 },
      { jobId: 'F1.1.thumbnail-64~thumbnail-32', type: 'thumbnails', queue: 'images', estimatedSeconds: 30 },
    ]);
    expect(shelf.get()).toMatchObject({
      status: 'processing',
      renditions: {
        'compress-q85': {
          status: 'pending',
          onDemand: true,
          recipe: { type: 'compress', format: 'jpeg', quality: 85, metadata: 'strip' },
        },
      },
    });
    expect(shelf.table.events.map(({ type, data }) => [type, data.operations])).toEqual([
      ['file.processing', 'compress-q85,thumbnail-64,thumbnail-32'],
    ]);
    expect(sent).toMatchObject([{ fileId: 'F1', version: 1, worker: 'images', priority: 'normal' }]);
  });

  it('twice makes one rendition, and nothing when it is there', async () => {
    const { shelf, ask, sent, work } = desk();
    const [first] = await ask(compress);
    const [second] = await ask({ type: 'compress', params: { quality: 85 } });
    expect(second).toEqual(first);
    expect(shelf.get().revision).toBe(2);
    // Sent again: nobody knows whether the first call came so far.
    expect(sent).toHaveLength(2);

    await work({ made: [made('compress-q85')] });
    const ready = shelf.get();
    expect(ready.status).toBe('ready');
    expect(await ask(compress)).toEqual([{ ...first, estimatedSeconds: 0 }]);
    expect(shelf.get()).toEqual(ready);
    expect(sent).toHaveLength(2);
  });

  it('again makes what failed, and what was given up', async () => {
    const { shelf, ask, work } = desk();
    await ask(compress);
    await work({ unmade: [{ name: 'compress-q85', status: 'failed', reason: 'too_slow' }] });
    await ask(compress);
    expect(shelf.get().renditions['compress-q85']).toMatchObject({ status: 'pending', onDemand: true });
    expect(shelf.get().renditions['compress-q85']?.reason).toBeUndefined();

    const ref = { tenantId: 'acme', fileId: 'F1', version: 1 };
    await giveUpOnFile(shelf.dispatching, ref);
    await ask(compress);
    expect(shelf.get()).toMatchObject({ status: 'processing' });
    expect(shelf.get().renditions['compress-q85']?.status).toBe('pending');
  });

  it('again leaves what was skipped for a reason that stays', async () => {
    const { shelf, ask, work, sent } = desk();
    await ask(compress);
    await work({ unmade: [{ name: 'compress-q85', status: 'skipped', reason: 'not_smaller' }] });
    const [job] = await ask(compress);
    expect(job?.estimatedSeconds).toBe(0);
    expect(shelf.get().renditions['compress-q85']?.reason).toBe('not_smaller');
    expect(sent).toHaveLength(1);
  });

  it('goes by the highest priority of what is to be made', async () => {
    const { ask, work, sent } = desk();
    await ask({ ...compress, priority: 'urgent' });
    await work({ made: [made('compress-q85')] });
    const resize = { type: 'resize', params: { width: 9 } } as const;
    const jobs = await ask({ ...compress, priority: 'urgent' }, { ...resize, priority: 'low' });
    expect(sent).toMatchObject([{ priority: 'urgent' }, { priority: 'low' }]);
    expect(jobs.map(({ queue, estimatedSeconds }) => [queue, estimatedSeconds])).toEqual([
      ['images', 0],
      ['images', 30],
    ]);
    expect((await ask({ ...resize, priority: 'high' }))[0]).toMatchObject({
      queue: 'imagesUrgent',
      estimatedSeconds: 3,
    });
  });

  it('while a file is being processed adds to what is pending', async () => {
    const { shelf, ask, work } = desk();
    await ask(compress);
    await ask({ type: 'convert', params: { format: 'webp' } });
    expect(Object.keys(shelf.get().renditions)).toEqual(['compress-q85', 'convert-webp-q80']);
    await work({ made: [made('compress-q85')] });
    expect(shelf.get()).toMatchObject({
      status: 'processing',
      renditions: { 'compress-q85': { status: 'ready' }, 'convert-webp-q80': { status: 'pending' } },
    });
  });

  it('is for who may write the file', async () => {
    const { deps, shelf } = desk();
    await expect(processStored(deps, bob, F1, [compress])).rejects.toEqual(withCode('not_found'));
    const globex = caller({ user: { tenantId: 'globex' } });
    await expect(processStored(deps, globex, F1, [compress])).rejects.toEqual(withCode('not_found'));
    const shared = { tenantId: 'acme', fileId: 'F1', userId: 'bob', createdAt: shelf.at, createdBy: 'alice' };
    shelf.table.shares.set('acme/F1/bob', { ...shared, access: 'read' });
    await expect(processStored(deps, bob, F1, [compress])).rejects.toEqual(withCode('forbidden'));
    shelf.table.shares.set('acme/F1/bob', { ...shared, access: 'write' });
    expect(await processStored(deps, bob, F1, [compress])).toHaveLength(1);
  });

  it('is refused for what is no picture, and for what is not stored', async () => {
    for (const mimeType of ['application/pdf', 'image/heic', 'image/tiff', 'video/mp4']) {
      const { ask } = desk({ mimeType });
      await expect(ask(compress)).rejects.toEqual(withCode('type_not_allowed'));
    }
    for (const status of ['uploading', 'held', 'deleted', 'rejected'] as const) {
      const { ask } = desk({ status });
      await expect(ask(compress)).rejects.toEqual(withCode('upload_state_conflict'));
    }
    const { ask } = desk({ mimeType: 'image/svg+xml' });
    await expect(ask(compress)).rejects.toEqual(withCode('validation_failed'));
    expect(await ask({ type: 'convert', params: { format: 'png' } })).toHaveLength(1);
  });

  it('has a bound for each file', async () => {
    const { deps, shelf } = desk();
    const few = { ...deps, bounds: { ...deps.bounds, renditionsPerFile: 4 } };
    const sizes = (...all: number[]) => [{ type: 'thumbnails', params: { sizes: all } }] as const;
    await processStored(few, alice, F1, sizes(1, 2, 3));
    await expect(processStored(few, alice, F1, sizes(4, 5))).rejects.toEqual(withCode('validation_failed'));
    await processStored(few, alice, F1, sizes(1, 4));
    expect(Object.keys(shelf.get().renditions)).toHaveLength(4);
  });
});

describe('a stored image as a watermark', () => {
  const stamp = (fileId: string): RequestedOperation => ({ type: 'watermark', params: { fileId } });

  it('is the content that it has now', async () => {
    const { shelf, ask } = desk();
    shelf.put({ fileId: 'L1', filename: 'logo.png', mimeType: 'image/png', size: 10, version: 3 });
    await ask(stamp('L1'));
    const [rendition] = Object.values(shelf.get().renditions);
    expect(rendition?.recipe).toMatchObject({ type: 'watermark', mark: { fileId: 'L1', version: 3 } });
  });

  it('has to be one that the caller may read', async () => {
    const { shelf, ask } = desk();
    shelf.put({ fileId: 'L1', ownerId: 'bob', filename: 'logo.png', mimeType: 'image/png', size: 10 });
    shelf.put({ tenantId: 'globex', fileId: 'L2', filename: 'l2.png', mimeType: 'image/png', size: 10 });
    for (const id of ['L1', 'L2', 'L3']) await expect(ask(stamp(id))).rejects.toEqual(withCode('not_found'));
    expect(shelf.get()).toMatchObject({ status: 'ready', renditions: {} });
  });

  it('has to be an image of bounded size that is stored', async () => {
    const { shelf, ask } = desk();
    shelf.put({ fileId: 'L1', filename: 'a', mimeType: 'application/pdf', size: 10 });
    shelf.put({ fileId: 'L2', filename: 'b', mimeType: 'image/png', size: 17 * 1024 * 1024 });
    shelf.put({ fileId: 'L3', filename: 'c', mimeType: 'image/png', size: 10, status: 'held' });
    await expect(ask(stamp('L1'))).rejects.toEqual(withCode('validation_failed'));
    await expect(ask(stamp('L2'))).rejects.toEqual(withCode('validation_failed'));
    await expect(ask(stamp('L3'))).rejects.toEqual(withCode('upload_state_conflict'));
  });
});
