import { describe, expect, it } from 'vitest';
import { initiateUpload } from '../../../lambdas/core/uploads/initiate.ts';
import { expectConsistent } from '../../support/consistency.ts';
import { crashAt, crashes } from '../../support/crashing.ts';
import { caller } from '../../support/domain.ts';
import { RescanWorld } from '../../support/rescans.ts';

/** Everything that is stored is found infected from now on. */
async function findInfected(world: RescanWorld, fileId: string): Promise<void> {
  world.found = 'infected';
  await world.rescanning.queues.rescan({ tenantId: 'acme', fileId });
  await world.deliver();
}

/** The scanner finds only one content infected, that of these bytes. */
async function findOneInfected(world: RescanWorld, fileId: string, versionId: string): Promise<void> {
  world.found = 'infected';
  await world.rescanning.queues.rescan({ tenantId: 'acme', fileId, versionId });
  await world.deliver();
}

type Prepare = (world: RescanWorld) => Promise<string>;

const once: Prepare = (world) => world.stored(10);
const twice: Prepare = (world) => world.stored(10, 20);
const whileReplaced: Prepare = async (world) => {
  const fileId = await world.stored(10);
  const upload = await initiateUpload(world.uploads, caller(), {
    ...{ path: '/', filename: 'data.bin', mimeType: 'application/octet-stream', size: 20 },
    onConflict: 'replace',
  });
  world.s3.put({ tenantId: 'acme', ...upload }, new Uint8Array(20));
  return fileId;
};

const current = (world: RescanWorld, fileId: string) => world.file(fileId).libraryVersionId ?? '';
const kept = (world: RescanWorld) => [...world.table.versions.values()].at(0)?.libraryVersionId ?? '';

const journeys: Record<string, [Prepare, (world: RescanWorld, fileId: string) => Promise<void>]> = {
  'a stored file that is found infected': [once, findInfected],
  'a file whose contents are all found infected': [twice, findInfected],
  'a file whose present content is found infected': [
    twice,
    (world, fileId) => findOneInfected(world, fileId, current(world, fileId)),
  ],
  'a file whose kept version is found infected': [
    twice,
    (world, fileId) => findOneInfected(world, fileId, kept(world)),
  ],
  'a file that is found infected while it is replaced': [whileReplaced, findInfected],
};

function expectWithdrawn(world: RescanWorld, fileId: string, where = ''): void {
  expectConsistent(world, where);
  const { withdrawals = [], libraryVersionId } = world.file(fileId);
  expect(withdrawals.length, where).toBeGreaterThan(0);
  expect(
    withdrawals.filter(({ left }) => left),
    `bytes left ${where}`,
  ).toEqual([]);
  const referred = [libraryVersionId, ...[...world.table.versions.values()].map((v) => v.libraryVersionId)];
  expect([...world.s3.library.keys()].sort(), `library ${where}`).toEqual(
    referred.filter((id) => id !== undefined).sort(),
  );
}

describe.each(Object.entries(journeys))('%s', (_name, [prepare, journey]) => {
  it.each(crashes)('is withdrawn, its bytes with it, whichever call fails, %s', async (how) => {
    const tried: string[] = [];
    for (let n = 0; ; n += 1) {
      const world = new RescanWorld();
      const fileId = await prepare(world);
      const crash = crashAt(world, n, how);
      await journey(world, fileId).catch(() => undefined);
      if (n > 0 && crash.call === undefined) break;
      if (crash.call) tried.push(crash.call);
      world.around = (_call, run) => run();
      // The message comes again, or the person who asked does.
      await world.rescanning.queues.rescan({ tenantId: 'acme', fileId });
      await world.settle();
      expectWithdrawn(world, fileId, `${crash.call} (${n}) ${how}`);
    }
    expect(tried.length).toBeGreaterThan(5);
  });
});
