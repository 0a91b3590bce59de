import { describe, expect, it } from 'vitest';
import { restoreVersion } from '../../../lambdas/core/files/versions.ts';
import { crashAt, crashes } from '../../support/crashing.ts';
import { alice, bob, expectShared, SharingWorld } from '../../support/sharing-world.ts';

/** One way of contents that several files have; what it begins with is in place when calls begin to fail. */
interface Journey {
  readonly before?: (world: SharingWorld) => Promise<unknown>;
  readonly goes: (world: SharingWorld) => Promise<unknown>;
}

const both = async (world: SharingWorld): Promise<void> => {
  await world.upload(alice, 'a.bin', 'same');
  await world.upload(bob, 'b.bin', 'same');
};

const copiesTell = (world: SharingWorld): void => {
  world.s3.tellsDigests = true;
};

const ownedBy = (world: SharingWorld, ownerId: string): string =>
  world.files.find((file) => file.ownerId === ownerId)?.fileId ?? '';

async function purgeOf(world: SharingWorld, who: typeof alice): Promise<void> {
  await world.purge(who, ownedBy(world, who.userId));
  await world.deliver();
}

const journeys: Record<string, Journey> = {
  'the first file of a content': { goes: (world) => world.upload(alice, 'a.bin', 'same') },
  'a file that joins a content which is known beforehand': {
    before: (world) => world.upload(alice, 'a.bin', 'same'),
    goes: (world) => world.upload(bob, 'b.bin', 'same'),
  },
  'a file whose copy tells that it joins': {
    before: (world) => {
      copiesTell(world);
      return world.upload(alice, 'a.bin', 'same', false);
    },
    goes: (world) => world.upload(bob, 'b.bin', 'same', false),
  },
  'the first file leaves': { before: both, goes: (world) => purgeOf(world, alice) },
  'all leave': {
    before: both,
    goes: async (world) => {
      await purgeOf(world, alice);
      await purgeOf(world, bob);
    },
  },
  'a replacement by what another file has': {
    before: async (world) => {
      await both(world);
      await world.upload(alice, 'c.bin', 'other');
    },
    goes: (world) => world.upload(alice, 'c.bin', 'same'),
  },
  'a version that comes back': {
    before: async (world) => {
      await both(world);
      await world.upload(alice, 'a.bin', 'other');
    },
    goes: async (world) => {
      const deps = { ...world.dispatching, queues: world.sweeping.queues };
      await restoreVersion(deps, alice, { fileId: ownedBy(world, 'alice') }, 1);
      await purgeOf(world, bob);
    },
  },
  'malware in what both have': {
    before: both,
    goes: async (world) => {
      world.found = 'infected';
      await world.rescanning.queues.rescan({ tenantId: 'acme', fileId: ownedBy(world, 'bob') });
      await world.deliver();
    },
  },
  'malware in what both keep as a version': {
    before: async (world) => {
      await both(world);
      await world.upload(alice, 'a.bin', 'other');
      await world.upload(bob, 'b.bin', 'different');
    },
    goes: async (world) => {
      world.found = 'infected';
      const [kept] = world.table.versions.values();
      const versionId = kept?.libraryVersionId ?? '';
      await world.rescanning.queues.rescan({ tenantId: 'acme', fileId: ownedBy(world, 'alice'), versionId });
      await world.deliver();
    },
  },
};

describe.each(['each', 'once'] as const)('counted %s', (quota) => {
  describe.each(Object.entries(journeys))('%s', (_name, { before, goes }) => {
    it.each(crashes)('ends consistently whichever call fails, %s', async (how) => {
      for (let n = 0; ; n += 1) {
        const world = new SharingWorld(quota);
        await before?.(world);
        const crash = crashAt(world, n, how);
        await goes(world).catch(() => undefined);
        if (n > 0 && crash.call === undefined) break;
        world.around = (_call, run) => run();
        await world.settle();
        const where = `${crash.call} (${n}) ${how}`;
        expectShared(world, where);
        if (quota === 'once') {
          for (const { paid } of world.table.shared.contents.values()) expect(paid, where).toBe(1);
        }
      }
    });
  });
});
