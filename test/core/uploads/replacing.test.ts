import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { fileView } from '../../../lambdas/core/files/view.ts';
import { abortUpload } from '../../../lambdas/core/uploads/abort.ts';
import { batchState, createBatch } from '../../../lambdas/core/uploads/batch.ts';
import { completeUpload } from '../../../lambdas/core/uploads/complete.ts';
import { beat, beatAll } from '../../../lambdas/core/uploads/heartbeat.ts';
import { type InitiateRequest, initiateUpload } from '../../../lambdas/core/uploads/initiate.ts';
import { listOpenUploads, listUploadedParts } from '../../../lambdas/core/uploads/progress.ts';
import { caller } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const alice = caller();
const plain = { path: '/docs', filename: 'a.bin', mimeType: 'application/octet-stream', size: 10 };
const replacing = (over: Partial<InitiateRequest> = {}): InitiateRequest => ({
  ...plain,
  size: 20,
  onConflict: 'replace',
  ...over,
});
const key = { key: 'K', bodyHash: 'H' };

async function storedFile(over: Partial<InitiateRequest> = {}) {
  const world = new World();
  const { fileId, uploadId } = await initiateUpload(world.uploads, alice, { ...plain, ...over });
  world.s3.put({ tenantId: 'acme', fileId, uploadId }, new Uint8Array(10));
  await world.deliver();
  const file = (): FileRecord => world.table.files.get(`acme/${fileId}`) as FileRecord;
  const change = (set: Partial<FileRecord>) => world.table.files.set(`acme/${fileId}`, { ...file(), ...set });
  return { world, fileId, file, change };
}

/** The bytes of an upload arrive and go their way. */
async function arrive(world: World, upload: { fileId: string; uploadId: string }, bytes: number) {
  world.s3.put({ tenantId: 'acme', ...upload }, new Uint8Array(bytes));
  await world.deliver();
}

describe('an upload under the name of a stored file', () => {
  it('brings new content for the same file, which serves the old one until then', async () => {
    const { world, fileId, file } = await storedFile();
    const before = file();

    const upload = await initiateUpload(world.uploads, alice, replacing());

    expect(upload.fileId).toBe(fileId);
    expect(upload.uploadId).not.toBe(before.uploadId);
    expect(file()).toMatchObject({ status: 'ready', version: 1, libraryVersionId: before.libraryVersionId });
    expect(fileView(file()).replacement).toEqual({ uploadId: upload.uploadId, startedAt: world.at });
    expect(world.table.events.at(-1)).toMatchObject({
      type: 'file.initiated',
      data: { replaces: 1, size: 20 },
    });

    await arrive(world, upload, 20);

    expect(file()).toMatchObject({ status: 'ready', version: 2, size: 20, versionsBytes: 10 });
    expect(file()).toMatchObject({ uploadId: upload.uploadId, createdAt: before.createdAt });
    expect(file().replacement).toBeUndefined();
    const [kept] = [...world.table.versions.values()];
    expect(kept).toMatchObject({ version: 1, size: 10, libraryVersionId: before.libraryVersionId });
    expect(world.table.counter('acme')).toMatchObject({ committedBytes: 30, committedFiles: 1 });
  });

  it('takes the name, path, tags and metadata of the file over, but for what the request says', async () => {
    const { world, file } = await storedFile({ tags: ['old'], metadata: { a: '1' }, isPublic: true });

    const upload = await initiateUpload(world.uploads, alice, replacing({ tags: ['new'] }));
    expect(file().tags).toEqual(['old']);
    await arrive(world, upload, 20);

    expect(file()).toMatchObject({ tags: ['new'], metadata: { a: '1' }, isPublic: true, path: '/docs' });
  });

  it('is an upload like any other where no file has the name', async () => {
    const world = new World();
    const upload = await initiateUpload(world.uploads, alice, replacing());
    expect(world.table.files.get(`acme/${upload.fileId}`)).toMatchObject({ version: 1, status: 'uploading' });
    expect(world.table.replacements.size).toBe(0);
  });

  it('counts no further file: it is admitted where the limit of files is reached', async () => {
    const { world } = await storedFile();
    const full = { ...alice.policy, user: { ...alice.policy.user, maxFiles: 1 } };
    const upload = await initiateUpload(world.uploads, { ...alice, policy: full }, replacing());
    expect(world.table.counter('acme/alice')).toMatchObject({ committedFiles: 1, reservedFiles: 0 });
    await abortUpload(world.uploads, alice, upload.fileId);
    expect(world.table.counter('acme/alice')).toMatchObject({ committedBytes: 10, reservedBytes: 0 });
  });
});

