import { describe, expect, it } from 'vitest';
import { bitRates, targetDuration } from '../../../lambdas/core/video/bit-rates.ts';
import type { Segment, StreamPackage, StreamTrack } from '../../../lambdas/core/video/encoded.ts';
import { parseMediaPlaylist } from '../../../lambdas/core/video/media-playlist.ts';
import { masterPlaylist, mediaPlaylist, thumbnailTrack } from '../../../lambdas/core/video/playlists.ts';
import { audioTrack, streamPackage, videoTrack } from '../../support/streams.ts';

const segments = (...all: readonly [duration: number, bytes: number][]): readonly Segment[] => {
  let offset = 800;
  return all.map(([duration, bytes]) => {
    const segment = { offset, bytes, duration };
    offset += bytes;
    return segment;
  });
};

const master = (stream: StreamPackage): string => masterPlaylist(stream, ({ name }) => `${name}.m3u8?q=1`);

describe('bit rates', () => {
  it('are those of the segment that takes most, and of all together', () => {
    expect(bitRates(segments([6, 600_000], [6, 750_000], [6, 150_000]))).toEqual({
      peak: 1_000_000,
      average: 666_667,
    });
  });

  it('take a short segment together with its neighbours: a last frame is no peak', () => {
    const { peak } = bitRates(segments([6, 600_000], [6, 600_000], [0.04, 60_000]));
    expect(peak).toBe(Math.ceil((660_000 * 8) / 6.04));
  });

  it('of less than half a second are its own', () => {
    expect(bitRates(segments([0.4, 10_000]))).toEqual({ peak: 200_000, average: 200_000 });
    expect(targetDuration(segments([0.4, 10_000]))).toBe(1);
  });

  it('of twelve hours cost no time to speak of', () => {
    const long = segments(...Array.from({ length: 7_200 }, () => [6, 500_000] as [number, number]));
    const begun = performance.now();
    expect(bitRates(long).peak).toBe(666_667);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

describe('the master playlist', () => {
  it('offers every rung with sound, and begins with one that starts at once', () => {
    const text = master(streamPackage);

    expect(text.split('\n')).toEqual([
      '#EXTM3U',
      '#EXT-X-VERSION:7',
      '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio.m3u8?q=1"',
      '#EXT-X-STREAM-INF:BANDWIDTH=1128000,AVERAGE-BANDWIDTH=1128000,CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=854x480,FRAME-RATE=23.976,AUDIO="audio"',
      '480p.m3u8?q=1',
      '#EXT-X-STREAM-INF:BANDWIDTH=5128000,AVERAGE-BANDWIDTH=5128000,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=23.976,AUDIO="audio"',
      '1080p.m3u8?q=1',
      '#EXT-X-STREAM-INF:BANDWIDTH=2628000,AVERAGE-BANDWIDTH=2628000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=23.976,AUDIO="audio"',
      '720p.m3u8?q=1',
      '',
    ]);
  });

  it('says nothing of sound where there is none', () => {
    const text = master({ tracks: [videoTrack('360p', 500_000)] });
    expect(text).not.toMatch(/AUDIO|mp4a/);
    expect(text).toMatch(/CODECS="avc1\.64001e"/);
  });

  it('of a recording without pictures is its one track', () => {
    const text = master({ tracks: [audioTrack] });
    expect(text).toMatch(
      /\n#EXT-X-STREAM-INF:BANDWIDTH=128000,AVERAGE-BANDWIDTH=128000,CODECS="mp4a\.40\.2"\naudio\.m3u8\?q=1\n$/,
    );
    expect(text).not.toMatch(/EXT-X-MEDIA|RESOLUTION/);
  });
});

describe('a media playlist', () => {
  const track: StreamTrack = {
    ...videoTrack('720p', 2_500_000),
    segments: segments([6.006, 1_000], [6.006, 2_000], [1.5, 300]),
  };

  it('is read again as what it was written from', () => {
    const url = 'https://derived.test/cmaf-720p.mp4?X-Amz-Signature=abc&x=%22';
    const text = mediaPlaylist(track, url);

    expect(parseMediaPlaylist(text)).toEqual({ uri: url, init: track.init, segments: track.segments });
    expect(text).toMatch(/^#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:6\n/);
    expect(text).toMatch(/\n#EXT-X-PLAYLIST-TYPE:VOD\n/);
  });

  it('has no segment that is longer than its target, rounded', () => {
    for (const [longest, target] of [
      [6.5, 7],
      [6.49, 6],
      [0.2, 1],
    ] as const) {
      expect(targetDuration(segments([longest, 10], [0.1, 10]))).toBe(target);
    }
  });
});

describe('thumbnails', () => {
  const sprites = {
    ...{ sheets: 2, everySeconds: 5, tileWidth: 160, tileHeight: 90 },
    ...{ columns: 2, rows: 2, tiles: 6 },
  };

  it('are parts of sheets, row by row, sheet by sheet, up to the end', () => {
    const text = thumbnailTrack(sprites, 27.5, ['https://a/1', 'https://a/2']);

    expect(text).toBe(`WEBVTT

00:00:00.000 --> 00:00:05.000
https://a/1#xywh=0,0,160,90

00:00:05.000 --> 00:00:10.000
https://a/1#xywh=160,0,160,90

00:00:10.000 --> 00:00:15.000
https://a/1#xywh=0,90,160,90

00:00:15.000 --> 00:00:20.000
https://a/1#xywh=160,90,160,90

00:00:20.000 --> 00:00:25.000
https://a/2#xywh=0,0,160,90

00:00:25.000 --> 00:00:27.500
https://a/2#xywh=160,0,160,90
`);
  });

  it('of long films have hours, and never end before they begin', () => {
    const text = thumbnailTrack({ ...sprites, everySeconds: 3_000 }, 14_999.9, [
      'https://a/1',
      'https://a/2',
    ]);
    expect(text).toContain('02:30:00.000 --> 03:20:00.000\n');
    expect(text).toContain('04:10:00.000 --> 05:00:00.000\n');
  });
});
