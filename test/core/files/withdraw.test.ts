import { describe, expect, it } from 'vitest';
import { setLegalHold } from '../../../lambdas/core/files/legal-hold.ts';
import { removeWithdrawn } from '../../../lambdas/core/files/remove-withdrawn.ts';
import { deleteFile, restoreFile } from '../../../lambdas/core/files/trash.ts';
import { fileView } from '../../../lambdas/core/files/view.ts';
import { withdrawContent } from '../../../lambdas/core/files/withdraw.ts';
import { initiateUpload } from '../../../lambdas/core/uploads/initiate.ts';
import { expectConsistent } from '../../support/consistency.ts';
import { caller } from '../../support/domain.ts';
import { RescanWorld } from '../../support/rescans.ts';

const alice = caller();
const admin = caller({ user: { userId: 'root', role: 'admin' } });
const infection = { engine: 'test', threat: 'Eicar-Signature' };
const reference = (fileId: string) => ({ tenantId: 'acme', fileId });

async function withdraw(world: RescanWorld, fileId: string, versionId: string | undefined) {
  return withdrawContent(world.rescanning, reference(fileId), versionId ?? '', infection);
}

const changing = (world: RescanWorld) => ({
  ...world.dispatching,
  queues: world.sweeping.queues,
  names: world.uploads.names,
});

describe('the only content of a file that is found infected', () => {
  it('ends the file as rejected at once, gives quota and name back and tells everybody', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10);
    world.table.files.set(`acme/${fileId}`, { ...world.file(fileId), isPublic: true });

    await withdraw(world, fileId, world.file(fileId).libraryVersionId);

    const file = world.file(fileId);
    expect(file).toMatchObject({ status: 'rejected', reason: 'malware_found', renditions: {} });
    expect(file).not.toHaveProperty('libraryKey');
    expect(file).not.toHaveProperty('scan');
    expect(world.table.counter('acme').committedBytes).toBe(0);
    expect(world.table.names.size).toBe(0);
    expect(world.table.events.at(-1)).toMatchObject({
      type: 'file.withdrawn',
      actor: { kind: 'system' },
      data: { reason: 'malware_found', status: 'rejected', version: 1, ...infection },
    });
    expect(world.messages.purge).toEqual([reference(fileId)]);
  });

  it('loses its bytes by the message, or by the sweep where that is lost; then nothing is due', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10);
    await withdraw(world, fileId, world.file(fileId).libraryVersionId);
    world.messages.purge.splice(0);

    await world.sweep();
    expect(world.messages.purge).toEqual([]);
    world.pass(901);
    await world.sweep();
    await world.deliver();

    expect(world.s3.library.size).toBe(0);
    const file = world.file(fileId);
    expect(fileView(file).withdrawals).toEqual([{ version: 1, ...infection, at: expect.any(String) }]);
    expect(file.dueAt).toBeUndefined();
    expectConsistent(world);
  });

  it('is out of the trash too, and does not come back', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10);
    await deleteFile(changing(world), alice, { fileId });

    await withdraw(world, fileId, world.file(fileId).libraryVersionId);

    expect(world.file(fileId).status).toBe('rejected');
    expect(world.file(fileId)).not.toHaveProperty('purgeAt');
    await expect(restoreFile(changing(world), alice, { fileId })).rejects.toMatchObject({
      code: 'upload_state_conflict',
    });
  });

  it('stays under a legal hold as bytes that nobody reads', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10);
    const versionId = world.file(fileId).libraryVersionId;
    await setLegalHold(changing(world), admin, { fileId }, { hold: true, reason: 'case 12' });

    await withdraw(world, fileId, versionId);
    await world.deliver();

    expect(world.file(fileId).status).toBe('rejected');
    expect(world.closed).toEqual([versionId]);
    expect(world.s3.library.size).toBe(1);
  });

  it('takes a long name of a threat, cut', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10);
    const threat = 'x'.repeat(5_000);
    await withdrawContent(world.rescanning, reference(fileId), world.file(fileId).libraryVersionId ?? '', {
      ...{ engine: 'test', threat },
    });
    expect(world.file(fileId).withdrawals?.[0]?.threat).toHaveLength(200);
  });
});

