import type { AudioTrack } from './probe.ts';
import type { AudioPlan, Rung, VideoPlan } from './transcode-plan.ts';

/** From this height on devices decode High; below it some old ones do Main alone. */
const highProfileFrom = 720;
/** What AWS suggests for pictures of a height: 8 from 720 lines on, 7 below. A rung's ceiling bounds them both. */
const qualities = { large: 8, small: 7 } as const;

const isLarge = ({ width, height }: Rung): boolean => Math.min(width, height) >= highProfileFrom;

/** H.264 in 8 bits of 4:2:0, progressive, square pixels; a key frame every so many frames and nowhere else. */
export const videoOf = (rung: Rung, { frameRate, keyFrameInterval, toneMap }: VideoPlan) => ({
  Width: rung.width,
  Height: rung.height,
  // The plan's size is the shown one up to a pixel: nothing is padded for that pixel.
  ScalingBehavior: 'STRETCH_TO_OUTPUT' as const,
  CodecSettings: {
    Codec: 'H_264' as const,
    H264Settings: {
      RateControlMode: 'QVBR' as const,
      MaxBitrate: rung.maxBitsPerSecond,
      QvbrSettings: { QvbrQualityLevel: isLarge(rung) ? qualities.large : qualities.small },
      // The better one is of another tier, at several times the price.
      QualityTuningLevel: 'SINGLE_PASS_HQ' as const,
      CodecProfile: isLarge(rung) ? ('HIGH' as const) : ('MAIN' as const),
      CodecLevel: 'AUTO' as const,
      FramerateControl: 'SPECIFIED' as const,
      FramerateNumerator: frameRate.numerator,
      FramerateDenominator: frameRate.denominator,
      FramerateConversionAlgorithm: 'DUPLICATE_DROP' as const,
      GopSizeUnits: 'FRAMES' as const,
      GopSize: keyFrameInterval,
      // Every group of pictures is closed.
      GopClosedCadence: 1,
      SceneChangeDetect: 'DISABLED' as const,
      InterlaceMode: 'PROGRESSIVE' as const,
      ParControl: 'SPECIFIED' as const,
      ParNumerator: 1,
      ParDenominator: 1,
    },
  },
  VideoPreprocessors: preprocessors(toneMap),
});

/** Also of stills, so that they look like the video. Only what says that it is interlaced is deinterlaced. */
export const preprocessors = (toneMap: boolean) => ({
  Deinterlacer: {
    Mode: 'DEINTERLACE' as const,
    Algorithm: 'INTERPOLATE' as const,
    Control: 'NORMAL' as const,
  },
  ...(toneMap && {
    ColorCorrector: {
      ColorSpaceConversion: 'FORCE_709' as const,
      HdrToSdrToneMapper: 'PRESERVE_DETAILS' as const,
    },
  }),
});

/** AAC-LC, at a constant rate. */
export const audioOf = (plan: AudioPlan, source: AudioTrack | undefined, selector: string) => ({
  AudioSourceName: selector,
  CodecSettings: {
    Codec: 'AAC' as const,
    AacSettings: {
      Bitrate: plan.bitsPerSecond,
      CodingMode: plan.channels === 1 ? ('CODING_MODE_1_0' as const) : ('CODING_MODE_2_0' as const),
      SampleRate: plan.sampleRate,
      RateControlMode: 'CBR' as const,
      CodecProfile: 'LC' as const,
    },
  },
  ...(source && plan.channels === 2 && downmix(source.channels)),
});

/** Not heard at all. */
const muted = -60;
/** The weakening, in dB, of a channel that goes to both sides or to a side from behind: by the square root of 2. */
const shared = -3;

/**
 * ITU-R BS.775: centre and surround, 3 dB weaker, join the front of their side; the bass channel stays out. By channel of
 * 5.1 (L, R, C, LFE, Ls, Rs) and 7.1 (and Lb, Rb).
 */
const sides: Readonly<
  Record<number, { readonly left: readonly number[]; readonly right: readonly number[] }>
> = {
  6: {
    left: [0, muted, shared, muted, shared, muted],
    right: [muted, 0, shared, muted, muted, shared],
  },
  8: {
    left: [0, muted, shared, muted, shared, muted, shared, muted],
    right: [muted, 0, shared, muted, muted, shared, muted, shared],
  },
};

/** What is neither of the two is left to MediaConvert. Lowered by as much as the sum of the channels may pass full scale. */
function downmix(channels: number) {
  const gains = sides[channels];
  if (!gains) return {};
  const sum = gains.left.reduce((all, gain) => all + (gain === muted ? 0 : 10 ** (gain / 20)), 0);
  const headroom = 20 * Math.log10(sum);
  const lowered = (side: readonly number[]) =>
    side.map((gain) => (gain === muted ? muted : Math.round((gain - headroom) * 10) / 10));
  return {
    RemixSettings: {
      ChannelsIn: channels,
      ChannelsOut: 2,
      ChannelMapping: {
        OutputChannels: [gains.left, gains.right].map((side) => ({ InputChannelsFineTune: lowered(side) })),
      },
    },
  };
}
