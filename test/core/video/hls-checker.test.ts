import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProber } from '../../../lambdas/adapters/mediainfo/prober.ts';
import { outputNames, type StreamPackage } from '../../../lambdas/core/video/encoded.ts';
import { masterPlaylist, mediaPlaylist } from '../../../lambdas/core/video/playlists.ts';
import { bytesSource } from '../../support/bytes-of.ts';
import { type Encoded, EncodingDesk, encodeBytes } from '../../support/encoding.ts';
import { checkHls } from '../../support/hls-checker.ts';
import type { HlsReader } from '../../support/hls-reader.ts';

const desk = new EncodingDesk();
afterAll(() => desk.clear());

let encoded: Encoded;
let stream: StreamPackage;

/** Seven seconds: two segments, in two qualities. */
beforeAll(async () => {
  const source = join(desk.folder(), 'source.mkv');
  const picture = ['-f', 'lavfi', '-t', '7', '-i', 'testsrc2=size=854x480:rate=12'];
  const tone = ['-f', 'lavfi', '-t', '7', '-i', 'sine=440:r=48000'];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  execFileSync('ffmpeg', ['-v', 'error', ...picture, ...tone, ...codecs, source]);
  const bytes = readFileSync(source);
  encoded = await encodeBytes(desk, bytes, { probe: await createProber().probe(bytesSource(bytes)) });
  stream = encoded.stream();
}, 60_000);

const base = 'https://stream.test/f/';

type Change = (text: string, name: string) => string;

/** The stream as it is served, but for what `change` makes of its playlists and `bytes` of its objects. */
function served(
  change: Change = (text) => text,
  bytes: (object: Buffer, name: string) => Buffer = (all) => all,
) {
  const objectOf = (url: string): Buffer => {
    const name = url.slice(base.length);
    return bytes(readFileSync(encoded.path(name)), name);
  };
  const reader: HlsReader = {
    text: async (url) => {
      const name = url.slice(base.length);
      if (name === 'master.m3u8')
        return change(
          masterPlaylist(stream, (track) => `${track.name}.m3u8`),
          name,
        );
      const track = stream.tracks.find((each) => name === `${each.name}.m3u8`);
      if (!track) throw new Error(`there is no ${url}`);
      return change(mediaPlaylist(track, outputNames.track(track.name)), name);
    },
    size: async (url) => objectOf(url).length,
    range: async (url, offset, length) => objectOf(url).subarray(offset, offset + length),
  };
  return checkHls(`${base}master.m3u8`, reader);
}

