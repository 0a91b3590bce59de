import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyClip } from '../../../lambdas/adapters/mediabunny/copy-clip.ts';
import { createProber, proberLimits } from '../../../lambdas/adapters/mediainfo/prober.ts';
import { OutputsDiffer } from '../../../lambdas/core/video/differences.ts';
import type { EncodedFile, StreamPackage } from '../../../lambdas/core/video/encoded.ts';
import type { EncodedObjects } from '../../../lambdas/core/video/encoded-objects.ts';
import { adoptMediaConvert } from '../../../lambdas/core/video/mediaconvert-package.ts';
import type { Probe } from '../../../lambdas/core/video/probe.ts';
import { type Expected, type VerifyDeps, verifyOutputs } from '../../../lambdas/core/video/verify.ts';
import { bytesSource } from '../../support/bytes-of.ts';
import { changed, encodedFolder } from '../../support/encoded-folder.ts';
import { type Encoded, EncodingDesk, encode, probed } from '../../support/encoding.ts';

const desk = new EncodingDesk();
afterAll(() => desk.clear());

/** What is the same as before is probed once. */
const probes = new Map<string, Promise<Probe>>();
const real = createProber();
const deps: VerifyDeps = {
  bounds: proberLimits,
  prober: {
    probe: async (source) => {
      const bytes = await source.read(0, source.size);
      const digest = createHash('sha256').update(bytes).digest('hex');
      const probing = probes.get(digest) ?? real.probe(bytesSource(bytes));
      probes.set(digest, probing);
      return probing;
    },
  },
};

let probe: Probe;
let encoded: Encoded;
let folder: string;
let expected: Expected;

beforeAll(async () => {
  probe = await probed('film');
  encoded = await encode(desk, 'film', { probe });
  folder = dirname(encoded.path('stream.json'));
  expected = { plan: encoded.plan, probe, encoder: 'ffmpeg' };
}, 60_000);

const verify = (objects: EncodedObjects, over: Partial<Expected> = {}) =>
  verifyOutputs(deps, objects, { ...expected, ...over });

const byName = (files: readonly EncodedFile[]) =>
  Object.fromEntries(files.map(({ name, duration, ...file }) => [name, file]));

describe('outputs of a plan', () => {
  it('are all found and measured as the encoder says', async () => {
    const files = await verify(encodedFolder(folder));

    expect(byName(files)).toEqual(byName(encoded.files));
  });

  it.each(['m4a', 'mp3'] as const)('of sound alone are a recording and its waveform: %s', async (name) => {
    const sound = await probed(name);
    const { plan, path } = await encode(desk, name, { probe: sound });

    const files = await verify(encodedFolder(dirname(path('audio.m4a'))), { plan, probe: sound });

    expect(files.map(({ name, duration }) => [name, duration])).toEqual([
      ['audio.m4a', expect.closeTo(2, 1)],
      ['waveform.json', undefined],
    ]);
  });
});

