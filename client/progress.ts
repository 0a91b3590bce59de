/** Speed and time left, from what was sent in the last seconds. Pure: samples in, numbers out. */

export interface ProgressSample {
  readonly atMs: number;
  /** Sent so far, in all. */
  readonly bytes: number;
}

export interface Estimate {
  readonly bytesPerSecond: number;
  /** undefined while nothing moves: nobody knows then. */
  readonly etaSeconds: number | undefined;
}

/** Long enough to smooth the bursts in which parts go out, short enough to notice that the train left the tunnel. */
export const SPEED_WINDOW_MS = 10_000;
/** Shorter spans say nothing about speed. */
const MIN_SPAN_MS = 250;
/** Closer samples replace each other: XHR reports up to 20 times a second and part, the window stays small. */
const MIN_SAMPLE_GAP_MS = 200;

/**
 * Adds a sample and forgets those that left the window, but the youngest of these, which marks the window's edge.
 * Bytes that went back (a part that broke and starts again) begin a new window: its speed was not real.
 */
export function addSample(
  samples: readonly ProgressSample[],
  sample: ProgressSample,
  windowMs = SPEED_WINDOW_MS,
): readonly ProgressSample[] {
  const last = samples.at(-1);
  if (last && sample.bytes < last.bytes) return [sample];
  const beforeLast = samples.at(-2);
  const kept =
    beforeLast && sample.atMs - beforeLast.atMs < MIN_SAMPLE_GAP_MS ? samples.slice(0, -1) : samples;
  const inside = kept.findIndex((other) => other.atMs > sample.atMs - windowMs);
  const from = inside === -1 ? kept.length - 1 : inside - 1;
  return [...kept.slice(Math.max(0, from)), sample];
}

export function estimate(
  samples: readonly ProgressSample[],
  totalBytes: number,
  nowMs: number,
  windowMs = SPEED_WINDOW_MS,
): Estimate {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last) return { bytesPerSecond: 0, etaSeconds: undefined };
  // Measured up to now and not up to the last sample: a stalled line must show as slow.
  const spanMs = Math.max(nowMs - first.atMs, MIN_SPAN_MS);
  const stalled = nowMs - last.atMs > windowMs;
  const bytesPerSecond = stalled ? 0 : ((last.bytes - first.bytes) / spanMs) * 1000;
  const left = Math.max(0, totalBytes - last.bytes);
  if (left === 0) return { bytesPerSecond, etaSeconds: 0 };
  return { bytesPerSecond, etaSeconds: bytesPerSecond > 0 ? left / bytesPerSecond : undefined };
}
