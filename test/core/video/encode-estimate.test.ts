import { describe, expect, it } from 'vitest';
import { defaultVideoLimits } from '../../../lambdas/contract/video-limits.ts';
import { estimateEncode } from '../../../lambdas/core/video/encode-estimate.ts';
import { planTranscode } from '../../../lambdas/core/video/plan.ts';
import type { Probe, VideoTrack } from '../../../lambdas/core/video/probe.ts';

const audio = { codec: 'aac', channels: 2, sampleRate: 48_000 };
const recording = (minutes: number, fields: Partial<VideoTrack> = {}): Probe => ({
  container: 'mp4',
  duration: minutes * 60,
  audio,
  video: {
    codec: 'h264',
    ...{
      width: 1_920,
      height: 1_080,
      pixelAspect: 1,
      rotation: 0,
      frameRate: 30,
      variableFrameRate: false,
      interlaced: false,
    },
    ...{ bitDepth: 8, dynamicRange: 'sdr' },
    ...fields,
  },
});
const estimate = (probe: Probe, vCpus = 4) => {
  const result = planTranscode(probe, defaultVideoLimits);
  if ('refused' in result) throw new Error(result.refused);
  return estimateEncode(result.plan, probe, vCpus);
};

describe('the estimate of an encode', () => {
  it('takes ten minutes of 1080p into the function, and half an hour not', () => {
    expect(estimate(recording(10)).seconds).toBeLessThan(defaultVideoLimits.encodeSeconds);
    expect(estimate(recording(30)).seconds).toBeGreaterThan(defaultVideoLimits.encodeSeconds);
  });

  it('takes two hours of sound into it', () => {
    const { video: _none, ...sound } = recording(120);
    expect(estimate(sound).seconds).toBeLessThan(60);
  });

  it('grows with pixels, frames and tones, and shrinks with CPUs', () => {
    const usual = estimate(recording(10)).seconds;

    expect(estimate(recording(10, { width: 3_840, height: 2_160 })).seconds).toBeGreaterThan(usual);
    expect(estimate(recording(10, { frameRate: 60 })).seconds).toBeGreaterThan(1.9 * usual);
    expect(estimate(recording(10, { dynamicRange: 'hdr10' })).seconds).toBeGreaterThan(usual);
    expect(estimate(recording(10, { width: 640, height: 360 })).seconds).toBeLessThan(usual / 5);
    expect(estimate(recording(10), 2).seconds).toBeGreaterThan(1.9 * usual);
  });

  it('counts the disk at the ceilings: an hour of the whole ladder is beyond it', () => {
    // 9.512 Mbit/s for 600 s, twice, is 1.43 GB.
    expect(estimate(recording(10)).diskBytes).toBeCloseTo(1_426_800_000 + 64 * 1024 ** 2, -3);
    expect(estimate(recording(10)).diskBytes).toBeLessThan(defaultVideoLimits.encodeDiskBytes);
    expect(estimate(recording(61)).diskBytes).toBeGreaterThan(defaultVideoLimits.encodeDiskBytes);
  });
});
