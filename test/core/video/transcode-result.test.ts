import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createAudioReader } from '../../../lambdas/adapters/audio/audio-reader.ts';
import { createImageProcessor } from '../../../lambdas/adapters/sharp/image-processor.ts';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { defaultPresets } from '../../../lambdas/core/images/presets.ts';
import { presetRecipe } from '../../../lambdas/core/images/recipes.ts';
import type { Delivery } from '../../../lambdas/core/processing/work.ts';
import type { EncodedFile } from '../../../lambdas/core/video/encoded.ts';
import { planTranscode } from '../../../lambdas/core/video/plan.ts';
import type { Probe } from '../../../lambdas/core/video/probe.ts';
import type { Transcode } from '../../../lambdas/core/video/transcode.ts';
import { transcodeResult } from '../../../lambdas/core/video/transcode-result.ts';
import { file, startOfTime } from '../../support/domain.ts';
import { photoLike } from '../../support/pictures.ts';
import { mp3, wav } from '../../support/recordings.ts';
import { randomBytesOf } from '../../support/uploads.ts';

const pending = defaultPresets.map((preset) => ({ name: preset.name, recipe: presetRecipe(preset) }));

const transcodeOf = (over: Partial<Transcode>): Transcode => ({
  ...{ tenantId: 'acme', fileId: 'F1', version: 1, attempt: 1, firstAttempt: 1, startedAt: startOfTime },
  ...over,
});

const resultOf = (
  bytes: Buffer,
  mimeType: string,
  over: Partial<Transcode> = {},
  poster = new Uint8Array(),
): Promise<Delivery> =>
  transcodeResult(
    {
      library: { readRange: async (_, from, length) => bytes.subarray(from, from + length) },
      bounds: defaultLimits.inspection,
      audio: createAudioReader(),
      images: createImageProcessor(),
      outputs: { keyOf: (_version, name) => `videos/${name}`, read: async () => poster },
    },
    file({ mimeType, size: bytes.length, status: 'processing', libraryKey: 'k', libraryVersionId: 'v' }),
    transcodeOf(over),
    pending,
  );

const reasons = ({ unmade }: Delivery) => unmade.map(({ name, status, reason }) => [name, status, reason]);

describe('a recording', () => {
  it('tells its length and its tags, and makes the presets of its cover', async () => {
    const bytes = await photoLike(3).jpeg().toBuffer();
    const song = mp3(4, { title: 'Ode', artist: 'Ludwig', cover: { bytes, mimeType: 'image/jpeg' } });

    const { facts, text, made, unmade } = await resultOf(song, 'audio/mpeg');

    expect(facts.media).toMatchObject({ duration: expect.closeTo(4, 0), placeholder: expect.any(String) });
    expect(facts.details).toMatchObject({ title: 'Ode', artist: 'Ludwig', sampleRate: 44_100, channels: 2 });
    expect(facts).not.toHaveProperty('perceptualHash');
    expect(text).toBe('Ode\nLudwig');
    expect(made.map(({ name }) => name)).toEqual(defaultPresets.map(({ name }) => name));
    expect(unmade).toEqual([]);
  });

  it('has no presets where it has no cover, or one that is no picture', async () => {
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

    expect(reasons(await resultOf(wav(1), 'audio/wav'))).toContainEqual(['small', 'skipped', 'no_cover']);
    for (const cover of [fake, drawing]) {
      expect(reasons(await resultOf(mp3(1, { cover }), 'audio/mpeg'))).toContainEqual([
        'small',
        'skipped',
        'unsupported',
      ]);
    }
    expect(reasons(await resultOf(mp3(1, { cover: huge }), 'audio/mpeg'))).toContainEqual([
      'small',
      'skipped',
      'pixels_exceeded',
    ]);
  });

  it('stays playable when its tags cannot be read', async () => {
    const result = await resultOf(randomBytesOf(30_000), 'audio/flac');

    expect(result.facts).toEqual({ media: {} });
    expect(reasons(result)).toContainEqual(['small', 'skipped', 'unreadable']);
  });

  it('that was refused still tells its tags, and why it has no rendition that plays', async () => {
    const bytes = await photoLike(3).jpeg().toBuffer();
    const song = mp3(1, { title: 'Ode', cover: { bytes, mimeType: 'image/jpeg' } });

    const result = await resultOf(song, 'audio/mpeg', { refused: 'budget_exceeded' });

    expect(result.facts.details).toMatchObject({ title: 'Ode' });
    expect(result.made.map(({ name }) => name)).toContain('small');
    expect(reasons(result)).toEqual([
      ['audio', 'skipped', 'budget_exceeded'],
      ['waveform', 'skipped', 'budget_exceeded'],
    ]);
    expect(result).not.toHaveProperty('told');
  });
});

