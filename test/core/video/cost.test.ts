import { describe, expect, it } from 'vitest';
import { defaultVideoLimits } from '../../../lambdas/contract/video-limits.ts';
import { type CostEstimate, estimateCost } from '../../../lambdas/core/video/cost.ts';
import { planTranscode } from '../../../lambdas/core/video/plan.ts';
import type { Probe, VideoTrack } from '../../../lambdas/core/video/probe.ts';
import type { EncoderName } from '../../../lambdas/core/video/transcode.ts';

const probeOf = (duration: number, video: Partial<VideoTrack> | null = {}): Probe => ({
  ...{ container: 'mp4', duration, audio: { codec: 'aac', channels: 2, sampleRate: 48_000 } },
  ...(video && {
    video: {
      ...{ codec: 'h264', width: 1_920, height: 1_080, pixelAspect: 1, rotation: 0 as const },
      ...{
        frameRate: 30,
        variableFrameRate: false,
        interlaced: false,
        bitDepth: 8,
        dynamicRange: 'sdr' as const,
      },
      ...video,
    },
  }),
});

function costOf(probe: Probe, encoder: EncoderName): CostEstimate {
  const planned = planTranscode(probe, defaultVideoLimits);
  if ('refused' in planned) throw new Error(planned.refused);
  return estimateCost({ plan: planned.plan, probe, encoder, vCpus: 4 });
}
const lineOf = ({ lines }: CostEstimate, what: string) => lines.find((line) => line.what === what);

describe('the cost of a transcode by MediaConvert', () => {
  it('is that of every encoded output by its minutes: ten of 1080p', () => {
    const cost = costOf(probeOf(600), 'mediaconvert');

    // 1080p and 720p of the stream, and 1080p to download.
    expect(lineOf(cost, 'hd')).toMatchObject({ quantity: 30, amount: 0.45 });
    expect(lineOf(cost, 'sd')).toMatchObject({ quantity: 20, amount: 0.15 });
    expect(lineOf(cost, 'sound')).toMatchObject({ quantity: 10, amount: 0.075 });
    expect(cost).toMatchObject({ currency: 'USD', region: 'us-east-1', asOf: '2025-10' });
    expect(cost.amount).toBeCloseTo(0.675 + 13 * 0.000025, 2);
  });

  it('is more for more frames a second', () => {
    const fast = costOf(probeOf(600, { frameRate: 60 }), 'mediaconvert');

    expect(lineOf(fast, 'hd')?.amount).toBeCloseTo(0.45 * 1.25);
    expect(lineOf(costOf(probeOf(600, { frameRate: 29.97 }), 'mediaconvert'), 'hd')?.amount).toBe(0.45);
  });

  it('is the same upright and lying', () => {
    expect(costOf(probeOf(60, { rotation: 90 }), 'mediaconvert')).toEqual(
      costOf(probeOf(60), 'mediaconvert'),
    );
  });

  it('is at least that of ten seconds', () => {
    expect(costOf(probeOf(0.4), 'mediaconvert').amount).toBeCloseTo(
      costOf(probeOf(10), 'mediaconvert').amount,
      4,
    );
  });
});

describe('the cost of a transcode by the function', () => {
  it('is that of its memory for its time, below that of MediaConvert', () => {
    for (const minutes of [1, 10]) {
      const [own, managed] = (['ffmpeg', 'mediaconvert'] as const).map((encoder) =>
        costOf(probeOf(minutes * 60), encoder),
      );

      expect(own?.lines.map(({ what }) => what)).toEqual(['function', 'workflow', 'uploads']);
      expect(own?.amount).toBeLessThan((managed?.amount ?? 0) / 3);
    }
  });

  it('is some of a cent for a recording without pictures', () => {
    const cost = costOf(probeOf(600, null), 'ffmpeg');

    expect(cost.amount).toBeGreaterThan(0);
    expect(cost.amount).toBeLessThan(0.01);
  });
});

it('is the sum of its lines', () => {
  for (const encoder of ['ffmpeg', 'mediaconvert'] as const) {
    const { amount, lines } = costOf(probeOf(123.4), encoder);
    expect(amount).toBeCloseTo(
      lines.reduce((sum, line) => sum + line.amount, 0),
      5,
    );
  }
});
