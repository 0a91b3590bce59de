import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultVideoLimits } from '../../../lambdas/contract/video-limits.ts';
import { framesPerSecond } from '../../../lambdas/core/video/frame-rate.ts';
import { planTranscode } from '../../../lambdas/core/video/plan.ts';
import type { Probe, VideoTrack } from '../../../lambdas/core/video/probe.ts';
import { shownSize } from '../../../lambdas/core/video/shown-size.ts';
import type { TranscodePlan, VideoPlan } from '../../../lambdas/core/video/transcode-plan.ts';
import { stereo, track } from '../../support/probes.ts';

describe('any plan', () => {
  const side = fc.oneof(
    fc.integer({ min: 1, max: 8_192 }),
    fc.integer({ min: 1, max: 64 }),
    fc.constantFrom(238, 239, 360, 361, 480, 540, 576, 720, 721, 900, 1_080, 1_081, 1_920),
  );
  const positive = (max: number) => fc.double({ min: 0.01, max, noNaN: true });
  const probes: fc.Arbitrary<Probe> = fc.record({
    container: fc.constant('mp4'),
    duration: fc.oneof(positive(30), positive(43_200)),
    audio: fc.option(fc.constant(stereo), { nil: undefined }) as fc.Arbitrary<typeof stereo>,
    video: fc
      .record({
        width: side,
        height: side,
        pixelAspect: fc.oneof(fc.constant(1), positive(3)),
        rotation: fc.constantFrom(0, 90, 180, 270),
        frameRate: fc.oneof(positive(60), positive(1_000), fc.constantFrom(23.976, 29.97, 119.88)),
        variableFrameRate: fc.boolean(),
        interlaced: fc.boolean(),
        dynamicRange: fc.constantFrom('sdr', 'hdr10'),
      })
      .map((fields) => track(fields as Partial<VideoTrack>)),
  });
  const every = (check: (plan: TranscodePlan & { video: VideoPlan }, given: Probe) => void) =>
    fc.assert(
      fc.property(probes, (given) => {
        const result = planTranscode(given, defaultVideoLimits);
        if ('plan' in result) check(result.plan as TranscodePlan & { video: VideoPlan }, given);
      }),
      { numRuns: 500 },
    );
  const sizesOf = ({ rungs, poster, clip, sprites }: VideoPlan) => [
    ...rungs,
    poster,
    clip,
    { width: sprites.tileWidth, height: sprites.tileHeight },
  ];

  it('is never enlarged, has even sides, and distorts by less than a pixel', () => {
    every(({ video }, given) => {
      const source = shownSize(given.video as VideoTrack);
      for (const { width, height } of sizesOf(video)) {
        expect([width % 2, height % 2]).toEqual([0, 0]);
        expect(width <= source.width && height <= source.height).toBe(true);
        // There is an exactly scaled picture that neither side is more than a pixel away from.
        const largest = Math.min((width + 1) / source.width, (height + 1) / source.height);
        const smallest = Math.max((width - 1) / source.width, (height - 1) / source.height);
        expect(smallest).toBeLessThanOrEqual(largest);
      }
    });
  });

  it('has a ladder that falls strictly, from one rung to four, within ceilings and boxes', () => {
    every(({ video: { rungs } }) => {
      expect(rungs.length).toBeGreaterThan(0);
      for (const [index, rung] of rungs.entries()) {
        const box = Number.parseInt(rung.name, 10);
        expect(Math.min(rung.width, rung.height)).toBeLessThanOrEqual(box);
        expect(Math.max(rung.width, rung.height)).toBeLessThanOrEqual((box * 16) / 9 + 2);
        expect(rung.maxBitsPerSecond).toBe(defaultVideoLimits.rungBitsPerSecond[rung.name]);
        const better = rungs[index - 1];
        if (!better) continue;
        expect(rung.width * rung.height).toBeLessThan(better.width * better.height);
        expect(rung.maxBitsPerSecond).toBeLessThan(better.maxBitsPerSecond);
      }
    });
  });

  it('has a rate of 1 to 60 of whole numbers, and cuts at whole frames', () => {
    every(({ video: { frameRate, keyFrameInterval, keyFrameSeconds, segmentSeconds } }) => {
      expect(Number.isInteger(frameRate.numerator) && Number.isInteger(frameRate.denominator)).toBe(true);
      expect(framesPerSecond(frameRate)).toBeGreaterThanOrEqual(0.999);
      expect(framesPerSecond(frameRate)).toBeLessThanOrEqual(60);
      expect(Number.isInteger(keyFrameInterval)).toBe(true);
      const intervals = segmentSeconds / keyFrameSeconds;
      expect(Math.abs(intervals - Math.round(intervals))).toBeLessThan(1e-9);
      expect(segmentSeconds).toBeLessThan(9);
    });
  });

  it('takes pictures within the source, and no more tiles than the bound', () => {
    every(({ video: { rungs, keyFrameSeconds, poster, clip, sprites } }, { duration }) => {
      expect(poster.atSeconds).toBeLessThan(duration);
      expect(clip.seconds).toBeLessThanOrEqual(duration);
      const intervals = clip.seconds / keyFrameSeconds;
      if (clip.seconds < duration) expect(Math.abs(intervals - Math.round(intervals))).toBeLessThan(1e-9);
      expect([clip.width, clip.height]).toEqual([rungs.at(-1)?.width, rungs.at(-1)?.height]);
      expect(sprites.tiles).toBeLessThanOrEqual(defaultVideoLimits.spriteMaxTiles);
      expect((sprites.tiles - 1) * sprites.everySeconds).toBeLessThan(duration);
      expect(sprites.columns * sprites.tileWidth).toBeLessThanOrEqual(4_096);
      expect(sprites.columns * sprites.rows).toBeLessThanOrEqual(100);
    });
  });

  it('is the same for the same probe', () => {
    every((plan, given) => {
      expect(planTranscode(structuredClone(given), defaultVideoLimits)).toEqual({ plan });
    });
  });
});
