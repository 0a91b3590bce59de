import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyClip } from '../../../lambdas/adapters/mediabunny/copy-clip.ts';
import { outputNames } from '../../../lambdas/core/video/encoded.ts';
import { boxTypes, type Encoded, EncodingDesk, encode, ffprobe, keyFrames } from '../../support/encoding.ts';

const desk = new EncodingDesk();
afterAll(() => desk.clear());

let encoded: Encoded;
let track: Buffer;

beforeAll(async () => {
  encoded = await encode(desk, 'twoScenes');
  track = readFileSync(encoded.path(outputNames.track('360p')));
}, 60_000);

async function clipOf(bytes: Uint8Array, seconds: number): Promise<string> {
  const path = join(desk.folder(), outputNames.clip);
  writeFileSync(path, await copyClip(bytes, seconds));
  return path;
}

/** A hash of each decoded picture. */
const pictures = (path: string): string[] =>
  execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-an', '-f', 'framemd5', '-'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.startsWith('0,'))
    .map((line) => line.split(',').at(-1)?.trim() ?? '');

it('copies the pictures up to a key frame, from 0 s on, with `moov` before `mdat`', async () => {
  const path = await clipOf(track, 4);

  const report = await ffprobe(path);
  expect(boxTypes(path)).toEqual(['ftyp', 'moov', 'mdat']);
  expect(report.streams).toHaveLength(1);
  expect(report.streams[0]).toMatchObject({
    codec_name: 'h264',
    width: 480,
    height: 360,
    pix_fmt: 'yuv420p',
  });
  expect(Number(report.streams[0]?.start_time)).toBe(0);
  expect(Number(report.format.duration)).toBeCloseTo(4, 2);
  expect(keyFrames(report)).toEqual([0, 2]);
  expect(pictures(path)).toEqual(pictures(encoded.path('360p.mp4')).slice(0, 100));
});

it('copies all where there is no key frame at the end', async () => {
  const path = await clipOf(track, 6.4);

  expect(Number((await ffprobe(path)).format.duration)).toBeCloseTo(6.4, 2);
  expect(pictures(path)).toEqual(pictures(encoded.path('360p.mp4')));
});

it('needs the first segments alone, at whatever time they begin', async () => {
  const { init, segments = [] } = encoded.stream().tracks.find(({ name }) => name === '360p') ?? {};
  const [first, last] = [segments[0], segments.at(-1)];
  if (!init || !first || !last) throw new Error('there are no segments');
  const upTo = first.offset + first.bytes;

  expect(pictures(await clipOf(track.subarray(0, upTo), 4))).toHaveLength(100);
  const end = Buffer.concat([track.subarray(0, init.bytes), track.subarray(last.offset)]);
  const report = await ffprobe(await clipOf(end, 10));
  expect(Number(report.streams[0]?.start_time)).toBe(0);
});

it('throws what has no pictures', async () => {
  const sound = readFileSync(encoded.path(outputNames.track('audio')));

  await expect(clipOf(sound, 4)).rejects.toThrow('no pictures to copy');
});
