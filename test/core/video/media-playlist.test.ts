import { describe, expect, it } from 'vitest';
import { parseMediaPlaylist } from '../../../lambdas/core/video/media-playlist.ts';

/** As FFmpeg writes it with `-hls_segment_type fmp4 -hls_flags single_file`. */
const lines = [
  '#EXTM3U',
  '#EXT-X-VERSION:7',
  '#EXT-X-TARGETDURATION:6',
  '#EXT-X-MEDIA-SEQUENCE:0',
  '#EXT-X-PLAYLIST-TYPE:VOD',
  '#EXT-X-INDEPENDENT-SEGMENTS',
  '#EXT-X-MAP:URI="cmaf-1080p.mp4",BYTERANGE="813@0"',
  '#EXTINF:6.006000,',
  '#EXT-X-BYTERANGE:1000@813',
  'cmaf-1080p.mp4',
  '#EXTINF:2,title, with a comma',
  '#EXT-X-BYTERANGE:500',
  'cmaf-1080p.mp4',
  '#EXT-X-ENDLIST',
  '',
];
const text = lines.join('\n');

const without = (start: string) => lines.filter((line) => !line.startsWith(start)).join('\n');

describe('the media playlist that an encoder leaves', () => {
  it('gives the ranges of its init section and its segments', () => {
    expect(parseMediaPlaylist(text)).toEqual({
      uri: 'cmaf-1080p.mp4',
      init: { offset: 0, bytes: 813 },
      segments: [
        { offset: 813, bytes: 1000, duration: 6.006 },
        { offset: 1813, bytes: 500, duration: 2 },
      ],
    });
  });

  it('is read with line ends of either kind, and with tags and comments that only tell more', () => {
    const told = text.replace(
      '#EXTINF:6.006000',
      '# a comment\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n#EXTINF:6.006',
    );

    expect(parseMediaPlaylist(told.replaceAll('\n', '\r\n'))).toEqual(parseMediaPlaylist(text));
  });

  it.each([
    ['is no playlist', text.slice(1), /does not begin with #EXTM3U/],
    ['breaks off', without('#EXT-X-ENDLIST'), /no EXT-X-ENDLIST/],
    ['goes on behind its end', `${text}#EXTINF:1,\n`, /line 15.*follows EXT-X-ENDLIST/],
    ['has no init section', without('#EXT-X-MAP'), /before EXT-X-MAP/],
    [
      'has an init section that is a whole object',
      text.replace(',BYTERANGE="813@0"', ''),
      /URI and BYTERANGE/,
    ],
    ['has two init sections', text.replace('#EXTINF:2', `${lines[6]}\n#EXTINF:2`), /second EXT-X-MAP/],
    ['has a segment of no duration', without('#EXTINF'), /line 9.*without EXTINF/],
    ['has a duration that is no number', text.replace('6.006000', 'six'), /line 8.*no duration: six/],
    ['has a segment that is a whole object', without('#EXT-X-BYTERANGE'), /without EXT-X-BYTERANGE/],
    ['begins without an offset', text.replace('1000@813', '1000'), /first EXT-X-BYTERANGE has no offset/],
    ['has a range of nothing', text.replace('1000@', '0@'), /not a range of bytes/],
    ['has a range that is no number', text.replace('1000@', '1e3@'), /not a range of bytes/],
    ['has a range beyond any object', text.replace('1000@', '9'.repeat(17)), /not a range of bytes/],
    [
      'has segments of several objects',
      text.replace(/mp4\n#EXT-X-ENDLIST/, 'm4s\n#EXT-X-ENDLIST'),
      /another/,
    ],
    ['is encrypted', text.replace('#EXTINF', '#EXT-X-KEY:METHOD=AES-128,URI="k"\n#EXTINF'), /EXT-X-KEY/],
    ['has gaps of time', text.replace('#EXTINF', '#EXT-X-DISCONTINUITY\n#EXTINF'), /EXT-X-DISCONTINUITY/],
    ['ends in half a segment', text.replace(/cmaf-1080p.mp4\n#EXT-X-END/, '#EXT-X-END'), /last segment/],
    ['has no segments', [...lines.slice(0, 7), '#EXT-X-ENDLIST'].join('\n'), /no segments/],
  ])('is refused when it %s', (_, broken, message) => {
    expect(() => parseMediaPlaylist(broken)).toThrow(message);
  });
});
