import { type Cuts, constantRate, cutsAt } from './frame-rate.ts';
import { ladderOf, largestBox, type RungCeilings, smallestBox } from './ladder.ts';
import type { AudioTrack, Probe, RefusalReason, VideoTrack } from './probe.ts';
import { fitted, longerSide, shorterSide, shownSize } from './shown-size.ts';
import { type SpriteBounds, spritesOf } from './sprites.ts';
import type { AudioPlan, TranscodePlan, VideoPlan } from './transcode-plan.ts';

/** What `limits.video` says of plans. */
export interface PlanBounds extends SpriteBounds {
  readonly rungBitsPerSecond: RungCeilings;
  readonly audioBitsPerSecond: number;
  readonly keyFrameSeconds: number;
  readonly segmentSeconds: number;
  readonly maxFramesPerSecond: number;
  readonly posterAtSeconds: number;
  readonly clipSeconds: number;
  readonly waveformPoints: number;
  readonly maxSidePixels: number;
  readonly maxSourceSeconds: number;
}

export type Planned = { readonly plan: TranscodePlan } | { readonly refused: RefusalReason };

/** Of the longer side by the shorter one: 640 x 32 is the smallest rung of such a source. Cinema has 2.4, monitors 3.6. */
const maxAspect = 20;
/** Cameras for slow motion record up to this; what says more means the ticks of its clock. */
const maxSourceFramesPerSecond = 1_000;

/** What is made of a source, or why nothing is. It may lie about itself in any way. */
export function planTranscode(probe: Probe, bounds: PlanBounds): Planned {
  const refused = refusalOf(probe, bounds);
  if (refused) return { refused };
  const { duration, video, audio } = probe;
  return {
    plan: {
      duration,
      ...(video && { video: planVideo(video, duration, bounds) }),
      ...(audio && { audio: planAudio(audio, bounds) }),
      ...(!video && { waveform: { points: bounds.waveformPoints } }),
    },
  };
}

function refusalOf({ duration, video, audio }: Probe, bounds: PlanBounds): RefusalReason | undefined {
  if (!video && !audio) return 'not_a_video';
  if (!isPositive(duration)) return 'malformed';
  if (duration > bounds.maxSourceSeconds) return 'too_large';
  return video && pictureRefusal(video, bounds);
}

function pictureRefusal(video: VideoTrack, { maxSidePixels }: PlanBounds): RefusalReason | undefined {
  const { width, height, pixelAspect, frameRate } = video;
  if (![width, height, pixelAspect, frameRate ?? 1].every(isPositive)) return 'malformed';
  const shown = shownSize(video);
  // Nothing even fits into a single pixel.
  if (shorterSide(shown) < 2) return 'malformed';
  if (Math.max(width, height, longerSide(shown)) > maxSidePixels) return 'too_large';
  if (longerSide(shown) > maxAspect * shorterSide(shown)) return 'too_large';
  return (frameRate ?? 0) > maxSourceFramesPerSecond ? 'too_large' : undefined;
}

const isPositive = (value: number): boolean => Number.isFinite(value) && value > 0;

/**
 * A rung's ceiling does not follow the source's own bit rate: that is often absent or wrong in a file, and an encoder that
 * works by quality takes less than the ceiling anyway where less will do.
 */
function planVideo(video: VideoTrack, duration: number, bounds: PlanBounds): VideoPlan {
  const shown = shownSize(video);
  const frameRate = constantRate(video, bounds.maxFramesPerSecond);
  const cuts = cutsAt(frameRate, bounds);
  return {
    rungs: ladderOf(shown, bounds.rungBitsPerSecond),
    frameRate,
    ...cuts,
    toneMap: video.dynamicRange !== 'sdr',
    poster: { atSeconds: posterAt(duration, bounds), ...fitted(shown, largestBox) },
    clip: { seconds: clipEnd(duration, cuts, bounds), ...fitted(shown, smallestBox) },
    sprites: spritesOf(shown, duration, bounds),
  };
}

/** The middle of what is shorter than twice the wanted time: a frame is surely there, and the beginning is often black. */
const posterAt = (duration: number, { posterAtSeconds }: PlanBounds): number =>
  Math.min(posterAtSeconds, duration / 2);

/** At the key frame next to the wanted time: up to there a clip can be copied from an encoded track. */
const clipEnd = (duration: number, { keyFrameSeconds }: Cuts, { clipSeconds }: PlanBounds): number =>
  Math.min(duration, keyFrameSeconds * Math.max(1, Math.round(clipSeconds / keyFrameSeconds)));

/** Surround sound is mixed down. Devices play 44,100 and 48,000 Hz alike; every other rate becomes the latter. */
const planAudio = ({ channels, sampleRate }: AudioTrack, bounds: PlanBounds): AudioPlan => ({
  bitsPerSecond: bounds.audioBitsPerSecond,
  channels: channels === 1 ? 1 : 2,
  sampleRate: sampleRate === 44_100 ? 44_100 : 48_000,
});
