import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { ImageUnreadable } from '../../../lambdas/core/images/ports.ts';
import { defaultPresets } from '../../../lambdas/core/images/presets.ts';
import { presetRecipe } from '../../../lambdas/core/images/recipes.ts';
import {
  giveUpOnFile,
  type ProcessDeps,
  processFile,
} from '../../../lambdas/core/processing/process-file.ts';
import { type ImageWorkDeps, imageWork } from '../../../lambdas/core/processing/process-image.ts';
import { Unprocessable } from '../../../lambdas/core/processing/work.ts';
import { file } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const recipe = presetRecipe(defaultPresets[0] as (typeof defaultPresets)[number]);
const pending = { small: { name: 'small', status: 'pending' as const, recipe } };
const stored = (over: Partial<FileRecord> = {}): FileRecord =>
  file({
    status: 'stored',
    accounting: 'used',
    libraryKey: 'key-1',
    libraryVersionId: 'L1',
    renditions: pending,
    ...over,
  });
const ref = (version: number) => ({ tenantId: 'acme', fileId: 'F1', version });

/** A worker that reads an original; `meanwhile` happens before it writes what it made. */
function worker(record: FileRecord, meanwhile: (world: World) => void = () => undefined) {
  const world = new World();
  world.table.files.set('acme/F1', record);
  for (const of of ['acme', 'acme/alice']) {
    const none = { reservedBytes: 0, reservedFiles: 0, openUploads: 0 };
    world.table.counters.set(of, { committedBytes: record.size, committedFiles: 1, ...none });
  }
  const deleted: string[] = [];
  const images: ImageWorkDeps = {
    store: world.dispatching.store,
    library: { read: async () => new Uint8Array(1) },
    images: {
      render: async () => {
        meanwhile(world);
        const body = new Uint8Array(1);
        const rendition = { name: 'small', mimeType: 'image/jpeg', width: 1, height: 1, body };
        return {
          media: { width: 1, height: 1, format: 'jpeg', hasAlpha: false },
          renditions: [rendition],
        } as unknown as Awaited<ReturnType<ImageWorkDeps['images']['render']>>;
      },
      operate: async () => {
        throw new Error('no operation was asked for');
      },
    },
    maxPixels: 100,
    maxBytes: 10_000,
    watermarkMaxBytes: 10_000,
    operationsBudgetMs: 1_000,
    monotonicMs: () => 0,
  };
  const deps: ProcessDeps = {
    ...world.dispatching,
    derived: {
      put: async ({ version }, { name }) => `v${version}/${name}`,
      putText: async () => ({ key: 'text', characters: 1, truncated: false }),
      deleteAll: async (all) => void deleted.push(...all),
      forgetText: async ({ version }) => void deleted.push(`text of v${version}`),
    },
    work: imageWork(images),
  };
  return { deps, images, deleted, now: () => world.table.files.get('acme/F1') };
}

const replace =
  (over: Partial<FileRecord> = {}) =>
  (world: World) => {
    const now = world.table.files.get('acme/F1') as FileRecord;
    const next = stored({ version: 2, uploadId: 'U2', revision: now.revision + 1, ...over });
    world.table.files.set('acme/F1', next);
  };

describe('what was given up', () => {
  const broken = async () => {
    throw new Error('the library is down');
  };
  const giveUp = async (record: FileRecord) => {
    const { deps, now } = worker(record);
    await expect(processFile({ ...deps, work: broken }, ref(1))).rejects.toThrow('the library is down');
    const outcome = await giveUpOnFile(deps, ref(1));
    return { deps, now, outcome };
  };

  it('is made after all when its message is moved back from the dead letters, and not before', async () => {
    const { deps, now, outcome } = await giveUp(stored());
    expect(outcome).toBe('failed');
    expect(now()).toMatchObject({ status: 'failed', reason: 'processing_failed' });
    expect(await processFile(deps, ref(1))).toBe('ignored');

    expect(await processFile(deps, { ...ref(1), again: true })).toBe('ready');

    expect(now()).toMatchObject({ status: 'ready', renditions: { small: { status: 'ready' } } });
    expect(now()?.reason).toBeUndefined();
    expect(now()?.renditions.small?.recipe).toBeUndefined();
    expect(await processFile(deps, { ...ref(1), again: true })).toBe('ignored');
  });

  it('of a file of which nothing is made is looked at again', async () => {
    const { deps, now } = await giveUp(stored({ renditions: {} }));
    const work: ProcessDeps['work'] = async () => ({ facts: { media: {} }, made: [], unmade: [] });
    expect(await processFile({ ...deps, work }, { ...ref(1), again: true })).toBe('ready');
    expect(now()?.media).toEqual({});
  });

  it('does not take away what the file had', async () => {
    const had = { name: 'had', status: 'ready' as const, key: 'k' };
    const { now, outcome } = await giveUp(stored({ renditions: { ...pending, had } }));
    expect(outcome).toBe('ready');
    expect(now()).toMatchObject({ status: 'ready', renditions: { had, small: { status: 'failed' } } });
  });

  it('leaves alone what can never be made', async () => {
    const { deps } = worker(stored());
    const work = async () => {
      throw new Unprocessable('malformed', 'failed');
    };
    expect(await processFile({ ...deps, work }, ref(1))).toBe('failed');
    expect(await processFile(deps, { ...ref(1), again: true })).toBe('ignored');
  });
});