describe('a content among several that is found infected', () => {
  it('gives way to the newest that is kept, under a new number', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10, 20, 30);
    const { libraryVersionId } = world.file(fileId);

    const after = await withdraw(world, fileId, libraryVersionId);
    await world.deliver();

    expect(after).toMatchObject({ version: 4, size: 20, versionsBytes: 10 });
    expect(world.file(fileId)).toMatchObject({ status: 'ready', version: 4, size: 20 });
    expect(world.table.events.find(({ type }) => type === 'file.withdrawn')?.data).toMatchObject({
      ...{ status: 'stored', version: 3, restores: 2 },
    });
    expect(world.s3.library.has(libraryVersionId ?? '')).toBe(false);
    expect(world.table.counter('acme').committedBytes).toBe(30);
    expectConsistent(world);
  });

  it('goes alone where it is kept only, and leaves the file as it is', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10, 20);
    const kept = world.table.versions.get(`acme/${fileId}/1`);

    await withdraw(world, fileId, kept?.libraryVersionId);
    await world.deliver();

    expect(world.file(fileId)).toMatchObject({ status: 'ready', version: 2, size: 20, versionsBytes: 0 });
    expect(world.table.versions.size).toBe(0);
    expect(world.table.counter('acme').committedBytes).toBe(20);
    expectConsistent(world);
  });

  it('in the trash gives way there, and the file comes back with what is clean', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10, 20);
    await deleteFile(changing(world), alice, { fileId });

    await withdraw(world, fileId, world.file(fileId).libraryVersionId);
    await world.deliver();
    expect(world.file(fileId)).toMatchObject({ status: 'deleted', size: 10, purgeAt: expect.any(String) });
    expect(world.file(fileId).dueAt).toBe(world.file(fileId).purgeAt);

    await restoreFile(changing(world), alice, { fileId });
    await world.deliver();
    expect(world.file(fileId)).toMatchObject({ status: 'ready', size: 10, version: 3 });
    expectConsistent(world);
  });
});

describe('an upload that is replacing the content which is found infected', () => {
  const replacing = async (world: RescanWorld) => {
    const upload = await initiateUpload(world.uploads, alice, {
      ...{ path: '/', filename: 'data.bin', mimeType: 'application/octet-stream', size: 40 },
      onConflict: 'replace',
    });
    return () => world.s3.put({ tenantId: 'acme', ...upload }, new Uint8Array(40));
  };

  it('ends with the file where nothing of it is kept', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10);
    const land = await replacing(world);

    await withdraw(world, fileId, world.file(fileId).libraryVersionId);
    land();
    await world.settle();

    expect(world.file(fileId).status).toBe('rejected');
    expect(world.file(fileId).replacement?.endedAs).toBe('aborted');
    expect(world.s3.library.size).toBe(0);
    expectConsistent(world);
  });

  it('goes on where an older one came back, and has a number of its own', async () => {
    const world = new RescanWorld();
    const fileId = await world.stored(10, 20);
    const land = await replacing(world);

    await withdraw(world, fileId, world.file(fileId).libraryVersionId);
    land();
    await world.settle();

    expect(world.file(fileId)).toMatchObject({ status: 'ready', size: 40, version: 4 });
    expect([...world.table.versions.keys()]).toEqual([`acme/${fileId}/3`]);
    expectConsistent(world);
  });
});

it('what no content of the file has any more is not withdrawn twice', async () => {
  const world = new RescanWorld();
  const fileId = await world.stored(10, 20);
  const { libraryVersionId } = world.file(fileId);
  await withdraw(world, fileId, libraryVersionId);
  await world.deliver();
  const { revision } = world.file(fileId);

  expect(await withdraw(world, fileId, libraryVersionId)).toBeUndefined();
  expect(await removeWithdrawn(world.removing, reference(fileId))).toBe(0);
  expect(world.file(fileId).revision).toBe(revision);
});
