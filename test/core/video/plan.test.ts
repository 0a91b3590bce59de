import { describe, expect, it } from 'vitest';
import { defaultVideoLimits } from '../../../lambdas/contract/video-limits.ts';
import { planTranscode } from '../../../lambdas/core/video/plan.ts';
import type { Probe, VideoTrack } from '../../../lambdas/core/video/probe.ts';
import type { TranscodePlan, VideoPlan } from '../../../lambdas/core/video/transcode-plan.ts';
import { probe, stereo, track } from '../../support/probes.ts';

const planned = (given: Probe): TranscodePlan => {
  const result = planTranscode(given, defaultVideoLimits);
  if ('refused' in result) throw new Error(`refused as ${result.refused}`);
  return result.plan;
};
const pictures = (video: Partial<VideoTrack> = {}, fields: Partial<Probe> = {}): VideoPlan => {
  const { video: plan } = planned(probe(video, fields));
  if (!plan) throw new Error('no pictures');
  return plan;
};
const ladder = (video: Partial<VideoTrack>): string[] =>
  pictures(video).rungs.map(({ name, width, height }) => `${name} ${width}x${height}`);
const rate = (video: Partial<VideoTrack>): string => {
  const { numerator, denominator } = pictures(video).frameRate;
  return `${numerator}/${denominator}`;
};
const refusal = (given: Probe) => {
  const result = planTranscode(given, defaultVideoLimits);
  return 'refused' in result ? result.refused : undefined;
};

const full = ['1080p 1920x1080', '720p 1280x720', '480p 854x480', '360p 640x360'];

describe('the ladder', () => {
  it('has every rung that the source fills, under its ceiling', () => {
    expect(ladder({})).toEqual(full);
    expect(pictures().rungs.map((rung) => rung.maxBitsPerSecond)).toEqual([
      5_000_000, 2_500_000, 1_000_000, 500_000,
    ]);
    expect(ladder({ width: 1_280, height: 720 })).toEqual(full.slice(1));
  });

  it('ends at 1080p for 4K and 8K', () => {
    expect(ladder({ width: 3_840, height: 2_160 })).toEqual(full);
    expect(ladder({ width: 7_680, height: 4_320 })).toEqual(full);
  });

  it('counts the shorter side of portraits, whether coded upright or turned by a flag', () => {
    const upright = ['1080p 1080x1920', '720p 720x1280', '480p 480x854', '360p 360x640'];

    expect(ladder({ width: 1_080, height: 1_920 })).toEqual(upright);
    expect(ladder({ rotation: 90 })).toEqual(upright);
    expect(ladder({ rotation: 270 })).toEqual(upright);
    expect(ladder({ rotation: 180 })).toEqual(full);
  });

  it('makes pixels square before it turns the picture', () => {
    expect(ladder({ width: 1_440, height: 1_080, pixelAspect: 4 / 3 })).toEqual(full);
    expect(ladder({ width: 720, height: 576, pixelAspect: 1.422 })).toEqual([
      '720p 1024x576',
      '480p 854x480',
      '360p 640x360',
    ]);
    expect(ladder({ width: 720, height: 576, pixelAspect: 64 / 45, rotation: 90 })[0]).toBe('720p 576x1024');
    expect(ladder({ width: 1_280, height: 960, pixelAspect: 0.5 })[0]).toBe('720p 640x960');
  });

  it('keeps what is wider or longer than 16:9 within the box of each rung', () => {
    expect(ladder({ width: 2_560, height: 1_080 })).toEqual([
      '1080p 1920x810',
      '720p 1280x540',
      '480p 854x360',
      '360p 640x270',
    ]);
    expect(ladder({ width: 1_920, height: 800 })[0]).toBe('1080p 1920x800');
    expect(ladder({ width: 886, height: 1_920 })[0]).toBe('1080p 886x1920');
    expect(ladder({ width: 1_440, height: 1_440 })[0]).toBe('1080p 1080x1080');
    expect(ladder({ width: 1_440, height: 1_080 })).toEqual([
      '1080p 1440x1080',
      '720p 960x720',
      '480p 640x480',
      '360p 480x360',
    ]);
  });

  it('begins with the own size of a source between two rungs, unless that is hardly larger than the lower one', () => {
    expect(ladder({ width: 1_600, height: 900 })).toEqual(['1080p 1600x900', ...full.slice(1)]);
    expect(ladder({ width: 960, height: 540 })).toEqual(['720p 960x540', ...full.slice(2)]);
    expect(ladder({ width: 1_366, height: 768 })).toEqual(full.slice(1));
    expect(ladder({ width: 1_280, height: 736 })).toEqual(['720p 1252x720', '480p 834x480', '360p 626x360']);
  });

  it('is one rung of its own, even size for a source below every rung', () => {
    expect(ladder({ width: 320, height: 240 })).toEqual(['360p 320x240']);
    expect(ladder({ width: 427, height: 239 })).toEqual(['360p 426x238']);
    expect(ladder({ width: 2, height: 3 })).toEqual(['360p 2x2']);
  });
});

