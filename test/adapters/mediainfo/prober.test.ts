import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProber } from '../../../lambdas/adapters/mediainfo/prober.ts';
import { budgetedSource } from '../../../lambdas/core/content/structure/budgeted-source.ts';
import { NotProbed, type Probe } from '../../../lambdas/core/video/probe.ts';
import { bundleFunction } from '../../../lib/constructs/function-code.ts';
import { bytesSource, fileSource } from '../../support/bytes-of.ts';
import { type VideoSource, videoSource } from '../../support/video-sources.ts';

/** A probe takes a third of a second of a core: so many in the gate, and more by SLUICE_BROKEN_VIDEOS. */
const brokenFiles = Number(process.env.SLUICE_BROKEN_VIDEOS ?? 12);

const prober = createProber();
const probe = (name: VideoSource): Promise<Probe> => prober.probe(fileSource(videoSource(name)));

const refusal = (probing: Promise<Probe>): Promise<string> =>
  probing.then(
    () => 'none',
    (error) => (error instanceof NotProbed ? error.reason : Promise.reject(error)),
  );

/** What ffprobe says, in the words of a probe. */
function ffprobe(path: string) {
  const json = execFileSync('ffprobe', ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', path]);
  const { streams, format } = JSON.parse(json.toString());
  const of = (kind: string) => streams.find((stream: { codec_type: string }) => stream.codec_type === kind);
  const [video, audio] = [of('video'), of('audio')];
  const ratio = (text: string, by: string): number => {
    const [one, other] = text.split(by).map(Number);
    return (one ?? 0) / (other ?? 1);
  };
  return {
    duration: Number(format.duration),
    ...(video && {
      video: {
        codec: video.codec_name,
        width: video.width,
        height: video.height,
        pixelAspect: ratio(video.sample_aspect_ratio ?? '1:1', ':'),
        rotation: (360 - (video.side_data_list?.[0]?.rotation ?? 0)) % 360,
        frameRate: ratio(video.avg_frame_rate, '/'),
        bitDepth: video.pix_fmt?.includes('10') ? 10 : 8,
      },
    }),
    ...(audio && {
      audio: { codec: audio.codec_name, channels: audio.channels, sampleRate: Number(audio.sample_rate) },
    }),
  };
}

const containers: Partial<Record<VideoSource, string>> = {
  landscape: 'mp4',
  uhd: 'mp4',
  portrait: 'mov',
  film: 'mp4',
  variable: 'mp4',
  silent: 'mp4',
  surround: 'mp4',
  short: 'mp4',
  anamorphic: 'mp4',
  odd: 'matroska',
  mov: 'mov',
  mkv: 'matroska',
  webm: 'webm',
  avi: 'avi',
  hdr10: 'mp4',
  interlaced: 'mpegts',
  mp3: 'mp3',
  wav: 'wav',
  flac: 'flac',
  m4a: 'mp4',
};

describe('the probe of a recording', () => {
  it.each(Object.entries(containers) as [VideoSource, string][])(
    'says of %s what ffprobe says',
    async (name, container) => {
      const path = videoSource(name);

      const { video, audio, ...probed } = await probe(name);

      const told = ffprobe(path);
      expect(probed.container).toBe(container);
      expect(probed.duration).toBeCloseTo(told.duration, 2);
      expect(audio && { codec: audio.codec, channels: audio.channels, sampleRate: audio.sampleRate }).toEqual(
        told.audio,
      );
      expect(Boolean(video)).toBe(Boolean(told.video));
      if (!video || !told.video) return;
      const { bitsPerSecond, variableFrameRate, interlaced, dynamicRange, matrix, ...exact } = video;
      expect(exact).toEqual({ ...told.video, frameRate: expect.closeTo(told.video.frameRate, 6) });
      expect(variableFrameRate).toBe(name === 'variable');
      expect(interlaced).toBe(name === 'interlaced');
      expect({ dynamicRange, matrix }).toEqual(
        name === 'hdr10' ? { dynamicRange: 'hdr10', matrix: 'bt2020' } : { dynamicRange: 'sdr' },
      );
    },
  );

  it('calls what nobody has a decoder for by the name that the file gives it', async () => {
    expect((await probe('unsupported')).video?.codec).toBe('brst');
  });

  it.each([
    ['corruptMp4', 'malformed'],
    ['corruptMkv', 'not_a_video'],
    ['truncatedMp4', 'malformed'],
    ['halfMp4', 'malformed'],
    ['halfMkv', 'malformed'],
    ['text', 'not_a_video'],
  ] as const)('refuses %s as %s', async (name, reason) => {
    expect(await refusal(probe(name))).toBe(reason);
  });

  it('refuses what has no bytes', async () => {
    expect(await refusal(prober.probe(bytesSource(new Uint8Array())))).toBe('not_a_video');
  });

  it('fails as the source fails, and refuses what takes more reads than it may', async () => {
    const { size, read } = fileSource(videoSource('landscape'));
    const broken = { size, read: () => Promise.reject(new Error('no such bucket')) };

    await expect(prober.probe(broken)).rejects.toThrow('no such bucket');
    const few = budgetedSource(size, read, { maxReads: 3, maxReadBytes: size });
    expect(await refusal(prober.probe(few))).toBe('malformed');
  });

  it('ends what does not end by itself, and blames nobody for a slow bucket', async () => {
    const { size } = fileSource(videoSource('short'));
    const never = { size, read: () => new Promise<Uint8Array>(() => undefined) };

    await expect(createProber({ stallMs: 1_500 }).probe(never)).rejects.toThrow(/was killed after 1 reads/);
  });

  it('reads little of a long recording', async () => {
    const landscape = fileSource(videoSource('landscape'));
    let reads = 0;

    await prober.probe({
      ...landscape,
      read: (...range) => {
        reads += 1;
        return landscape.read(...range);
      },
    });

    expect(reads).toBeLessThanOrEqual(24);
  });
});

describe('pictures that are not of a video', () => {
  const directory = mkdtempSync(join(tmpdir(), 'covers-'));
  const cover = join(directory, 'cover.jpg');
  const ffmpeg = (...options: string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...options]);

  beforeAll(() => void ffmpeg('-f', 'lavfi', '-i', 'color=red:s=64x64', '-frames:v', '1', cover));
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(['mp3', 'm4a', 'flac'] as const)('the cover in %s', async (name) => {
    const path = join(directory, `${name}.${name}`);
    const copied = ['-map', '0', '-map', '1', '-c', 'copy', '-disposition:v', 'attached_pic'];
    ffmpeg('-i', videoSource(name), '-i', cover, ...copied, path);

    const probed = await prober.probe(fileSource(path));

    expect(probed).toMatchObject({ duration: expect.closeTo(2, 1), audio: { channels: 2 } });
    expect(probed).not.toHaveProperty('video');
  });
});

