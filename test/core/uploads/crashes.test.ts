import { describe, expect, it } from 'vitest';
import { purgeFile } from '../../../lambdas/core/files/purge.ts';
import { restoreVersion } from '../../../lambdas/core/files/versions.ts';
import { abortUpload } from '../../../lambdas/core/uploads/abort.ts';
import { completeUpload } from '../../../lambdas/core/uploads/complete.ts';
import { initiateUpload } from '../../../lambdas/core/uploads/initiate.ts';
import { partLength } from '../../../lambdas/core/uploads/part-plan.ts';
import { expectConsistent } from '../../support/consistency.ts';
import { crashAt, crashes } from '../../support/crashing.ts';
import { caller } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const alice = caller();
const MiB = 1024 ** 2;

const request = (size: number) => ({
  path: '/',
  filename: 'data.bin',
  mimeType: 'application/octet-stream',
  size,
});

/** One way through the system, as a client and the queues walk it; each step may crash anywhere. */
type Journey = (world: World) => Promise<void>;

const singlePut: Journey = async (world) => {
  const upload = await initiateUpload(world.uploads, alice, request(10));
  world.s3.put({ tenantId: 'acme', ...upload }, new Uint8Array(10));
  await completeUpload(world.uploads, alice, upload.fileId, undefined);
  await world.deliver();
};

const multipart: Journey = (world) => uploadInParts(world);

async function uploadInParts(world: World, onConflict?: 'replace'): Promise<void> {
  const upload = await initiateUpload(world.uploads, alice, {
    ...request(12 * MiB),
    ...(onConflict && { onConflict }),
  });
  const session = await world.table.port.session({ tenantId: 'acme', ...upload });
  const parts = Array.from({ length: upload.totalParts }, (_, index) => index + 1);
  for (const n of parts) world.s3.putPart(session?.multipartId, n, partLength(12 * MiB, upload, n));
  const named = parts.map((partNumber) => ({ partNumber, etag: `part-${partNumber}` }));
  await completeUpload(world.uploads, alice, upload.fileId, named);
  await world.deliver();
}

const aborted: Journey = async (world) => {
  const upload = await initiateUpload(world.uploads, alice, request(12 * MiB));
  await abortUpload(world.uploads, alice, upload.fileId);
};

const abortedAfterBytes: Journey = async (world) => {
  const upload = await initiateUpload(world.uploads, alice, request(10));
  world.s3.put({ tenantId: 'acme', ...upload }, new Uint8Array(10));
  await abortUpload(world.uploads, alice, upload.fileId);
  await world.deliver();
};

const wrongSize: Journey = async (world) => {
  const upload = await initiateUpload(world.uploads, alice, request(10));
  world.s3.put({ tenantId: 'acme', ...upload }, new Uint8Array(11));
  await world.deliver();
};

const purged: Journey = async (world) => {
  await singlePut(world);
  const [file] = [...world.table.files.values()];
  if (file) await purgeFile({ ...world.dispatching, queues: world.sweeping.queues }, alice, file);
};

/** A second upload under the name of the stored file; the bytes are `actual` many. */
async function replace(world: World, size: number, actual = size): Promise<string> {
  const upload = await initiateUpload(world.uploads, alice, { ...request(size), onConflict: 'replace' });
  world.s3.put({ tenantId: 'acme', ...upload }, new Uint8Array(actual));
  return upload.fileId;
}

const replaced: Journey = async (world) => {
  await singlePut(world);
  await replace(world, 20);
  await world.deliver();
};

const replacedInParts: Journey = async (world) => {
  await singlePut(world);
  await uploadInParts(world, 'replace');
};

const replacementAborted: Journey = async (world) => {
  await singlePut(world);
  const upload = await initiateUpload(world.uploads, alice, { ...request(12 * MiB), onConflict: 'replace' });
  await abortUpload(world.uploads, alice, upload.fileId);
};

const replacementRejected: Journey = async (world) => {
  await singlePut(world);
  await replace(world, 20, 21);
  await world.deliver();
};

const restored: Journey = async (world) => {
  await replaced(world);
  const [file] = [...world.table.files.values()];
  const deps = { ...world.dispatching, queues: world.sweeping.queues };
  if (file) await restoreVersion(deps, alice, { fileId: file.fileId }, 1);
};

const replacedTwice: Journey = async (world) => {
  await replacementRejected(world);
  await replace(world, 30);
  await world.deliver();
};

const scannedLater: Journey = async (world) => {
  world.scan = 'requested';
  await singlePut(world);
};

const infected: Journey = async (world) => {
  world.verdict = 'infected';
  await scannedLater(world);
};

/** The scanner fails, and is back for the sweep. */
const scannerDown: Journey = async (world) => {
  world.scan = 'unavailable';
  await singlePut(world).finally(() => {
    world.scan = 'clean';
  });
};

const copiedInRuns: Journey = async (world) => {
  world.s3.runsPerCopy = 3;
  await singlePut(world);
};

const replacedInRuns: Journey = async (world) => {
  world.s3.runsPerCopy = 2;
  await scannedLater(world);
  await replace(world, 20);
  await world.deliver();
};

const journeys: Record<string, Journey> = {
  'an upload whose scan ends later': scannedLater,
  'an upload that is found infected later': infected,
  'an upload while the scanner is down': scannerDown,
  'a copy of several runs': copiedInRuns,
  'a replacement by a copy of several runs': replacedInRuns,
  'a replacement': replaced,
  'a replacement in parts': replacedInParts,
  'a replacement that is aborted': replacementAborted,
  'a replacement that is refused': replacementRejected,
  'a replacement after one that was refused': replacedTwice,
  'a restored version': restored,
  'a single PUT': singlePut,
  'a multipart upload': multipart,
  'an aborted upload': aborted,
  'an abort after the bytes came': abortedAfterBytes,
  'bytes of the wrong size': wrongSize,
  'a purged file': purged,
};

describe.each(Object.entries(journeys))('%s', (_name, journey) => {
  it('ends consistently when nothing fails', async () => {
    const world = new World();
    await journey(world);
    await world.settle();
    expectConsistent(world);
  });

  it.each(crashes)('ends consistently whichever call fails, %s', async (how) => {
    const tried: string[] = [];
    for (let n = 1; ; n += 1) {
      const world = new World();
      const crash = crashAt(world, n, how);
      await journey(world).catch(() => undefined);
      if (crash.call === undefined) break;
      tried.push(crash.call);
      world.around = (_call, run) => run();
      await world.settle();
      expectConsistent(world, `${crash.call} (${n}) ${how}`);
    }
    expect(tried.length).toBeGreaterThan(5);
  });

  it('ends consistently when the sweep fails too, at any call', async () => {
    let calls = Number.POSITIVE_INFINITY;
    for (let n = 1; n <= calls; n += 1) {
      const world = new World();
      // The client goes away half-way: everything from the fourth call on fails.
      let made = 0;
      world.around = (_call, run) => {
        made += 1;
        return made > 3 ? Promise.reject(new Error('gone')) : run();
      };
      await journey(world).catch(() => undefined);
      world.pass(8 * 86_400);
      const crash = crashAt(world, n, n % 2 ? 'before it took effect' : 'after it took effect');
      await world.sweep().catch(() => undefined);
      calls = crash.call === undefined ? 0 : calls;
      world.around = (_call, run) => run();
      await world.settle();
      expectConsistent(world, `sweep call ${n}, ${crash.call}`);
    }
  });
});