describe('the worker of an image', () => {
  it('leaves a file alone whose content is another by the time the message is read', async () => {
    const { deps, now } = worker(stored({ version: 2 }));
    expect(await processFile(deps, ref(1))).toBe('ignored');
    expect(await giveUpOnFile(deps, ref(1))).toBe('ignored');
    expect(now()?.status).toBe('stored');
    expect(await processFile(deps, ref(2))).toBe('ready');
    expect(now()?.renditions.small?.key).toBe('v2/small');
  });

  it.each(['stored', 'processing'] as const)(
    'changes nothing of new content that is %s when it comes back late, and leaves what it made',
    async (status) => {
      const { deps, deleted, now } = worker(stored(), replace({ status }));
      expect(await processFile(deps, ref(1))).toBe('ignored');
      expect(now()).toMatchObject({ status, version: 2, renditions: pending });
      expect(deleted).toEqual([]);
    },
  );

  it('changes nothing of the same content that was restored as another version meanwhile', async () => {
    const { deps, now } = worker(stored(), replace({ status: 'processing', uploadId: 'U1', version: 3 }));
    expect(await processFile(deps, ref(1))).toBe('ignored');
    expect(now()).toMatchObject({ status: 'processing', version: 3 });
  });

  it('removes what it made when the file was purged meanwhile', async () => {
    const { deps, deleted } = worker(stored(), replace({ status: 'purged', uploadId: 'U1', version: 1 }));
    expect(await processFile(deps, ref(1))).toBe('ignored');
    expect(deleted).toEqual(['v1/small']);
  });

  it('removes the text that it found when the file was purged meanwhile', async () => {
    const { deps, deleted } = worker(stored(), replace({ status: 'purged', uploadId: 'U1', version: 1 }));
    const work: ProcessDeps['work'] = async (...of) => ({ ...(await deps.work(...of)), text: 'secret' });
    expect(await processFile({ ...deps, work }, ref(1))).toBe('ignored');
    expect(deleted).toEqual(['v1/small', 'text', 'text of v1']);
  });

  it('removes what it made when the content was withdrawn meanwhile, whatever took its place', async () => {
    const withdrawals = [{ version: 1, threat: 'T', engine: 'E', at: '2026-11-20T12:00:00.000Z' }];
    for (const over of [{ status: 'rejected' }, { status: 'processing', version: 2 }] as const) {
      const { deps, deleted } = worker(stored(), replace({ ...over, withdrawals }));
      expect(await processFile(deps, ref(1))).toBe('ignored');
      expect(deleted).toEqual(['v1/small']);
    }
  });

  it.each([
    ['too_complex', 'skipped', 'ready'],
    ['pixels_exceeded', 'skipped', 'ready'],
    ['malformed', 'failed', 'failed'],
  ] as const)('keeps a picture without renditions that is %s', async (reason, rendition, status) => {
    const { deps, images: reading, now } = worker(stored({ mimeType: 'image/svg+xml' }));
    const types: string[] = [];
    const images: ImageWorkDeps['images'] = {
      ...reading.images,
      render: async (_source, { mimeType }) => {
        types.push(mimeType);
        throw new ImageUnreadable(reason, 'made for the test');
      },
    };
    expect(await processFile({ ...deps, work: imageWork({ ...reading, images }) }, ref(1))).toBe(status);
    expect(types).toEqual(['image/svg+xml']);
    expect(now()).toMatchObject({ status, renditions: { small: { status: rendition, reason } } });
  });
});

describe('operations beside presets', () => {
  const convert = { type: 'convert', format: 'png', metadata: 'strip' } as const;
  const asked = {
    ...pending,
    'convert-png': {
      name: 'convert-png',
      status: 'pending' as const,
      recipe: convert,
      onDemand: true as const,
    },
  };

  it('take down no preset where none of them can be made', async () => {
    const { deps, images: reading, now } = worker(stored({ renditions: asked }));
    const images: ImageWorkDeps['images'] = {
      ...reading.images,
      operate: async () => {
        throw new ImageUnreadable('pixels_exceeded', 'made for the test');
      },
    };
    expect(await processFile({ ...deps, work: imageWork({ ...reading, images }) }, ref(1))).toBe('ready');
    expect(now()?.renditions).toMatchObject({
      small: { status: 'ready' },
      'convert-png': { status: 'skipped', reason: 'pixels_exceeded', onDemand: true },
    });
  });

  it('have the time that the presets leave, so that a run ends before its function', async () => {
    const { deps, images: reading } = worker(stored({ renditions: asked }));
    let elapsed = 5_000;
    const budgets: number[] = [];
    const images: ImageWorkDeps['images'] = {
      render: async (...of) => {
        elapsed += 700;
        return reading.images.render(...of);
      },
      operate: async (_source, { budgetMs, tasks }) => {
        budgets.push(budgetMs);
        const unmade = tasks.map(({ name }) => ({ name, status: 'failed', reason: 'too_slow' }) as const);
        const media = { width: 1, height: 1, format: 'jpeg', hasAlpha: false, colourSpace: 'srgb' } as const;
        return { media, made: [], unmade };
      },
    };
    const work = imageWork({ ...reading, images, monotonicMs: () => elapsed });
    expect(await processFile({ ...deps, work }, ref(1))).toBe('ready');
    expect(budgets).toEqual([300]);
  });
});
