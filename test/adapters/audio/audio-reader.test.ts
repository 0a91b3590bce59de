import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAudioReader } from '../../../lambdas/adapters/audio/audio-reader.ts';
import { AudioUnreadable } from '../../../lambdas/core/audio/ports.ts';
import { budgetedSource } from '../../../lambdas/core/content/structure/budgeted-source.ts';
import { mp3, wav } from '../../support/recordings.ts';
import { randomBytesOf } from '../../support/uploads.ts';

const bounds = { maxReads: 64, maxReadBytes: 64 * 1024 * 1024 };

/** A source over bytes that counts what is read of them. */
function sourceOf(bytes: Buffer, within = bounds) {
  const cost = { reads: 0, bytes: 0 };
  const source = budgetedSource(
    bytes.length,
    async (from, length) => {
      cost.reads += 1;
      cost.bytes += length;
      return bytes.subarray(from, from + length);
    },
    within,
  );
  return { source, cost };
}

const read = (bytes: Buffer, mimeType: string) => createAudioReader().read(sourceOf(bytes).source, mimeType);

describe('the reader of recordings', () => {
  it('reads tags, cover, length and how an MP3 is recorded', async () => {
    const cover = { bytes: Buffer.from('the bytes of a picture'), mimeType: 'image/png' };
    const song = mp3(12, { title: 'Ode', artist: 'Ludwig', album: 'Ninth', year: '1824', cover });

    const content = await read(song, 'audio/mpeg');

    expect(content.tags).toEqual({ title: 'Ode', artist: 'Ludwig', album: 'Ninth', year: 1824 });
    expect(content.format).toMatchObject({
      bitrate: 128_000,
      sampleRate: 44_100,
      channels: 2,
      lossless: false,
    });
    expect(content.duration).toBeCloseTo(12, 0);
    expect(Buffer.from(content.cover ?? [])).toEqual(cover.bytes);
  });

  it('reads the length of a WAV and its title behind the sound', async () => {
    const content = await read(wav(3, 'Silence'), 'audio/wav');

    expect(content).toMatchObject({ tags: { title: 'Silence' }, duration: 3 });
    expect(content.format).toMatchObject({ sampleRate: 8_000, channels: 1, lossless: true });
  });

  it('reads little of a long recording', async () => {
    const { source, cost } = sourceOf(wav(1_800, 'Long'));

    expect((await createAudioReader().read(source, 'audio/wav')).duration).toBe(1_800);
    expect(cost.bytes).toBeLessThan(300_000);
    expect(cost.reads).toBeLessThan(6);
  });

  it('makes one bounded line of every tag', async () => {
    const title = `a\u0000b\n\u0007c ${'x'.repeat(5_000)}`;

    const { tags } = await read(mp3(1, { title, artist: ' \n ' }), 'audio/mpeg');

    expect(tags.title).toHaveLength(200);
    expect(tags.title).not.toMatch(/\p{Cc}/u);
    expect(tags.artist).toBeUndefined();
  });

  it('tells no number that no recording has', async () => {
    const element = (id: string, content: Buffer): Buffer => {
      const length = Buffer.from([0x10, 0, 0, content.length]);
      return Buffer.concat([Buffer.from(id, 'hex'), length, content]);
    };
    const duration = Buffer.alloc(8);
    duration.writeDoubleBE(1e200);
    const scale = element('2ad7b1', Buffer.from([0x0f, 0x42, 0x40]));
    const recording = Buffer.concat([
      element('1a45dfa3', element('4282', Buffer.from('matroska'))),
      element('18538067', element('1549a966', Buffer.concat([scale, element('4489', duration)]))),
    ]);

    expect((await read(recording, 'audio/matroska')).duration).toBeUndefined();
    duration.writeDoubleBE(5_000);
    duration.copy(recording, recording.length - 8);
    expect((await read(recording, 'audio/matroska')).duration).toBe(5);
  });

  it.each([
    ['random bytes', randomBytesOf(50_000)],
    ['nothing', Buffer.alloc(0)],
    ['a cut off tag', mp3(1, { title: 'x'.repeat(900) }).subarray(0, 300)],
  ])('calls %s unreadable, or tells what there is, and never hangs', async (_, bytes) => {
    const outcome = await read(bytes, 'audio/mpeg').catch((error: unknown) => error);

    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(AudioUnreadable);
    else expect(outcome).toHaveProperty('tags');
  });

  it('ends, in content or as unreadable, whatever happened to the bytes', async () => {
    const seeds = [
      ['audio/mpeg', mp3(1, { title: 'Ode', cover: { bytes: Buffer.alloc(90), mimeType: 'image/png' } })],
      ['audio/wav', wav(1, 'Silence')],
    ] as const;
    const changes = fc.array(fc.tuple(fc.nat({ max: 399 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 9,
    });

    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...seeds), changes, async ([mimeType, sound], changed) => {
        const bytes = Buffer.from(sound);
        for (const [at, value] of changed) bytes[at] = value;
        const outcome = await read(bytes, mimeType).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(AudioUnreadable);
      }),
      { numRuns: 300 },
    );
  });

  it('ends at its deadline and at its budget', async () => {
    const { source } = sourceOf(mp3(5, { title: 'Ode' }));
    const poor = sourceOf(wav(60, 'far behind'), { maxReads: 1, maxReadBytes: 65_536 });

    await expect(createAudioReader(-1).read(source, 'audio/mpeg')).rejects.toBeInstanceOf(AudioUnreadable);
    await expect(createAudioReader().read(poor.source, 'audio/wav')).rejects.toBeInstanceOf(AudioUnreadable);
  });

  it('does not blame the recording for what the store does', async () => {
    const failure = new Error('S3 is away');
    const source = { size: 1_000, read: () => Promise.reject(failure) };

    await expect(createAudioReader().read(source, 'audio/mpeg')).rejects.toBe(failure);
  });
});