describe('an output that is not as planned', () => {
  const bytes = (name: string) => readFileSync(join(folder, name));
  const best = () => encoded.plan.video?.rungs[0]?.name ?? '360p';
  const withStream = (change: (stream: StreamPackage) => unknown) =>
    changed(folder, { 'stream.json': Buffer.from(JSON.stringify(change(encoded.stream()))) });
  const withFirstTrack = (change: (track: StreamPackage['tracks'][number]) => object) =>
    withStream(({ tracks: [first, ...others], ...stream }) => ({
      ...stream,
      tracks: [{ ...first, ...(first && change(first)) }, ...others],
    }));

  it('is told when it is missing', async () => {
    const missing = [
      'poster.jpg',
      'clip.mp4',
      '360p.mp4',
      'sprite-1.jpg',
      'cmaf-360p.cmfv',
      'cmaf-audio.cmfa',
    ];
    const objects = changed(folder, Object.fromEntries(missing.map((name) => [name, undefined])));

    const error = await verify(objects).catch((thrown) => thrown);

    expect(error).toBeInstanceOf(OutputsDiffer);
    for (const name of missing) expect(error.differences).toContain(`${name} is not there`);
    await expect(verify(changed(folder, { 'stream.json': undefined }))).rejects.toThrow(
      'stream.json is not there',
    );
  });

  it('is told with what and by how much', async () => {
    const { plan } = expected;
    const longer = { ...plan, duration: plan.duration + 0.2 };

    await expect(verify(encodedFolder(folder), { plan: longer })).rejects.toThrow(
      /the duration of 360p.mp4 is 2.0\d+, not 2.2\d+ \(± 0.04\d+\); .*the duration of the stream/,
    );
    const [rung, ...rungs] = plan.video?.rungs ?? [];
    const wider = { ...plan, video: { ...plan.video, rungs: [{ ...rung, width: 642 }, ...rungs] } };
    await expect(verify(encodedFolder(folder), { plan: wider as typeof plan })).rejects.toThrow(
      /the size of 360p.mp4 is 640x360, not 642x360/,
    );
  });

  it('is told when a movie breaks off, or has its samples first', async () => {
    const late = join(folder, 'late.mp4');
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', join(folder, '360p.mp4'), '-c', 'copy', late]);

    await expect(verify(changed(folder, { '360p.mp4': readFileSync(late) }))).rejects.toThrow(
      /the order of boxes of 360p.mp4 is ftyp,mdat,moov/,
    );
    const broken = bytes('clip.mp4').subarray(0, -500);
    await expect(verify(changed(folder, { 'clip.mp4': broken }))).rejects.toThrow(
      /malformed|last box of clip.mp4/,
    );
    await expect(
      verify(changed(folder, { 'poster.jpg': bytes('sprite-1.jpg').subarray(4) })),
    ).rejects.toThrow('poster.jpg is no JPEG');
  });

  it('is told when ranges of a track do not fill its object', async () => {
    const name = `cmaf-${best()}.cmfv`;

    await expect(
      verify(changed(folder, { [name]: Buffer.concat([bytes(name), Buffer.alloc(7)]) })),
    ).rejects.toThrow(`the end of segment 1 of ${name}`);
    await expect(
      verify(withFirstTrack(({ init }) => ({ init: { ...init, bytes: init.bytes - 1 } }))),
    ).rejects.toThrow(`the end of the initialization of ${name}`);
    const shifted = withFirstTrack(({ segments }) => ({
      segments: segments.map((each) => ({ ...each, offset: each.offset + 1, bytes: each.bytes - 1 })),
    }));
    await expect(verify(shifted)).rejects.toThrow(/segment 1 of .* begins with/);
  });

  it('is told when tracks are missing, or segments do not begin together', async () => {
    await expect(
      verify(withStream((stream) => ({ ...stream, tracks: stream.tracks.slice(1) }))),
    ).rejects.toThrow('tracks of the stream is audio, not 360p,audio');
    const twice = withStream(({ tracks, ...stream }) => ({ ...stream, tracks: [...tracks].reverse() }));
    await expect(verify(twice)).rejects.toThrow('tracks of the stream is audio,360p');
  });
});