describe('a file cannot be replaced', () => {
  it('while another upload is replacing it', async () => {
    const { world } = await storedFile();
    await initiateUpload(world.uploads, alice, replacing());
    await expect(initiateUpload(world.uploads, alice, replacing())).rejects.toMatchObject({
      code: 'file_locked',
      status: 409,
    });
  });

  it('under legal hold', async () => {
    const { world, change } = await storedFile();
    change({ legalHold: { reason: 'case 7', since: world.at, by: 'admin' } });
    await expect(initiateUpload(world.uploads, alice, replacing())).rejects.toMatchObject({
      code: 'legal_hold',
    });
  });

  it.each(['uploading', 'uploaded', 'inspecting', 'held'] as const)(
    'while it is %s itself',
    async (status) => {
      const { world, change } = await storedFile();
      change({ status });
      const refused = initiateUpload(world.uploads, alice, replacing());
      await expect(refused).rejects.toMatchObject({ code: 'upload_state_conflict' });
      await expect(refused).rejects.toThrow(`it is ${status}`);
    },
  );

  it('for longer than a few attempts when it keeps changing', async () => {
    const { world, change, file } = await storedFile();
    world.around = (call, run) => {
      if (call === 'store.reserve') change({ revision: file().revision + 1 });
      return run();
    };
    await expect(initiateUpload(world.uploads, alice, replacing())).rejects.toMatchObject({
      code: 'file_locked',
    });
  });
});

describe('a replacement that comes to nothing', () => {
  const shown = ({ file }: { file: () => FileRecord }) => {
    const { endedAs, reason } = fileView(file()).replacement ?? {};
    return [file().status, file().version, file().size, endedAs, reason];
  };

  it('leaves the file as it was when it is aborted, also the second time', async () => {
    const stored = await storedFile();
    const { world } = stored;
    const { fileId } = await initiateUpload(world.uploads, alice, replacing());
    await abortUpload(world.uploads, alice, fileId);
    await abortUpload(world.uploads, alice, fileId);
    expect(shown(stored)).toEqual(['ready', 1, 10, 'aborted', undefined]);
    await expect(completeUpload(world.uploads, alice, fileId, [])).rejects.toMatchObject({
      code: 'upload_aborted',
    });
  });

  it('leaves the file as it was when inspection refuses it, and says why', async () => {
    const stored = await storedFile();
    const upload = await initiateUpload(stored.world.uploads, alice, replacing());
    await arrive(stored.world, upload, 21);
    expect(shown(stored)).toEqual(['ready', 1, 10, 'rejected', 'size_mismatch']);
    expect(stored.world.s3.objects).toBe(0);
  });

  it('leaves the file as it was when nobody goes on with it, or the scanner never answers', async () => {
    const stored = await storedFile();
    const { world } = stored;
    await initiateUpload(world.uploads, alice, replacing());
    world.pass(3_600);
    await world.sweep();
    expect(shown(stored)).toEqual(['ready', 1, 10, 'expired', undefined]);

    world.scan = 'unavailable';
    await arrive(world, await initiateUpload(world.uploads, alice, replacing()), 20);
    world.pass(15 * 86_400);
    await world.sweep();
    expect(shown(stored)).toEqual(['ready', 1, 10, 'rejected', 'unscannable']);
  });

  it('makes room for the next one', async () => {
    const { world, file } = await storedFile();
    await abortUpload(world.uploads, alice, (await initiateUpload(world.uploads, alice, replacing())).fileId);
    await arrive(world, await initiateUpload(world.uploads, alice, replacing()), 20);
    expect(file()).toMatchObject({ version: 2, size: 20 });
  });
});

