import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { processStored } from '../../../lambdas/core/files/process.ts';
import { purgeFile } from '../../../lambdas/core/files/purge.ts';
import { defaultPresets } from '../../../lambdas/core/images/presets.ts';
import { presetRecipe } from '../../../lambdas/core/images/recipes.ts';
import { crashAt, crashes } from '../../support/crashing.ts';
import { caller, file } from '../../support/domain.ts';
import { ProcessingWorld } from '../../support/processing-world.ts';

const alice = caller();

const stored = (): FileRecord =>
  file({
    status: 'stored',
    accounting: 'used',
    mimeType: 'image/jpeg',
    libraryKey: 'key-1',
    libraryVersionId: 'L1',
    renditions: Object.fromEntries(
      defaultPresets.map((preset) => [
        preset.name,
        { name: preset.name, status: 'pending' as const, recipe: presetRecipe(preset) },
      ]),
    ),
  });

type Journey = (world: ProcessingWorld) => Promise<void>;

const processed: Journey = async (world) => {
  await world.start();
  await world.deliver();
};

const askedFor: Journey = async (world) => {
  await processed(world);
  const params = { sizes: [150, 300] };
  await processStored(world.operating, alice, { fileId: 'F1' }, [{ type: 'thumbnails', params }]);
  await world.deliver();
};

/** While the presets are being made. */
const askedForMeanwhile: Journey = async (world) => {
  await world.start();
  const compress = { type: 'compress', params: { quality: 70 } } as const;
  world.meanwhile = async () =>
    void (await processStored(world.operating, alice, { fileId: 'F1' }, [compress]));
  await world.deliver();
};

const purgedMeanwhile: Journey = async (world) => {
  await world.start();
  world.meanwhile = () => purgeFile(world.purging, alice, { fileId: 'F1' });
  await world.deliver();
};

const journeys: Record<string, { journey: Journey; ends: string; names: readonly string[] }> = {
  'a picture': { journey: processed, ends: 'ready', names: [] },
  'operations on a picture that is ready': {
    ...{ journey: askedFor, ends: 'ready' },
    names: ['thumbnail-150', 'thumbnail-300'],
  },
  'an operation while the picture is in work': {
    ...{ journey: askedForMeanwhile, ends: 'ready' },
    names: ['compress-q70'],
  },
  'a picture that is purged while it is in work': { journey: purgedMeanwhile, ends: 'purged', names: [] },
};

function expectWhole(world: ProcessingWorld, ends: string, where: string): void {
  const now = world.file;
  // Who asked and was not answered asks again; what was asked for is there or was never begun.
  expect(now?.status, where).toBe(ends);
  const renditions = Object.values(now?.renditions ?? {});
  if (ends === 'purged') return;
  expect(
    renditions.filter(({ status }) => status !== 'ready'),
    where,
  ).toEqual([]);
  for (const { key, recipe } of renditions) {
    expect(world.objects.has(key ?? ''), `${key} ${where}`).toBe(true);
    expect(recipe, where).toBeUndefined();
  }
  expect(
    [...world.objects].filter((key) => !renditions.some((rendition) => rendition.key === key)),
    `objects that nobody knows ${where}`,
  ).toEqual([]);
}

describe.each(Object.entries(journeys))('%s', (_name, { journey, ends, names }) => {
  it('ends with everything that was asked for when nothing fails', async () => {
    const world = new ProcessingWorld(stored());
    await journey(world);
    await world.settle();
    expectWhole(world, ends, '');
    expect(Object.keys(world.file?.renditions ?? {})).toEqual(expect.arrayContaining([...names]));
  });

  it.each(crashes)('ends whole whichever call fails, %s', async (how) => {
    const tried: string[] = [];
    for (let n = 1; ; n += 1) {
      const world = new ProcessingWorld(stored());
      const crash = crashAt(world.world, n, how);
      await journey(world).catch(() => undefined);
      if (crash.call === undefined) break;
      tried.push(crash.call);
      world.world.around = (_call, run) => run();
      await world.settle();
      const { status = '' } = world.file ?? {};
      // The purge itself may be what failed.
      expectWhole(world, status === 'purged' ? 'purged' : 'ready', `${crash.call} (${n}) ${how}`);
    }
    expect(tried.length).toBeGreaterThan(5);
  });
});
