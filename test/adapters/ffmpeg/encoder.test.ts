import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputNames } from '../../../lambdas/core/video/encoded.ts';
import type { Probe } from '../../../lambdas/core/video/probe.ts';
import type { Waveform } from '../../../lambdas/core/video/waveform.ts';
import {
  boxTypes,
  type Encoded,
  EncodingDesk,
  encode,
  ffprobe,
  keyFrames,
  probed,
} from '../../support/encoding.ts';
import { type VideoSource, videoSource } from '../../support/video-sources.ts';

const encodeTimeoutMs = 60_000;

const desk = new EncodingDesk();
afterAll(desk.clear);

/** Rungs that come out, and how their pictures are cut. */
const ladders: readonly (readonly [VideoSource, Record<string, string>, rate: string])[] = [
  ['landscape', { '1080p': '1920x1080', '720p': '1280x720', '480p': '854x480', '360p': '640x360' }, '25/1'],
  ['uhd', { '1080p': '1920x1080', '720p': '1280x720', '480p': '854x480', '360p': '640x360' }, '25/1'],
  ['portrait', { '720p': '720x1280', '480p': '480x854', '360p': '360x640' }, '30/1'],
  ['film', { '360p': '640x360' }, '24000/1001'],
  ['variable', { '360p': '640x360' }, '24000/1001'],
  ['silent', { '360p': '640x360' }, '25/1'],
  ['surround', { '360p': '640x360' }, '25/1'],
  ['short', { '360p': '640x360' }, '25/1'],
  ['anamorphic', { '720p': '1024x576', '480p': '854x480', '360p': '640x360' }, '25/1'],
  ['odd', { '360p': '426x238' }, '25/1'],
  ['mov', { '360p': '640x360' }, '25/1'],
  ['mkv', { '360p': '640x360' }, '25/1'],
  ['webm', { '360p': '640x360' }, '25/1'],
  ['avi', { '360p': '640x360' }, '25/1'],
  ['upperMp4', { '360p': '640x360' }, '25/1'],
  ['upperMov', { '360p': '640x360' }, '25/1'],
  ['interlaced', { '480p': '640x480', '360p': '480x360' }, '25/1'],
  ['resized', { '360p': '320x180' }, '30/1'],
  ['hdr10', { '360p': '640x360' }, '25/1'],
];

