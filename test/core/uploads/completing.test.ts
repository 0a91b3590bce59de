import { describe, expect, it } from 'vitest';
import { batchState, createBatch } from '../../../lambdas/core/uploads/batch.ts';
import { completeUpload } from '../../../lambdas/core/uploads/complete.ts';
import { initiateUpload } from '../../../lambdas/core/uploads/initiate.ts';
import { partLength } from '../../../lambdas/core/uploads/part-plan.ts';
import { signPartUrls } from '../../../lambdas/core/uploads/part-urls.ts';
import { listOpenUploads, listUploadedParts } from '../../../lambdas/core/uploads/progress.ts';
import { caller } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const alice = caller();
const bob = caller({ user: { userId: 'bob' } });
const MiB = 1024 ** 2;
const size = 12 * MiB;
const request = { path: '/', filename: 'a.bin', mimeType: 'application/octet-stream', size };
const named = [1, 2, 3].map((partNumber) => ({ partNumber, etag: `"part-${partNumber}"` }));

async function opened() {
  const world = new World();
  const upload = await initiateUpload(world.uploads, alice, request);
  const session = await world.table.port.session({ tenantId: 'acme', ...upload });
  const put = (n: number, bytes = partLength(size, upload, n)) =>
    world.s3.putPart(session?.multipartId, n, bytes);
  return { world, upload, put };
}

