import { describe, expect, it } from 'vitest';
import type { StreamTrack, TrackName } from '../../../lambdas/core/video/encoded.ts';
import { outputNames } from '../../../lambdas/core/video/encoded.ts';
import type { TranscodePlan } from '../../../lambdas/core/video/transcode-plan.ts';
import { streamDifferences } from '../../../lambdas/core/video/verify-stream.ts';

const box = (type: string, bytes: number): Buffer => {
  const one = Buffer.alloc(bytes);
  one.writeUInt32BE(bytes, 0);
  one.write(type, 4, 'latin1');
  return one;
};

const init = Buffer.concat([box('ftyp', 16), box('moov', 24)]);
const segmentBytes = 40;

const track = (name: TrackName, durations: readonly number[], height = 360): StreamTrack => ({
  name,
  init: { offset: 0, bytes: init.length },
  segments: durations.map((duration, index) => ({
    offset: init.length + index * segmentBytes,
    bytes: segmentBytes,
    duration,
  })),
  ...(name === 'audio'
    ? { codec: 'mp4a.40.2', channels: 2 }
    : { codec: 'avc1.64001f', width: (height * 16) / 9, height, frameRate: 25 }),
});

const object = ({ segments }: StreamTrack, type = 'moof'): Buffer =>
  Buffer.concat([init, ...segments.flatMap(() => [box(type, 16), box('mdat', segmentBytes - 16)])]);

const plan = {
  duration: 14,
  audio: { bitsPerSecond: 128_000, channels: 2, sampleRate: 48_000 },
  video: {
    frameRate: { numerator: 25, denominator: 1 },
    rungs: [
      { name: '720p', width: 1280, height: 720, maxBitsPerSecond: 1 },
      { name: '360p', width: 640, height: 360, maxBitsPerSecond: 1 },
    ],
  },
} as unknown as TranscodePlan;

const sound = track('audio', [6.016, 5.994, 1.99]);

function differences(
  tracks: readonly StreamTrack[],
  { objects = {} as Record<string, Buffer>, of = plan } = {},
) {
  const all = new Map([
    ...tracks.map((each) => [outputNames.track(each.name), object(each)] as const),
    ...Object.entries(objects),
  ]);
  return streamDifferences(
    {
      size: async (name) => all.get(name)?.length,
      read: async (name, from, length) => all.get(name)?.subarray(from, from + length) ?? Buffer.alloc(0),
      write: async () => undefined,
    },
    { tracks },
    of,
    0.041,
  );
}

describe('the tracks of a stream', () => {
  it('have segments that begin at the same times, sound by its own frames', async () => {
    const tracks = [track('720p', [6, 6, 2], 720), track('360p', [6, 6, 2]), sound];

    expect(await differences(tracks)).toEqual([]);
  });

  it('are told apart where segments of pictures begin at other times', async () => {
    const best = track('720p', [6, 6, 2], 720);

    expect(await differences([best, track('360p', [6, 5.96, 2.04]), sound])).toEqual([
      'the time of segment 3 of 360p is 11.96, not 12 (± 0.0001)',
    ]);
    expect(await differences([best, track('360p', [6, 8]), sound])).toEqual([
      'the number of segments of 360p is 2, not 3',
    ]);
  });

  it('last as long as the source, but for a frame', async () => {
    const tracks = [track('720p', [6, 6, 2], 720), track('360p', [6, 6, 2]), sound];

    expect(await differences(tracks, { of: { ...plan, duration: 14.03 } })).toEqual([]);
    expect(await differences(tracks, { of: { ...plan, duration: 14.5 } })).toEqual([
      'the duration of the stream is 14, not 14.5 (± 0.041)',
    ]);
  });

  it('may have an index before their segments, and nothing else', async () => {
    const { init: range, segments, ...facts } = track('360p', [6, 6, 2]);
    const behind = segments.map((each) => ({ ...each, offset: each.offset + 12 }));
    const tracks = [track('720p', [6, 6, 2], 720), { ...facts, init: range, segments: behind }, sound];
    const name = outputNames.track('360p');
    const bytes = object({ ...facts, init: range, segments });
    const withBox = (type: string) =>
      Buffer.concat([bytes.subarray(0, init.length), box(type, 12), bytes.subarray(init.length)]);

    expect(await differences(tracks, { objects: { [name]: withBox('sidx') } })).toEqual([]);
    expect(await differences(tracks, { objects: { [name]: withBox('mdat') } })).toEqual([
      `the end of the initialization of ${name} is 40, not 52`,
    ]);
  });

  it('have segments that begin with a fragment', async () => {
    const low = track('360p', [6, 6, 2]);
    const name = outputNames.track('360p');

    const found = await differences([track('720p', [6, 6, 2], 720), low, sound], {
      objects: { [name]: object(low, 'free') },
    });

    expect(found).toEqual([1, 2, 3].map((segment) => `segment ${segment} of ${name} begins with free`));
  });

  it('are what the plan says', async () => {
    const found = await differences([
      { ...track('720p', [6, 6, 2]), frameRate: 30 },
      { ...track('360p', [6, 6, 2]), codec: 'hvc1.1' },
      { ...sound, channels: 6 },
    ]);

    expect(found).toEqual([
      'the size of cmaf-720p.cmfv is 640x360, not 1280x720',
      'the frame rate of cmaf-720p.cmfv is 30, not 25 (± 0.001)',
      'the codec of cmaf-360p.cmfv is hvc1, not avc1',
      'the number of channels of cmaf-audio.cmfa is 6, not 2',
    ]);
  });
});
