import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { purgeFile } from '../../../lambdas/core/files/purge.ts';
import { defaultPresets } from '../../../lambdas/core/images/presets.ts';
import { presetRecipe } from '../../../lambdas/core/images/recipes.ts';
import { NotEncoded } from '../../../lambdas/core/video/ports.ts';
import { NotProbed } from '../../../lambdas/core/video/probe.ts';
import { crashAt, crashes } from '../../support/crashing.ts';
import { caller, file } from '../../support/domain.ts';
import { VideoWorld } from '../../support/video-world.ts';

const alice = caller();

const stored = (over: Partial<FileRecord> = {}): FileRecord =>
  file({
    status: 'stored',
    accounting: 'used',
    filename: 'a.mp4',
    mimeType: 'video/mp4',
    libraryKey: 'key-1',
    libraryVersionId: 'L1',
    renditions: Object.fromEntries(
      defaultPresets.map((preset) => [
        preset.name,
        { name: preset.name, status: 'pending' as const, recipe: presetRecipe(preset) },
      ]),
    ),
    ...over,
  });

/** Seconds of three rungs of two minutes. */
const charge = 3 * 120;

interface Journey {
  readonly prepare?: (world: VideoWorld) => void;
  readonly ends: 'ready' | 'failed' | 'purged';
  readonly reason?: string;
  readonly charged: number;
}

const journeys: Record<string, Journey> = {
  'a video': { ends: 'ready', charged: charge },
  'a video beyond the budget': {
    prepare: (world) => {
      world.minutesPerMonth = 5;
    },
    ends: 'failed',
    reason: 'budget_exceeded',
    charged: 0,
  },
  'what is no video': {
    prepare: (world) => {
      world.prober = { probe: () => Promise.reject(new NotProbed('not_a_video')) };
    },
    ends: 'failed',
    reason: 'not_a_video',
    charged: 0,
  },
  'what no decoder opens': {
    prepare: (world) => {
      world.encoder = { encode: () => Promise.reject(new NotEncoded('unsupported_codec')) };
    },
    ends: 'failed',
    reason: 'unsupported_codec',
    charged: 0,
  },
  'a video whose encoder always dies': {
    prepare: (world) => {
      world.encoder = { encode: () => Promise.reject(new Error('killed')) };
    },
    ends: 'failed',
    reason: 'processing_failed',
    charged: 0,
  },
  'a video that is purged while it is encoded': {
    prepare: (world) => {
      world.meanwhile = () => purgeFile(world.purging, alice, { fileId: 'F1' });
    },
    ends: 'purged',
    charged: charge,
  },
};

async function travelled(journey: Journey, crash?: (world: VideoWorld) => void): Promise<VideoWorld> {
  const world = new VideoWorld(stored());
  journey.prepare?.(world);
  crash?.(world);
  await world.start().catch(() => undefined);
  await world.deliver().catch(() => undefined);
  world.world.around = (_call, run) => run();
  await world.settle();
  return world;
}

function expectWhole(world: VideoWorld, { ends, reason, charged }: Journey, where: string): void {
  const { status, renditions = {}, reason: told } = world.file ?? {};
  expect(status, where).toBe(ends);
  expect(world.leases, where).toEqual([]);
  expect(
    Object.values(renditions).filter((rendition) => rendition.status === 'pending' && ends !== 'purged'),
    where,
  ).toEqual([]);
  if (ends !== 'purged') expect(world.charged, where).toBe(charged);
  expect(told, where).toBe(reason);
  const known = Object.values(renditions).flatMap(({ key }) => key ?? []);
  if (ends === 'ready') {
    expect(Object.keys(renditions), where).toEqual(
      expect.arrayContaining(['small', '720p', '480p', '360p', 'poster', 'stream']),
    );
    for (const key of known) expect(world.objects.has(key), `${key} ${where}`).toBe(true);
  }
  expect(
    ends === 'purged' ? [...world.objects] : [...world.objects].filter((key) => !known.includes(key)),
    `objects that nobody knows ${where}`,
  ).toEqual([]);
  expect(
    world.world.table.events.filter(({ type }) => type === 'file.ready'),
    where,
  ).toHaveLength(ends === 'ready' ? 1 : 0);
}

describe.each(Object.entries(journeys))('%s', (_name, journey) => {
  it(`ends ${journey.ends} when nothing fails`, async () => {
    expectWhole(await travelled(journey), journey, '');
  });

  it.each(crashes)('ends whole whichever call fails, %s', async (how) => {
    const tried: string[] = [];
    for (let n = 1; ; n += 1) {
      const seen: { crash?: ReturnType<typeof crashAt> } = {};
      const world = await travelled(journey, ({ world: inner }) => {
        seen.crash = crashAt(inner, n, how);
      });
      if (seen.crash?.call === undefined) break;
      tried.push(seen.crash.call);
      // The purge itself may be what failed, or somebody has to send back what was given up.
      const { status, reason } = world.file ?? {};
      const interrupted = reason === 'processing_failed' && journey.reason !== reason;
      if (interrupted) {
        world.redrive();
        await world.settle();
      }
      const purgeFailed = journey.ends === 'purged' && status !== 'purged';
      if (!purgeFailed) expectWhole(world, journey, `${seen.crash.call} (${n}) ${how}`);
    }
    expect(tried.length).toBeGreaterThan(10);
  });
});