describe('the frame rate', () => {
  it('is exactly that of film and television', () => {
    expect([23.976, 23.98, 24, 25, 29.97, 30, 50, 59.94, 60].map((frameRate) => rate({ frameRate }))).toEqual(
      ['24000/1001', '24000/1001', '24/1', '25/1', '30000/1001', '30/1', '50/1', '60000/1001', '60/1'],
    );
  });

  it('leaves out every so many frames above 60, and repeats them below 1', () => {
    const rates = [119.88, 120, 100, 240, 144, 90, 60.02].map((frameRate) => rate({ frameRate }));

    expect(rates).toEqual(['60000/1001', '60/1', '50/1', '60/1', '48/1', '45/1', '60/1']);
    expect(rate({ frameRate: 0.2 })).toBe('1/1');
    expect(rate({ frameRate: 12.5 })).toBe('25/2');
  });

  it('is the standard one next to the average where it varies, and 30 where it is not told', () => {
    const rates = [29.6, 23.1, 7, 118, 57].map((frameRate) => rate({ frameRate, variableFrameRate: true }));

    expect(rates).toEqual(['30000/1001', '24000/1001', '24000/1001', '60/1', '60000/1001']);
    const { frameRate: _unknown, ...silent } = track();
    expect(planned({ ...probe(), video: silent }).video?.frameRate).toEqual({
      numerator: 30,
      denominator: 1,
    });
  });

  it('sets a key frame about every two seconds, and segments at every third', () => {
    const cuts = (frameRate: number) => {
      const { keyFrameInterval, keyFrameSeconds, segmentSeconds } = pictures({ frameRate });
      return [keyFrameInterval, keyFrameSeconds, segmentSeconds];
    };

    expect(cuts(25)).toEqual([50, 2, 6]);
    expect(cuts(23.976)).toEqual([48, 2.002, 6.006]);
    expect(cuts(29.97)).toEqual([60, 2.002, 6.006]);
    expect(cuts(12.5)).toEqual([25, 2, 6]);
  });
});

