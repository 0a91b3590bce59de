import { framesPerSecond } from './frame-rate.ts';
import { preprocessors } from './mediaconvert-tracks.ts';
import type { VideoPlan } from './transcode-plan.ts';

/** In percent, as for the pictures that sharp makes. */
const jpegQuality = 80;
/** Of a capture's rate: milliseconds. */
const perSecond = 1_000;

/**
 * The poster: MediaConvert captures the first frame, and then one every so many seconds. Asked for two, the second is the one
 * at the wanted time. What is shorter than two frames has the first alone.
 */
export const frameCaptures = (video: VideoPlan) => ({
  ContainerSettings: { Container: 'RAW' as const },
  VideoDescription: {
    Width: video.poster.width,
    Height: video.poster.height,
    ScalingBehavior: 'STRETCH_TO_OUTPUT' as const,
    CodecSettings: {
      Codec: 'FRAME_CAPTURE' as const,
      FrameCaptureSettings: {
        FramerateNumerator: perSecond,
        FramerateDenominator: Math.max(1, Math.round(video.poster.atSeconds * perSecond)),
        MaxCaptures: capturesOf(video),
        Quality: jpegQuality,
      },
    },
    VideoPreprocessors: preprocessors(video.toneMap),
  },
});

const capturesOf = ({ poster, frameRate }: VideoPlan): 1 | 2 =>
  poster.atSeconds * framesPerSecond(frameRate) >= 1 ? 2 : 1;

/** MediaConvert makes tiles of these widths alone. */
const tileStep = 8;

/**
 * Sheets of tiles beside the stream, from its best rung, and a playlist of them. One that has no such width, as of a very
 * narrow portrait, gets the next smaller one: `tileOf` says which.
 */
export const pictureTiles = (video: VideoPlan) => {
  const { everySeconds, columns, rows } = video.sprites;
  const { width, height } = tileOf(video);
  return {
    ImageBasedTrickPlay: 'ADVANCED' as const,
    ImageBasedTrickPlaySettings: {
      IntervalCadence: 'FOLLOW_CUSTOM' as const,
      ThumbnailInterval: everySeconds,
      ThumbnailWidth: width,
      ThumbnailHeight: height,
      TileWidth: columns,
      TileHeight: rows,
    },
  };
};

/** Size of a tile as MediaConvert makes it. */
const tileOf = ({ sprites: { tileWidth, tileHeight } }: VideoPlan) => ({
  width: Math.max(tileStep, tileWidth - (tileWidth % tileStep)),
  height: tileHeight,
});