describe('a video', () => {
  const probe: Probe = {
    ...{ container: 'mov', duration: 90.5 },
    video: {
      ...{ codec: 'hevc', width: 1_920, height: 1_080, pixelAspect: 1, rotation: 90, frameRate: 29.97 },
      ...{
        variableFrameRate: true,
        interlaced: false,
        bitsPerSecond: 8_000_000,
        bitDepth: 10,
        dynamicRange: 'hlg',
      },
    },
    audio: { codec: 'aac', channels: 2, sampleRate: 48_000 },
  };
  const planned = planTranscode(probe, defaultLimits.video);
  if ('refused' in planned) throw new Error(planned.refused);
  const { plan } = planned;
  const output = (name: string, over: Partial<EncodedFile> = {}): EncodedFile => ({
    ...{ name, mimeType: 'video/mp4', bytes: 100 },
    ...over,
  });
  const files = [
    output('1080p.mp4', { width: 1_080, height: 1_920, duration: 90.5 }),
    output('poster.jpg', { mimeType: 'image/jpeg' }),
    output('cmaf-1080p.mp4'),
    output('sprite-1.jpg'),
    output('stream.json', { mimeType: 'application/json', bytes: 7 }),
  ];

  it('has what was encoded as renditions, the stream with all that belongs to it, and presets of its poster', async () => {
    const poster = await photoLike(3).jpeg().toBuffer();

    const { made, unmade, told } = await resultOf(
      Buffer.alloc(9),
      'video/quicktime',
      { probe, plan, files },
      poster,
    );

    expect(unmade).toEqual([]);
    expect(made.map(({ name }) => name)).toEqual([
      ...defaultPresets.map(({ name }) => name),
      ...['1080p', 'stream', 'poster'],
    ]);
    expect(made.find(({ name }) => name === '1080p')).toEqual({
      ...{ name: '1080p', mimeType: 'video/mp4', size: 100, key: 'videos/1080p.mp4' },
      ...{ width: 1_080, height: 1_920, duration: 90.5 },
    });
    expect(made.find(({ name }) => name === 'stream')).toMatchObject({ size: 207 });
    expect(told).toEqual({
      ...{ transcoded1080p: 91, transcoded720p: 91, transcoded480p: 91, transcoded360p: 91 },
    });
  });

  it('tells what it is made of, as it is shown', async () => {
    const { facts } = await resultOf(Buffer.alloc(9), 'video/quicktime', { probe });

    expect(facts.media).toEqual({ width: 1_080, height: 1_920, duration: 90.5 });
    expect(facts.details).toEqual({
      ...{ container: 'mov', videoCodec: 'hevc', bitDepth: 10, dynamicRange: 'hlg', rotation: 90 },
      ...{ frameRate: 29.97, variableFrameRate: true, bitrate: 8_000_000 },
      ...{ audioCodec: 'aac', sampleRate: 48_000, channels: 2 },
    });
  });

  it.each([
    ['malformed', 'failed'],
    ['too_long', 'skipped'],
  ] as const)('that was refused as %s has its presets %s for that', async (refused, status) => {
    const result = await resultOf(Buffer.alloc(9), 'video/mp4', { refused });

    expect(result.made).toEqual([]);
    expect(reasons(result)).toEqual(defaultPresets.map(({ name }) => [name, status, refused]));
  });
});
