import type { VideoTrack } from './probe.ts';
import type { FrameRate } from './transcode-plan.ts';

/** Of film and television; Apple's authoring specification for HLS names the same ones. */
const standardRates: readonly FrameRate[] = [
  { numerator: 24_000, denominator: 1_001 },
  { numerator: 24, denominator: 1 },
  { numerator: 25, denominator: 1 },
  { numerator: 30_000, denominator: 1_001 },
  { numerator: 30, denominator: 1 },
  { numerator: 50, denominator: 1 },
  { numerator: 60_000, denominator: 1_001 },
  { numerator: 60, denominator: 1 },
];

/** Of what does not say how fast it runs. */
const usualRate: FrameRate = { numerator: 30, denominator: 1 };

/** 23.98 is 24,000/1,001 in two decimals, by 0.017 %; its neighbour 24 is 0.1 % away. */
const sameRateWithin = 0.0004;

/** Slower ones get each frame several times, so that there is one to seek to and a player does not seem to hang. */
const minFramesPerSecond = 1;

export const framesPerSecond = ({ numerator, denominator }: FrameRate): number => numerator / denominator;

/**
 * The constant rate at which a source is encoded: its own, exactly, where that is known. Above `maxFramesPerSecond` every
 * second frame is left out, or two of three, so that motion stays even: 120 becomes 60, 100 becomes 50. A rate that varies
 * becomes the standard one next to its average.
 */
export function constantRate(
  { frameRate, variableFrameRate }: Pick<VideoTrack, 'frameRate' | 'variableFrameRate'>,
  maxFramesPerSecond: number,
): FrameRate {
  if (frameRate === undefined) return atMost(usualRate, maxFramesPerSecond);
  if (variableFrameRate) return nearestStandard(frameRate, maxFramesPerSecond);
  // Every how many frames are kept. What is above the cap by a hair is slowed down to it and not halved.
  const every = Math.max(1, Math.ceil(frameRate / (maxFramesPerSecond * (1 + sameRateWithin))));
  const times = Math.max(1, Math.ceil(minFramesPerSecond / frameRate));
  return atMost(exactRate((frameRate / every) * times), maxFramesPerSecond);
}

function nearestStandard(frameRate: number, maxFramesPerSecond: number): FrameRate {
  const allowed = standardRates.filter((rate) => framesPerSecond(rate) <= maxFramesPerSecond);
  return allowed.reduce(
    (best, rate) =>
      Math.abs(framesPerSecond(rate) - frameRate) < Math.abs(framesPerSecond(best) - frameRate) ? rate : best,
    allowed[0] ?? atMost(usualRate, maxFramesPerSecond),
  );
}

function exactRate(frameRate: number): FrameRate {
  const standard = nearestStandard(frameRate, Number.POSITIVE_INFINITY);
  if (Math.abs(framesPerSecond(standard) / frameRate - 1) <= sameRateWithin) return standard;
  // Probes tell three decimals.
  return reduced({ numerator: Math.round(frameRate * 1_000), denominator: 1_000 });
}

const atMost = (rate: FrameRate, maxFramesPerSecond: number): FrameRate =>
  framesPerSecond(rate) <= maxFramesPerSecond ? rate : { numerator: maxFramesPerSecond, denominator: 1 };

function reduced({ numerator, denominator }: FrameRate): FrameRate {
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

const greatestCommonDivisor = (one: number, other: number): number =>
  other === 0 ? one : greatestCommonDivisor(other, one % other);

export interface Cuts {
  readonly keyFrameInterval: number;
  readonly keyFrameSeconds: number;
  readonly segmentSeconds: number;
}

/** Whole frames between key frames, and whole intervals of key frames in a segment, as close to what is wanted as that allows. */
export function cutsAt(
  rate: FrameRate,
  wanted: { readonly keyFrameSeconds: number; readonly segmentSeconds: number },
): Cuts {
  const keyFrameInterval = Math.max(1, Math.round(wanted.keyFrameSeconds * framesPerSecond(rate)));
  const keyFrameSeconds = (keyFrameInterval * rate.denominator) / rate.numerator;
  const intervals = Math.max(1, Math.round(wanted.segmentSeconds / keyFrameSeconds));
  return {
    keyFrameInterval,
    keyFrameSeconds,
    segmentSeconds: (intervals * keyFrameInterval * rate.denominator) / rate.numerator,
  };
}