describe('complete', () => {
  it('lists every missing, wrong and unnamed part, and leaves the upload open', async () => {
    const { world, upload, put } = await opened();
    put(1);
    put(2, 7);
    const claimed = [
      { partNumber: 1, etag: 'another' },
      { partNumber: 2, etag: 'part-2' },
    ];
    const refused = completeUpload(world.uploads, alice, upload.fileId, claimed);
    await expect(refused).rejects.toMatchObject({
      code: 'upload_incomplete',
      errors: [
        { field: 'parts[1]', code: 'etag_mismatch' },
        { field: 'parts[2]', code: 'wrong_size' },
        { field: 'parts[3]', code: 'missing' },
      ],
    });
    expect(await signPartUrls(world.uploads, alice, upload.fileId, [{ partNumber: 2 }])).toHaveLength(1);
  });

  it('answers the same the second time, also when the file is already stored', async () => {
    const { world, upload, put } = await opened();
    for (const n of [1, 2, 3]) put(n);
    const complete = () => completeUpload(world.uploads, alice, upload.fileId, named);
    expect((await complete()).status).toBe('uploading');
    expect((await complete()).status).toBe('uploading');
    await world.deliver();
    expect((await complete()).status).toBe('ready');
    expect(world.s3.promotions).toBe(1);
  });

  it('of more parts than one request may handle goes through the queue', async () => {
    const { world, upload, put } = await opened();
    for (const n of [1, 2, 3]) put(n);
    const deps = { ...world.uploads, limits: { ...world.uploads.limits, inlineCompleteMaxParts: 2 } };
    await completeUpload(deps, alice, upload.fileId, named);
    expect(world.messages.complete).toHaveLength(1);
    await world.deliver();
    expect(world.table.files.get(`acme/${upload.fileId}`)?.status).toBe('ready');
  });

  it('through the queue opens the upload again when a part changed after it was accepted', async () => {
    const { world, upload, put } = await opened();
    for (const n of [1, 2, 3]) put(n);
    const deps = { ...world.uploads, limits: { ...world.uploads.limits, inlineCompleteMaxParts: 2 } };
    await completeUpload(deps, alice, upload.fileId, named);
    const [atS3] = [...world.s3.uploads.values()];
    atS3?.parts.set(2, { partNumber: 2, size: 5 * MiB, etag: '"other"' });
    await world.deliver();
    expect((await world.table.port.session({ tenantId: 'acme', ...upload }))?.phase).toBe('open');
  });

  it("of a colleague's upload finds nothing", async () => {
    const { world, upload } = await opened();
    await expect(completeUpload(world.uploads, bob, upload.fileId, named)).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('progress', () => {
  it('is what S3 has, and everything once the upload is finished', async () => {
    const { world, upload, put } = await opened();
    put(1);
    expect(await listUploadedParts(world.uploads, alice, upload.fileId)).toMatchObject({
      uploadedParts: 1,
      uploadedBytes: 5 * MiB,
      progress: 41,
    });
    for (const n of [2, 3]) put(n);
    await completeUpload(world.uploads, alice, upload.fileId, named);
    await world.deliver();
    expect(await listUploadedParts(world.uploads, alice, upload.fileId)).toMatchObject({
      uploadedParts: 3,
      progress: 100,
    });
  });

  it('lists only uploads that are still under way', async () => {
    const { world, upload, put } = await opened();
    const open = async () =>
      (await listOpenUploads(world.uploads, alice, { limit: 10 })).items.map(({ fileId }) => fileId);
    expect(await open()).toEqual([upload.fileId]);
    for (const n of [1, 2, 3]) put(n);
    await completeUpload(world.uploads, alice, upload.fileId, named);
    await world.deliver();
    expect(await open()).toEqual([]);
  });
});

describe('a part URL', () => {
  it.each([0, 4, -1])('is refused for part %i of three', async (partNumber) => {
    const { world, upload } = await opened();
    await expect(signPartUrls(world.uploads, alice, upload.fileId, [{ partNumber }])).rejects.toMatchObject({
      code: 'part_number_out_of_range',
    });
  });

  it('needs the checksum that was promised for each part, and takes none that was not', async () => {
    const { world, upload } = await opened();
    const checksum = 'AAAAAA==';
    await expect(
      signPartUrls(world.uploads, alice, upload.fileId, [{ partNumber: 1, checksum }]),
    ).rejects.toThrow('checksum');
    const other = new World();
    const promised = await initiateUpload(other.uploads, alice, {
      ...request,
      checksum: { algorithm: 'CRC32', perPart: true },
    });
    expect(promised.parts).toEqual([]);
    await expect(signPartUrls(other.uploads, alice, promised.fileId, [{ partNumber: 1 }])).rejects.toThrow(
      'checksum',
    );
    expect(
      await signPartUrls(other.uploads, alice, promised.fileId, [{ partNumber: 1, checksum }]),
    ).toHaveLength(1);
  });
});

const inTime = { outOfTime: () => false, onUnexpected: () => undefined };

describe('a batch', () => {
  it('answers in time: what it has no time for is refused as busy and reserves nothing', async () => {
    const world = new World();
    const uploads = ['a', 'b', 'c'].map((filename) => ({ ...request, filename }));
    const watch = { ...inTime, outOfTime: () => world.table.files.size >= 1 };
    const { results, batchId } = await createBatch({ ...world.uploads, ...watch }, alice, uploads);
    expect(results.map(({ status }) => status)).toEqual([201, 503, 503]);
    expect(world.table.files.size).toBe(1);
    expect((await batchState(world.uploads, alice, batchId)).files).toHaveLength(1);
  });

  it('shows its files in its own order, whatever order the table answers in', async () => {
    const world = new World();
    const uploads = ['c', 'a', 'b'].map((filename) => ({ ...request, filename }));
    const { batchId } = await createBatch({ ...world.uploads, ...inTime }, alice, uploads);
    world.around = async (call, run) => {
      const result = await run();
      return call === 'store.files' ? ([...(result as unknown[])].reverse() as typeof result) : result;
    };
    const { files } = await batchState(world.uploads, alice, batchId);
    expect(files.map(({ filename }) => filename)).toEqual(['c', 'a', 'b']);
  });

  it('reports a failure of ours and keeps the answers of the others', async () => {
    const world = new World();
    let calls = 0;
    world.around = (call, run) => {
      if (call === 'store.reserve' && ++calls === 1) throw new Error('down');
      return run();
    };
    const failures: unknown[] = [];
    const watch = { ...inTime, onUnexpected: (error: unknown) => void failures.push(error) };
    const uploads = ['a', 'b'].map((filename) => ({ ...request, filename }));
    const { results } = await createBatch({ ...world.uploads, ...watch }, alice, uploads);
    expect(results.map(({ status }) => status)).toEqual([500, 201]);
    expect(failures).toHaveLength(1);
  });

  it('admits and refuses each upload by itself and counts as one initiation', async () => {
    const world = new World();
    const two = caller({ tenant: { policy: { slotsPerUser: 2 } } });
    const uploads = ['a', 'b', 'c'].map((filename) => ({ ...request, filename }));
    const batch = await createBatch({ ...world.uploads, ...inTime }, two, uploads);
    expect(batch.results.map(({ status }) => status)).toEqual([201, 201, 429]);
    expect(batch.summary).toEqual({ requested: 3, accepted: 2, refused: 1, bytes: 2 * size });
    expect(world.rateTaken).toBe(1);
  });

  it('gives a name that is taken a number, where that was asked for', async () => {
    const world = new World();
    const uploads = [request, { ...request, onConflict: 'rename' as const }, request];
    const { results } = await createBatch({ ...world.uploads, ...inTime }, alice, uploads);
    expect(results.map(({ status }) => status)).toEqual([201, 201, 409]);
    expect([...world.table.files.values()].map(({ filename }) => filename)).toEqual(['a.bin', 'a (2).bin']);
  });
});
