import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { UploadRef } from '../../../lambdas/core/files/file.ts';
import { inspect } from '../../../lambdas/core/intake/inspect.ts';
import type { ChecksumDeclaration } from '../../../lambdas/core/uploads/checksum.ts';
import { initiateUpload } from '../../../lambdas/core/uploads/initiate.ts';
import { caller } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const alice = caller();
const body = new Uint8Array(10).fill(7);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64');

async function land(
  options: { bytes?: Uint8Array; checksum?: ChecksumDeclaration; prepare?: (world: World) => void } = {},
) {
  const world = new World();
  options.prepare?.(world);
  const upload = await initiateUpload(world.uploads, alice, {
    path: '/',
    filename: 'a.bin',
    mimeType: 'application/octet-stream',
    size: body.length,
    ...(options.checksum && { checksum: options.checksum }),
  });
  world.s3.put({ tenantId: 'acme', ...upload }, options.bytes ?? body);
  await world.deliver();
  const found = world.table.files.get(`acme/${upload.fileId}`);
  return { world, status: found?.status, reason: found?.reason };
}

describe('an inspection', () => {
  it('stores what is what it was said to be', async () => {
    const { world, status } = await land({ checksum: { algorithm: 'SHA256', value: sha256(body) } });
    expect(status).toBe('ready');
    expect(world.s3.promotions).toBe(1);
    expect(world.s3.objects).toBe(0);
  });

  it.each([
    ['size_mismatch', { bytes: body.subarray(1) }],
    ['checksum_mismatch', { checksum: { algorithm: 'SHA256', value: sha256(new Uint8Array(10)) } as const }],
    ['malware_found', { prepare: (world: World) => (world.scan = 'infected') }],
  ])('refuses with %s, deletes the bytes and gives the reservation back', async (reason, options) => {
    const { world, ...ended } = await land(options as Parameters<typeof land>[0]);
    expect(ended).toEqual({ status: 'rejected', reason });
    expect(world.s3.objects).toBe(0);
    expect(world.s3.promotions).toBe(0);
    expect(world.table.counter('acme').committedBytes).toBe(0);
  });

  it('promotes nothing without a result of the scanner', async () => {
    const { world, status } = await land({ prepare: (made) => (made.scan = 'unavailable') });
    expect(status).toBe('held');
    expect(world.s3.promotions).toBe(0);
    expect(world.s3.objects).toBe(1);
  });

  it('of a held file goes on when its message comes again', async () => {
    const { world } = await land({ prepare: (made) => (made.scan = 'unavailable') });
    const [file] = [...world.table.files.values()];
    world.scan = 'clean';
    world.messages.inspect.push({
      tenantId: 'acme',
      fileId: file?.fileId ?? '',
      uploadId: file?.uploadId ?? '',
      versionId: file?.intakeVersionId ?? '',
    });
    await world.deliver();
    expect([...world.table.files.values()][0]?.status).toBe('ready');
  });

  it('takes its copy back when the file was purged meanwhile', async () => {
    const { world } = await land({
      prepare: (made) => {
        made.around = async (call, run) => {
          const result = await run();
          if (call !== 'library.promote') return result;
          const [found] = [...made.table.files.values()];
          if (found)
            made.table.files.set(`acme/${found.fileId}`, {
              ...found,
              status: 'purged',
              revision: found.revision + 1,
            });
          return result;
        };
      },
    });
    expect(world.s3.promotions).toBe(1);
    expect(world.s3.library.size).toBe(0);
  });

  it('leaves the copy that counts as the only one, though a slower run could not take its own back', async () => {
    let copies = 0;
    let refusals = 0;
    const { world, status } = await land({
      prepare: (made) => {
        made.around = async (call, run) => {
          if (call === 'library.deleteVersion' && ++refusals === 1) throw new Error('S3 is down');
          const result = await run();
          if (call !== 'library.promote' || ++copies > 1) return result;
          const [found] = [...made.table.files.values()];
          await inspect(made.inspecting, {
            ...(found as UploadRef),
            versionId: found?.intakeVersionId ?? '',
          });
          return result;
        };
      },
    });
    expect(status).toBe('ready');
    expect([...world.s3.library.keys()]).toEqual([[...world.table.files.values()][0]?.libraryVersionId]);
  });

  it('ends in peace when another run has settled the file while it read', async () => {
    let reads = 0;
    const { world, status } = await land({
      prepare: (made) => {
        made.around = async (call, run) => {
          if (call !== 'intake.readRange' || ++reads > 1) return run();
          const [found] = [...made.table.files.values()];
          const message = { ...(found as UploadRef), versionId: found?.intakeVersionId ?? '' };
          await inspect(made.inspecting, message);
          throw new Error('NoSuchVersion');
        };
      },
    });
    expect(status).toBe('ready');
    expect(world.messages.inspect).toEqual([]);
    expect(world.s3.promotions).toBe(1);
  });

  it('that cannot read what is still there comes again', async () => {
    let reads = 0;
    const { status } = await land({
      prepare: (made) => {
        made.around = (call, run) =>
          call === 'intake.readRange' && ++reads === 1 ? Promise.reject(new Error('SlowDown')) : run();
      },
    });
    expect(status).toBe('ready');
    expect(reads).toBeGreaterThan(1);
  });

  it('announces each step once, in order', async () => {
    const { world } = await land();
    expect(world.table.events.map(({ type }) => type)).toEqual([
      'file.initiated',
      'file.uploaded',
      'file.stored',
      'file.ready',
    ]);
  });
});