const inFile =
  (file: string, from: string | RegExp, to: string): Change =>
  (text, name) => {
    if (name !== file) return text;
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${from} is not in ${file}`);
    return changed;
  };

describe('the checker of streams', () => {
  it('finds nothing wrong with what is served of an encoded video', async () => {
    expect(stream.tracks.map(({ name, segments }) => [name, segments.length])).toEqual([
      ['480p', 2],
      ['360p', 2],
      ['audio', 2],
    ]);
    expect(await served()).toEqual([]);
  });

  it.each([
    [
      'a low BANDWIDTH',
      'master.m3u8',
      /BANDWIDTH=\d+/,
      'BANDWIDTH=9000',
      /BANDWIDTH of .* is 9000, below the peak/,
    ],
    [
      'a wrong AVERAGE-BANDWIDTH',
      'master.m3u8',
      /AVERAGE-BANDWIDTH=\d+/,
      'AVERAGE-BANDWIDTH=90000000',
      /AVERAGE-BANDWIDTH of .* is 90000000, measured are/,
    ],
    [
      'no AVERAGE-BANDWIDTH',
      'master.m3u8',
      /AVERAGE-BANDWIDTH=\d+,/,
      '',
      /AVERAGE-BANDWIDTH of .* is undefined/,
    ],
    [
      'wrong CODECS',
      'master.m3u8',
      /avc1\.\w+/,
      'avc1.4d0028',
      /CODECS of .* is "avc1.4d0028,mp4a.40.2", without/,
    ],
    ['CODECS without sound', 'master.m3u8', ',mp4a.40.2', '', /CODECS of .* without the mp4a of audio/],
    ['no CODECS', 'master.m3u8', /CODECS="[^"]*",/, '', /CODECS of .* is ""/],
    ['no RESOLUTION', 'master.m3u8', /RESOLUTION=\d+x\d+,/, '', /RESOLUTION of .* is undefinedxundefined/],
    ['a wrong RESOLUTION', 'master.m3u8', /RESOLUTION=\d+x/, 'RESOLUTION=100x', /RESOLUTION of .* is 100x/],
    [
      'no FRAME-RATE',
      'master.m3u8',
      /FRAME-RATE=[\d.]+,/,
      '',
      /FRAME-RATE of .* is undefined, measured are 12.000/,
    ],
    ['a wrong FRAME-RATE', 'master.m3u8', 'FRAME-RATE=12.000', 'FRAME-RATE=25.000', /FRAME-RATE of .* is 25/],
    ['no promise of key frames', 'master.m3u8', '#EXT-X-INDEPENDENT-SEGMENTS\n', '', /no EXT-X-INDEPENDENT/],
    ['an old version', '480p.m3u8', 'VERSION:7', 'VERSION:6', /480p.m3u8 is of version 6/],
    [
      'sound that is in no group',
      'master.m3u8',
      /AUDIO="audio"/,
      'AUDIO="other"',
      /cannot be parsed|different sound/,
    ],
    [
      'sound that not all variants have',
      'master.m3u8',
      /,AUDIO="audio"/,
      '',
      /variants have different sound/,
    ],
    ['a wrong number of channels', 'master.m3u8', /CHANNELS="\d"/, 'CHANNELS="6"', /channels and not 6/],
    ['no default sound', 'master.m3u8', 'DEFAULT=YES', 'DEFAULT=NO', /not exactly one rendition/],
    [
      'a target duration that is too short',
      '480p.m3u8',
      /TARGETDURATION:6/,
      'TARGETDURATION:5',
      /TARGETDURATION|EXTINF duration/,
    ],
    [
      'segments that last longer than they say',
      '480p.m3u8',
      '#EXTINF:1.000000',
      '#EXTINF:0.500000',
      /lasts 1.000 s/,
    ],
    [
      'segments of other times',
      '480p.m3u8',
      '#EXTINF:6.000000',
      '#EXTINF:6.050000',
      /lasts 6.05 s, in|in .* 6.05 s/,
    ],
    [
      'ranges beyond the object',
      '480p.m3u8',
      /BYTERANGE:(\d+)@(\d+)\n(.*)\n#EXT-X-END/,
      'BYTERANGE:9$1@$2\n$3\n#EXT-X-END',
      /segment 2 .* ends at/,
    ],
    [
      'ranges that begin elsewhere',
      '480p.m3u8',
      /BYTERANGE:\d+@\d+\n/,
      'BYTERANGE:2000@900\n',
      /segment 1 .* begins with/,
    ],
    ['no initialization', '480p.m3u8', /#EXT-X-MAP.*\n/, '', /480p.m3u8 has no EXT-X-MAP/],
    [
      'an initialization that breaks off',
      '480p.m3u8',
      /BYTERANGE="\d+@0"/,
      'BYTERANGE="100@0"',
      /is no ftyp and moov/,
    ],
    ['no end', '480p.m3u8', '#EXT-X-ENDLIST\n', '', /no EXT-X-ENDLIST/],
    ['no playlists at all', 'master.m3u8', /[\s\S]*/, 'Not found', /cannot be parsed/],
  ])('finds %s', async (_, file, from, to, problem) => {
    expect(await served(inFile(file, from, to))).toContainEqual(expect.stringMatching(problem));
  });

  it('finds a segment that one of the qualities lacks', async () => {
    const last = /#EXTINF:1\.[\s\S]*(?=#EXT-X-ENDLIST)/;

    expect(await served(inFile('360p.m3u8', last, ''))).toContainEqual(
      expect.stringMatching(/has 1 segments and .* 2|has 2 segments and .* 1/),
    );
  });

  it('finds bytes that are not those of a segment', async () => {
    const broken = (object: Buffer, name: string) =>
      name.includes('360p') ? Buffer.concat([object.subarray(0, -900), Buffer.alloc(100)]) : object;

    expect(await served(undefined, broken)).toContainEqual(
      expect.stringMatching(/segment 2 of 360p.m3u8 ends at/),
    );
  });
});
