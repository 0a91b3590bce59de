import type { StreamPackage, StreamTrack } from '../../lambdas/core/video/encoded.ts';
import type { RungName } from '../../lambdas/core/video/transcode-plan.ts';

/** Two segments of 6 s and one of 3 s, at a constant bit rate. */
function segmentsAt(bitsPerSecond: number): StreamTrack['segments'] {
  let offset = 820;
  return [6, 6, 3].map((duration) => {
    const bytes = (bitsPerSecond / 8) * duration;
    offset += bytes;
    return { offset: offset - bytes, bytes, duration };
  });
}

const pictures: Readonly<Record<RungName, readonly [width: number, height: number, codec: string]>> = {
  '1080p': [1_920, 1_080, 'avc1.640028'],
  '720p': [1_280, 720, 'avc1.64001f'],
  '480p': [854, 480, 'avc1.64001e'],
  '360p': [640, 360, 'avc1.64001e'],
};

export function videoTrack(name: RungName, bitsPerSecond: number): StreamTrack {
  const [width, height, codec] = pictures[name];
  return {
    ...{ name, codec, width, height, frameRate: 24_000 / 1_001 },
    init: { offset: 0, bytes: 820 },
    segments: segmentsAt(bitsPerSecond),
  };
}

export const audioTrack: StreamTrack = {
  ...{ name: 'audio', codec: 'mp4a.40.2', channels: 2 },
  init: { offset: 0, bytes: 820 },
  segments: segmentsAt(128_000),
};

/** Fifteen seconds in three qualities with sound, and one sheet of three small pictures. */
export const streamPackage: StreamPackage = {
  tracks: [
    videoTrack('1080p', 5_000_000),
    videoTrack('720p', 2_500_000),
    videoTrack('480p', 1_000_000),
    audioTrack,
  ],
  sprites: {
    ...{ sheets: 1, everySeconds: 5, tileWidth: 160, tileHeight: 90 },
    ...{ columns: 5, rows: 5, tiles: 3 },
  },
};