it('a replacement whose inspection was lost is sent again by the sweep, and promoted', async () => {
  const { world, file } = await storedFile();
  const upload = await initiateUpload(world.uploads, alice, replacing());
  world.around = (call, run) => (call === 'queues.inspect' ? Promise.resolve() : run());
  await arrive(world, upload, 20);
  expect(file()).toMatchObject({ version: 1, status: 'ready' });
  world.around = (_call, run) => run();

  world.pass(3_600);
  expect((await world.sweep()).actions).toMatchObject({ sent_again: 1 });
  await world.deliver();

  expect(file()).toMatchObject({ version: 2, size: 20 });
});

describe('the calls of an upload mean the replacement while there is one', () => {
  it('parts, heartbeats and the list of unfinished uploads', async () => {
    const { world, fileId } = await storedFile();
    const { uploadId } = await initiateUpload(world.uploads, alice, replacing());

    expect(await listUploadedParts(world.uploads, alice, fileId)).toMatchObject({ uploadedBytes: 0 });
    const { items } = await listOpenUploads(world.uploads, alice, { limit: 10 });
    expect(items.map((upload) => upload.uploadId)).toEqual([uploadId]);
    world.pass(60);
    await beat(world.uploads, alice, fileId);
    const session = await world.table.port.session({ tenantId: 'acme', fileId, uploadId });
    expect(session?.lastActivityAt).toBe(world.at);
    expect(await beatAll(world.uploads, alice, [fileId])).toEqual({ alive: [fileId], gone: [] });

    await arrive(world, { fileId, uploadId }, 20);
    expect(await beatAll(world.uploads, alice, [fileId])).toEqual({ alive: [], gone: [fileId] });
    expect(await completeUpload(world.uploads, alice, fileId, undefined)).toEqual({
      fileId,
      status: 'ready',
    });
  });

  it('and so does a batch, until the replacement is the file', async () => {
    const { world, fileId } = await storedFile();
    const deps = { ...world.uploads, outOfTime: () => false, onUnexpected: () => undefined };
    const { batchId, results } = await createBatch(deps, alice, [replacing()]);
    const [result] = results;
    if (!result || !('upload' in result)) throw new Error('the upload was refused');
    const status = async () => (await batchState(world.uploads, alice, batchId)).files.map((f) => f.status);

    expect(await status()).toEqual(['uploading']);
    await arrive(world, result.upload, 20);
    expect(await status()).toEqual(['ready']);
    expect(result.upload.fileId).toBe(fileId);
  });
});

describe('an idempotency key of a replacement', () => {
  it('gives the same upload again before and after it is stored, and 410 after it was aborted', async () => {
    const { world } = await storedFile();
    const first = await initiateUpload(world.uploads, alice, replacing(), key);
    expect(await initiateUpload(world.uploads, alice, replacing(), key)).toMatchObject({
      uploadId: first.uploadId,
    });
    await arrive(world, first, 20);
    // The next one takes its place, and comes to nothing.
    const next = { key: 'K2', bodyHash: 'H' };
    await initiateUpload(world.uploads, alice, replacing(), next);
    expect((await initiateUpload(world.uploads, alice, replacing(), key)).uploadId).toBe(first.uploadId);
    await abortUpload(world.uploads, alice, first.fileId);
    await arrive(world, await initiateUpload(world.uploads, alice, replacing()), 20);
    await expect(initiateUpload(world.uploads, alice, replacing(), next)).rejects.toMatchObject({
      code: 'upload_aborted',
    });
    expect((await initiateUpload(world.uploads, alice, replacing(), key)).uploadId).toBe(first.uploadId);
  });
});
