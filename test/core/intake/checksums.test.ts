import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { initiateUpload } from '../../../lambdas/core/uploads/initiate.ts';
import { caller } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const body = new Uint8Array(10).fill(7);
const SHA256 = createHash('sha256').update(body).digest('base64');

/** A world in which S3 says these checksums of its first copy, its second one, and so on. */
const stored = (...ofCopies: Record<string, string>[]) => storedIn(1, ...ofCopies);

/** The same, where a copy takes so many runs. */
async function storedIn(runsPerCopy: number, ...ofCopies: Record<string, string>[]) {
  const world = new World();
  world.s3.runsPerCopy = runsPerCopy;
  world.around = async (call, run) => {
    const result = await run();
    return call === 'library.promote' ? { ...(result as object), checksums: ofCopies.shift() } : result;
  };
  const upload = await initiateUpload(world.uploads, caller(), {
    path: '/',
    filename: 'a.bin',
    mimeType: 'application/octet-stream',
    size: body.length,
    checksum: { algorithm: 'SHA256', value: SHA256 },
  });
  world.s3.put({ tenantId: 'acme', ...upload }, body);
  await world.deliver();
  const file = [...world.table.files.values()][0] as FileRecord;
  return { world, file };
}

describe('the checksums of a stored file', () => {
  it('are what was verified, and what S3 computed of the copy', async () => {
    expect((await stored({})).file.checksums).toEqual({ SHA256 });
    expect((await stored({ SHA256, CRC64NVME: 'crc' })).file.checksums).toEqual({ SHA256, CRC64NVME: 'crc' });
  });

  it('agree with those of the copy: one that differs is taken back, and the file waits for the next', async () => {
    const { world, file } = await stored({ SHA256: 'another' }, { SHA256 });
    expect(world.s3.promotions).toBe(2);
    expect([...world.s3.library.keys()]).toEqual([file.libraryVersionId]);
    expect(file).toMatchObject({ status: 'ready', checksums: { SHA256 } });
    expect(world.s3.objects).toBe(0);
  });

  it('that differ from those of a copy in parts hold the file: such a copy is not made again and again', async () => {
    const { world, file } = await storedIn(2, {}, { SHA256: 'another' });
    expect(file.status).toBe('held');
    expect(world.s3.promotions).toBe(1);
    expect(world.s3.library.size).toBe(0);
    expect(world.messages.inspect).toEqual([]);
  });
});
