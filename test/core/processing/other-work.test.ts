import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createAudioReader } from '../../../lambdas/adapters/audio/audio-reader.ts';
import { createImageProcessor } from '../../../lambdas/adapters/sharp/image-processor.ts';
import { inflate } from '../../../lambdas/adapters/zlib/inflate.ts';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { defaultPresets } from '../../../lambdas/core/images/presets.ts';
import { presetRecipe } from '../../../lambdas/core/images/recipes.ts';
import { otherWork } from '../../../lambdas/core/processing/other-work.ts';
import type { WorkResult } from '../../../lambdas/core/processing/work.ts';
import { hasPresets, workerFor } from '../../../lambdas/core/processing/workers.ts';
import { zip } from '../../support/archives.ts';
import { file } from '../../support/domain.ts';
import { photoLike } from '../../support/pictures.ts';
import { mp3, wav } from '../../support/recordings.ts';
import { randomBytesOf } from '../../support/uploads.ts';

const pending = defaultPresets.map((preset) => ({ name: preset.name, recipe: presetRecipe(preset) }));

const work = (bytes: Buffer, mimeType: string, wanted = pending): Promise<WorkResult> =>
  otherWork({
    library: { readRange: async (_, from, length) => bytes.subarray(from, from + length) },
    audio: createAudioReader(),
    images: createImageProcessor(),
    inflate,
    bounds: defaultLimits.inspection,
  })(
    file({ mimeType, size: bytes.length, status: 'processing', libraryKey: 'k', libraryVersionId: 'v' }),
    wanted,
  );

const reasons = ({ unmade }: WorkResult) => unmade.map(({ name, status, reason }) => [name, status, reason]);

describe('a recording', () => {
  it('tells its length and its tags, and makes the presets of its cover', async () => {
    const bytes = await photoLike(3).jpeg().toBuffer();
    const song = mp3(4, { title: 'Ode', artist: 'Ludwig', cover: { bytes, mimeType: 'image/jpeg' } });

    const { facts, text, made, unmade } = await work(song, 'audio/mpeg');

    expect(facts.media).toMatchObject({ duration: expect.closeTo(4, 0), placeholder: expect.any(String) });
    expect(facts.details).toMatchObject({ title: 'Ode', artist: 'Ludwig', sampleRate: 44_100, channels: 2 });
    expect(facts).not.toHaveProperty('perceptualHash');
    expect(text).toBe('Ode\nLudwig');
    expect(made.map(({ name }) => name)).toEqual(defaultPresets.map(({ name }) => name));
    expect(unmade).toEqual([]);
  });

  it('is ready without presets where it has no cover, or one that is no picture', async () => {
    const fake = { bytes: randomBytesOf(2_000), mimeType: 'image/png' };
    const huge = {
      bytes: await sharp({ create: { width: 5_000, height: 4_000, channels: 3, background: '#abc' } })
        .png()
        .toBuffer(),
      mimeType: 'image/png',
    };
    const drawing = {
      bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'),
      mimeType: 'image/svg+xml',
    };

    expect(reasons(await work(wav(1), 'audio/wav'))).toContainEqual(['small', 'skipped', 'no_cover']);
    for (const cover of [fake, drawing]) {
      expect(reasons(await work(mp3(1, { cover }), 'audio/mpeg'))).toContainEqual([
        'small',
        'skipped',
        'unsupported',
      ]);
    }
    expect(reasons(await work(mp3(1, { cover: huge }), 'audio/mpeg'))).toContainEqual([
      'small',
      'skipped',
      'pixels_exceeded',
    ]);
  });

  it('stays playable when its tags cannot be read', async () => {
    const result = await work(randomBytesOf(30_000), 'audio/flac');

    expect(result.facts).toEqual({ media: {} });
    expect(reasons(result)).toContainEqual(['small', 'skipped', 'unreadable']);
  });
});

describe('an archive', () => {
  it('tells what it holds, all of it as text and the beginning in its details', async () => {
    const entries = Array.from({ length: 150 }, (_, at) => ({ name: `folder/${at}.txt`, content: 'x' }));

    const { facts, text, made } = await work(zip(entries), 'application/zip', []);

    expect(facts.details).toMatchObject({ entries: 150, unpackedBytes: 150 });
    expect(facts.details?.names).toHaveLength(100);
    expect(text?.split('\n')).toHaveLength(150);
    expect(made).toEqual([]);
  });

  it('that nobody can list is ready all the same', async () => {
    expect(await work(Buffer.from('PK'), 'application/zip', [])).toEqual({
      facts: { media: {} },
      made: [],
      unmade: [],
    });
  });
});

describe('who is sent to a worker', () => {
  it('is what tells something of itself, and nothing else', () => {
    expect(['audio/mpeg', 'audio/x-wav', 'application/zip', 'application/gzip'].map(workerFor)).toEqual([
      ...['other', 'other', 'other', 'other'],
    ]);
    expect(
      ['application/octet-stream', 'video/mp4', 'audio/midi', 'application/vnd.rar'].map(workerFor),
    ).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('gets presets where there may be a picture', () => {
    expect(['image/png', 'application/pdf', 'audio/mpeg'].map(hasPresets)).toEqual([true, true, true]);
    expect(['application/zip', 'audio/midi', 'application/octet-stream'].map(hasPresets)).toEqual([
      ...[false, false, false],
    ]);
  });
});