describe('what MediaConvert leaves', () => {
  /** The same bytes under the names, and with the playlists, of MediaConvert. */
  const asMediaConvert = () => {
    const { tracks } = encoded.stream();
    const playlists = tracks.map((track) => [
      `cmaf-${track.name}.m3u8`,
      [
        '#EXTM3U',
        '#EXT-X-VERSION:7',
        `#EXT-X-MAP:URI="cmaf-${track.name}.${track.name === 'audio' ? 'cmfa' : 'cmfv'}",BYTERANGE="${track.init.bytes}@0"`,
        ...track.segments.flatMap(({ duration, bytes, offset }) => [
          `#EXTINF:${duration},`,
          `#EXT-X-BYTERANGE:${bytes}@${offset}`,
          `cmaf-${track.name}.${track.name === 'audio' ? 'cmfa' : 'cmfv'}`,
        ]),
        '#EXT-X-ENDLIST',
      ].join('\n'),
    ]);
    const codecs = tracks.map(({ codec }) => codec).join(',');
    const master = [
      '#EXTM3U',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="sound",URI="cmaf-audio.m3u8"',
      `#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="${codecs}",RESOLUTION=640x360,AUDIO="sound"`,
      'cmaf-360p.m3u8',
      '#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=1,RESOLUTION=160x90,CODECS="jpeg",URI="cmaf-images.m3u8"',
    ].join('\r\n');
    const images = [
      '#EXTM3U',
      '#EXT-X-IMAGES-ONLY',
      '#EXTINF:5.000,',
      '#EXT-X-TILES:RESOLUTION=160x90,LAYOUT=1x1,DURATION=5.000',
      'cmaf_image_000000001.jpg',
      '#EXT-X-ENDLIST',
    ].join('\n');
    const texts = { ...Object.fromEntries(playlists), 'cmaf.m3u8': master, 'cmaf-images.m3u8': images };
    return changed(folder, {
      ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text as string)])),
      'cmaf_image_000000001.jpg': readFileSync(join(folder, 'sprite-1.jpg')),
      'poster.0000001.jpg': readFileSync(join(folder, 'poster.jpg')),
      ...{
        'stream.json': undefined,
        'poster.jpg': undefined,
        'sprite-1.jpg': undefined,
        'clip.mp4': undefined,
      },
    });
  };

  it('becomes what the other encoder leaves, and is verified as that', async () => {
    const objects = asMediaConvert();

    await adoptMediaConvert(objects, encoded.plan, copyClip);
    const files = await verify(objects, { encoder: 'mediaconvert' });

    const { sprites, ...stream } = JSON.parse(
      Buffer.from(await objects.read('stream.json', 0, 1e6)).toString(),
    );
    expect(stream).toEqual({ tracks: encoded.stream().tracks });
    expect(sprites).toEqual({
      ...{ sheets: 1, everySeconds: 5, tileWidth: 160, tileHeight: 90, columns: 1, rows: 1, tiles: 1 },
    });
    expect(files.map(({ name }) => name)).toEqual([
      ...['poster.jpg', 'clip.mp4', '360p.mp4'],
      ...['stream.json', 'cmaf-360p.cmfv', 'cmaf-audio.cmfa', 'sprite-1.jpg'],
    ]);
  });

  it('may take its small pictures at the next frame, and no further from where they belong', async () => {
    const objects = asMediaConvert();
    await adoptMediaConvert(objects, encoded.plan, copyClip);
    const text = Buffer.from(await objects.read('stream.json', 0, 1e6)).toString();
    const every = (seconds: number) =>
      objects.write(
        'stream.json',
        '',
        Buffer.from(text.replace('"everySeconds":5', `"everySeconds":${seconds}`)),
      );

    await every(5.005);
    expect(await verify(objects, { encoder: 'mediaconvert' })).toHaveLength(7);
    await every(6);
    await expect(verify(objects, { encoder: 'mediaconvert' })).rejects.toThrow(
      'seconds between sprites is 6',
    );
  });

  it('is not taken where a playlist is missing or leads elsewhere', async () => {
    const objects = asMediaConvert();
    await objects.write('cmaf-360p.m3u8', '', await objects.read('cmaf-audio.m3u8', 0, 1e6));

    await expect(adoptMediaConvert(objects, encoded.plan, copyClip)).rejects.toThrow(
      'cmaf-360p.m3u8 leads to cmaf-audio.cmfa',
    );
    await expect(adoptMediaConvert(encodedFolder(folder), encoded.plan, copyClip)).rejects.toThrow(
      'MediaConvert has left no cmaf.m3u8',
    );
  });
});