describe('broken files', () => {
  it(
    'never keep the prober busy for long, nor make it fail in another way than by a reason',
    async () => {
      const seeds = (['short', 'mkv', 'avi', 'webm', 'm4a'] as const).map((name) =>
        readFileSync(videoSource(name)),
      );
      const quick = createProber({ deadlineMs: 20_000, stallMs: 10_000 });
      const damage = fc.record({
        seed: fc.constantFrom(...seeds),
        // Headers lie at the beginning or at the end.
        bytes: fc.array(fc.tuple(fc.integer({ min: -4_000, max: 4_000 }), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 40,
        }),
        keep: fc.option(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { nil: undefined, freq: 4 }),
      });

      const property = fc.asyncProperty(damage, async ({ seed, bytes, keep }) => {
        const broken = Buffer.from(seed);
        for (const [at, value] of bytes) broken[(at + broken.length) % broken.length] = value;
        const source = bytesSource(broken.subarray(0, keep ? Math.ceil(keep * broken.length) : undefined));

        await refusal(quick.probe(source));
      });

      await fc.assert(property, { numRuns: brokenFiles, endOnFailure: true });
    },
    brokenFiles * 1_000 + 30_000,
  );
});

describe('the function that probes', () => {
  it('brings what it needs', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'probe-'));
    bundleFunction('lambdas/steps/probe.lambda.ts', directory);

    const asked = execFileSync(
      process.execPath,
      [
        join(directory, 'mediainfo.child.mjs'),
        JSON.stringify({ wasmFile: join(directory, 'MediaInfoModule.wasm'), bytes: 1 }),
      ],
      { input: 't' },
    );

    expect(asked.toString()).toContain('"tracks":[{"@type":"General"');
    rmSync(directory, { recursive: true });
  });
});