describe('what is made beside the ladder', () => {
  it('is a poster at 1 s, or in the middle of what is shorter than two', () => {
    expect(pictures().poster).toEqual({ atSeconds: 1, width: 1_920, height: 1_080 });
    expect(pictures({}, { duration: 1.5 }).poster.atSeconds).toBe(0.75);
    expect(pictures({}, { duration: 0.4 }).poster.atSeconds).toBe(0.2);
    expect(pictures({ width: 1_280, height: 736 }).poster).toMatchObject({ width: 1_280, height: 736 });
  });

  it('is a clip of the first ten seconds, or of all', () => {
    expect(pictures().clip).toEqual({ seconds: 10, width: 640, height: 360 });
    expect(pictures({ rotation: 90 }, { duration: 0.4 }).clip).toEqual({
      seconds: 0.4,
      width: 360,
      height: 640,
    });
  });

  it('ends the clip at a key frame', () => {
    expect(pictures({ frameRate: 24_000 / 1_001 }).clip.seconds).toBeCloseTo(10.01, 9);
    expect(pictures({ frameRate: 24_000 / 1_001 }, { duration: 10.005 }).clip.seconds).toBe(10.005);
  });

  it('is a tile every five seconds, further apart where there would be more than 500', () => {
    expect(pictures().sprites).toEqual({
      ...{ everySeconds: 5, tileWidth: 160, tileHeight: 90, columns: 10, rows: 2, tiles: 12 },
    });
    expect(pictures({}, { duration: 3_600 }).sprites).toMatchObject({
      ...{ everySeconds: 8, columns: 10, rows: 10, tiles: 450 },
    });
    expect(pictures({}, { duration: 0.4 }).sprites).toMatchObject({ columns: 1, rows: 1, tiles: 1 });
    expect(pictures({}, { duration: 10.04 }).sprites.tiles).toBe(2);
  });

  it('is a tile of 160 across for portraits too, and sheets that a browser can decode for ribbons', () => {
    expect(pictures({ rotation: 90 }).sprites).toMatchObject({ tileWidth: 160, tileHeight: 284 });
    expect(pictures({ width: 3_840, height: 240 }).sprites).toMatchObject({
      ...{ tileWidth: 512, tileHeight: 32, columns: 8, rows: 2 },
    });
  });

  it('is a mapping of tones where the source is brighter than BT.709', () => {
    expect(pictures().toneMap).toBe(false);
    for (const dynamicRange of ['hdr10', 'hlg', 'dolby-vision'] as const) {
      expect(pictures({ dynamicRange, bitDepth: 10 }).toneMap).toBe(true);
    }
  });
});

describe('sound', () => {
  const sound = (fields: Partial<typeof stereo>) =>
    planned(probe({}, { audio: { ...stereo, ...fields } })).audio;

  it('is stereo of 5.1, and stays mono where it is', () => {
    expect(sound({ channels: 6 })).toEqual({ bitsPerSecond: 128_000, channels: 2, sampleRate: 48_000 });
    expect(sound({ channels: 1 })).toMatchObject({ channels: 1 });
  });

  it('has 48,000 Hz, or stays at 44,100', () => {
    const rates = [96_000, 48_000, 44_100, 8_000].map((sampleRate) => sound({ sampleRate })?.sampleRate);
    expect(rates).toEqual([48_000, 48_000, 44_100, 48_000]);
  });

  it('may be missing, and may be all there is', () => {
    const { audio: _none, ...silent } = probe();
    expect(planned(silent)).not.toHaveProperty('audio');

    const { video: _pictures, ...recording } = probe();
    expect(planned(recording)).toEqual({
      duration: 60,
      audio: { bitsPerSecond: 128_000, channels: 2, sampleRate: 48_000 },
      waveform: { points: 1_800 },
    });
  });
});

describe('a recording of which nothing is made', () => {
  it('has neither pictures nor sound', () => {
    expect(refusal({ container: 'mp4', duration: 1 })).toBe('not_a_video');
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'says %s where a size, rate or time stands',
    (wrong) => {
      for (const field of ['width', 'height', 'pixelAspect', 'frameRate'] as const) {
        expect(refusal(probe({ [field]: wrong }))).toBe('malformed');
      }
      expect(refusal(probe({}, { duration: wrong }))).toBe('malformed');
      expect(refusal(probe({ width: 1 }))).toBe('malformed');
    },
  );

  it('is longer, larger, faster or more of a ribbon than the bounds', () => {
    expect(refusal(probe({}, { duration: defaultVideoLimits.maxSourceSeconds + 1 }))).toBe('too_large');
    expect(refusal(probe({ width: 8_194 }))).toBe('too_large');
    expect(refusal(probe({ width: 5_000, pixelAspect: 2 }))).toBe('too_large');
    expect(refusal(probe({ frameRate: 90_000 }))).toBe('too_large');
    expect(refusal(probe({ width: 3_840, height: 60 }))).toBe('too_large');
  });
});