describe.each(ladders)('of the source %s', (name, ladder, rate) => {
  let probe: Probe;
  let encoded: Encoded;
  beforeAll(async () => {
    probe = await probed(name);
    encoded = await encode(desk, name, { probe });
  }, encodeTimeoutMs);
  const rungs = Object.keys(ladder) as (keyof typeof ladder & '360p')[];

  it('makes each rung in its size, as H.264 in BT.709 with square pixels, and AAC in stereo', async () => {
    const { path } = encoded;

    for (const rung of rungs) {
      const { streams, format } = await ffprobe(path(outputNames.rung(rung)));
      const picture = streams.find(({ codec_type }) => codec_type === 'video');
      const sound = streams.filter(({ codec_type }) => codec_type === 'audio');
      expect(`${picture?.width}x${picture?.height}`).toBe(ladder[rung]);
      expect(picture).toMatchObject({
        ...{ codec_name: 'h264', profile: 'High', pix_fmt: 'yuv420p', sample_aspect_ratio: '1:1' },
        ...{ color_space: 'bt709', color_transfer: 'bt709', color_primaries: 'bt709', color_range: 'tv' },
        ...{ avg_frame_rate: rate, start_time: '0.000000' },
      });
      expect(sound).toHaveLength(probe.audio ? 1 : 0);
      if (sound[0]) expect(sound[0]).toMatchObject({ codec_name: 'aac', profile: 'LC', channels: 2 });
      expect(Object.keys(format.tags ?? {})).not.toContain('creation_time');
    }
  });

  it('keeps its duration within a frame, and puts `moov` first', async () => {
    const { path, plan, files } = encoded;
    const [numerator = 0, denominator = 0] = rate.split('/').map(Number);
    const frame = denominator / numerator;

    for (const rung of rungs) {
      const { duration, bytes } = files.find((file) => file.name === outputNames.rung(rung)) ?? {};
      expect(Math.abs((duration ?? 0) - plan.duration)).toBeLessThanOrEqual(frame);
      const types = boxTypes(path(outputNames.rung(rung)));
      expect(types.indexOf('moov')).toBeLessThan(types.indexOf('mdat'));
      expect(bytes).toBe(statSync(path(outputNames.rung(rung))).size);
    }
  });

  it('has key frames at the same times in all rungs and tracks, and segments that begin with one', async () => {
    const { path, plan, stream } = encoded;
    const every = plan.video?.keyFrameSeconds ?? 0;

    for (const rung of rungs) {
      const times = keyFrames(await ffprobe(path(outputNames.rung(rung))));
      expect(times).toHaveLength(Math.ceil((plan.duration - 0.05) / every));
      times.forEach((time, index) => {
        expect(time).toBeCloseTo(index * every, 5);
      });
      expect(keyFrames(await ffprobe(path(outputNames.track(rung))))).toEqual(times);
    }
    const pictures = stream().tracks.filter((track) => track.name !== 'audio');
    const cuts = pictures.map(({ segments }) => segments.map(({ duration }) => duration));
    expect(new Set(cuts.map(String)).size).toBe(1);
  });

  it('describes a stream whose tracks are covered by their ranges', () => {
    const { path, stream } = encoded;
    const { tracks, sprites } = stream();

    const withSound = probe.audio ? ['audio'] : [];
    expect(tracks.map(({ name: track }) => track)).toEqual([...rungs, ...withSound]);
    for (const track of tracks) {
      let end = track.init.offset + track.init.bytes;
      for (const segment of track.segments) {
        expect(segment.offset).toBe(end);
        end += segment.bytes;
      }
      expect(end).toBe(statSync(path(outputNames.track(track.name))).size);
      expect(track.codec).toMatch(track.name === 'audio' ? /^mp4a\.40\.2$/ : /^avc1\.6400[0-9a-f]{2}$/);
    }
    expect(sprites?.sheets).toBe(1);
  });

  it('makes poster, clip and sprites in their sizes, and says what there is', async () => {
    const { path, plan, files } = encoded;
    const { poster, clip, sprites } = plan.video ?? {};

    const sizeOf = async (file: string) => {
      const { streams } = await ffprobe(path(file));
      return streams.map(({ width, height, codec_name }) => ({ width, height, codec_name }));
    };
    expect(await sizeOf(outputNames.poster)).toEqual([
      { width: poster?.width, height: poster?.height, codec_name: 'mjpeg' },
    ]);
    expect(await sizeOf(outputNames.clip)).toEqual([
      { width: clip?.width, height: clip?.height, codec_name: 'h264' },
    ]);
    expect(await sizeOf(outputNames.sprite(1))).toEqual([
      {
        width: (sprites?.tileWidth ?? 0) * (sprites?.columns ?? 0),
        height: (sprites?.tileHeight ?? 0) * (sprites?.rows ?? 0),
        codec_name: 'mjpeg',
      },
    ]);
    for (const { name: file, bytes } of files) expect(statSync(path(file)).size).toBe(bytes);
  });

  it('reports progress that only grows, 100 at the end, and leaves nothing on the disk', () => {
    const { percents } = encoded;

    expect(percents).toEqual([...new Set(percents)].sort((one, other) => one - other));
    expect(percents.at(-1)).toBe(100);
    expect(desk.leftovers()).toEqual([]);
  });
});

it('makes progressive pictures of interlaced ones', async () => {
  const { path } = await encode(desk, 'interlaced');

  const before = fieldCounts(videoSource('interlaced'));
  expect(before.interlaced).toBeGreaterThan(10 * before.progressive);
  const after = fieldCounts(path(outputNames.rung('480p')));
  expect(after.progressive).toBeGreaterThan(10 * after.interlaced);
});

/** Frames by what ffmpeg sees in their lines, whatever they say of themselves. */
function fieldCounts(file: string): { interlaced: number; progressive: number } {
  const { stderr } = spawnSync('ffmpeg', ['-i', file, '-an', '-vf', 'idet', '-f', 'null', '-'], {
    encoding: 'utf8',
  });
  const [, top, bottom, progressive] =
    /Multi frame detection: TFF:\s*(\d+) BFF:\s*(\d+) Progressive:\s*(\d+)/.exec(stderr) ?? [];
  return { interlaced: Number(top) + Number(bottom), progressive: Number(progressive) };
}

describe('of recordings', () => {
  it.each(['mp3', 'wav', 'flac', 'm4a'] as const)('makes AAC and a waveform: %s', async (name) => {
    const { path, files, plan } = await encode(desk, name);

    expect(files.map((file) => file.name)).toEqual(['audio.m4a', 'waveform.json']);
    const { streams, format } = await ffprobe(path('audio.m4a'));
    expect(streams).toMatchObject([{ codec_name: 'aac', profile: 'LC', channels: plan.audio?.channels }]);
    expect(Math.abs(Number(format.duration) - plan.duration)).toBeLessThan(0.05);
    const waveform = JSON.parse(readFileSync(path('waveform.json'), 'utf8')) as Waveform;
    expect(waveform).toMatchObject({ version: 2, channels: 1, bits: 8 });
    expect(waveform.data).toHaveLength(2 * waveform.length);
    expect(waveform.length).toBeLessThanOrEqual(plan.waveform?.points ?? 0);
    const seconds = (waveform.length * waveform.samples_per_pixel) / waveform.sample_rate;
    expect(Math.abs(seconds - plan.duration)).toBeLessThan(0.1);
    // The tone of the sources: an eighth of the greatest amplitude.
    expect(Math.max(...waveform.data)).toBeGreaterThan(8);
  });
});
