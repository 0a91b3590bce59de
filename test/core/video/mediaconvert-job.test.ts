import type { CreateJobRequest } from '@aws-sdk/client-mediaconvert';
import { describe, expect, it } from 'vitest';
import { defaultVideoLimits } from '../../../lambdas/contract/video-limits.ts';
import { outputNames } from '../../../lambdas/core/video/encoded.ts';
import { encoderFor } from '../../../lambdas/core/video/encoder-outputs.ts';
import { mediaConvertSettings } from '../../../lambdas/core/video/mediaconvert-job.ts';
import { planTranscode } from '../../../lambdas/core/video/plan.ts';
import type { AudioTrack, Probe, VideoTrack } from '../../../lambdas/core/video/probe.ts';
import { refusedBy } from '../../support/mediaconvert-model.ts';

const stereo: AudioTrack = { codec: 'aac', channels: 2, sampleRate: 48_000 };
const probeOf = (
  video: Partial<VideoTrack> = {},
  { audio = stereo, ...fields }: { audio?: AudioTrack | null; duration?: number; container?: string } = {},
): Probe => ({
  ...{ container: 'mp4', duration: 60 },
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
  ...(audio && { audio }),
  ...fields,
});

const sources: Readonly<Record<string, Probe>> = {
  '1080p, landscape': probeOf(),
  '4K, landscape': probeOf({ width: 3_840, height: 2_160 }),
  'portrait by rotation': probeOf({ rotation: 90 }),
  '23.976 frames/s': probeOf({ frameRate: 23.976 }),
  '120 frames/s': probeOf({ frameRate: 120 }),
  'a frame rate that nobody names': probeOf({ frameRate: 12.7 }),
  'a variable frame rate': probeOf({ frameRate: 27.3, variableFrameRate: true }),
  'no sound': probeOf({}, { audio: null }),
  'sound in 5.1': probeOf({}, { audio: { ...stereo, channels: 6 } }),
  'sound in 7.1': probeOf({}, { audio: { ...stereo, channels: 8 } }),
  'sound in mono': probeOf({}, { audio: { ...stereo, channels: 1, sampleRate: 22_050 } }),
  '0.4 s': probeOf({ width: 640, height: 360 }, { duration: 0.4 }),
  '12 hours': probeOf({}, { duration: 12 * 3_600 }),
  anamorphic: probeOf({ width: 720, height: 576, pixelAspect: 1.422 }),
  HDR10: probeOf({ codec: 'hevc', bitDepth: 10, dynamicRange: 'hdr10' }),
  HLG: probeOf({ codec: 'hevc', bitDepth: 10, dynamicRange: 'hlg' }),
  MOV: probeOf({ codec: 'prores' }, { container: 'mov' }),
  MKV: probeOf({}, { container: 'matroska' }),
  WebM: probeOf({ codec: 'vp9' }, { container: 'webm' }),
  AVI: probeOf({ width: 640, height: 480 }, { container: 'avi' }),
  'a very wide one': probeOf({ width: 2_048, height: 128 }),
  'a very small one': probeOf({ width: 64, height: 48 }),
};

const planOf = (probe: Probe) => {
  const planned = planTranscode(probe, defaultVideoLimits);
  if ('refused' in planned) throw new Error(planned.refused);
  return planned.plan;
};

const places = {
  inputUri: 's3://library/tenants/acme/files/2026/11/21/0192.v2.mov',
  folderUri: 's3://derived/tenants/acme/videos/0192/v2/',
};
const settingsOf = (probe: Probe) => mediaConvertSettings({ plan: planOf(probe), probe, ...places });

/** Typed as the SDK's own, so that the compiler checks it, too. */
const requestFor = (probe: Probe): CreateJobRequest => ({
  Role: 'arn:aws:iam::111122223333:role/encoder',
  Settings: settingsOf(probe),
});

// biome-ignore lint/suspicious/noExplicitAny: broken on purpose, anywhere
type Loose = any;
const broken = (change: (request: Loose) => void): readonly string[] => {
  const request = structuredClone(requestFor(probeOf()));
  change(request);
  return refusedBy('CreateJobRequest', request);
};
const h264Of = ({ Settings }: Loose) =>
  Settings.OutputGroups[0].Outputs[0].VideoDescription.CodecSettings.H264Settings;

describe("the service's own model", () => {
  it.each(Object.keys(sources))('takes the job for %s', (name) => {
    expect(refusedBy('CreateJobRequest', requestFor(sources[name] as Probe))).toEqual([]);
  });

  it.each<[string, (request: Loose) => void, string]>([
    ['an unknown member', (job) => (h264Of(job).Crf = 23), 'Crf is unknown'],
    ['a member of another codec', (job) => (h264Of(job).VbrQuality = 'LOW'), 'VbrQuality is unknown'],
    ['a wrong type', (job) => (h264Of(job).MaxBitrate = '5000000'), 'MaxBitrate is no number'],
    ['a fraction', (job) => (h264Of(job).FramerateNumerator = 23.976), 'no whole number'],
    ['an unknown value', (job) => (h264Of(job).RateControlMode = 'CRF'), 'which is no H264RateControlMode'],
    ['too little', (job) => (h264Of(job).MaxBitrate = 500), 'outside 1000 to 1152000000'],
    ['too much', (job) => (h264Of(job).QvbrSettings.QvbrQualityLevel = 11), 'outside 1 to 10'],
    ['another kind of address', (job) => (job.Settings.Inputs[0].FileInput = '/tmp/a.mp4'), 'FileInput is'],
    ['something else than a list', (job) => (job.Settings.Inputs = {}), 'is no list'],
    [
      'something else than a structure',
      (job) => (job.Settings.OutputGroups[0] = 'cmaf'),
      'is no OutputGroup',
    ],
    ['no role', (job) => delete job.Role, 'Role is missing'],
    ['no settings', (job) => delete job.Settings, 'Settings is missing'],
  ])('refuses %s', (_, change, reason) => {
    expect(broken(change).join()).toContain(reason);
  });
});

describe('the job', () => {
  const groupsOf = (probe: Probe) => {
    const [stream, download, poster] = settingsOf(probe).OutputGroups as Loose[];
    return { stream, download, poster };
  };
  const tracksOf = (probe: Probe): Loose[] =>
    groupsOf(probe).stream.Outputs.filter(({ VideoDescription }: Loose) => VideoDescription);

  it.each(Object.keys(sources))('makes the ladder of the plan of %s, each rung under its ceiling', (name) => {
    const probe = sources[name] as Probe;
    const { video } = planOf(probe);
    const made = tracksOf(probe).map(
      ({ NameModifier, VideoDescription: { Width, Height, CodecSettings } }) => ({
        ...{ name: NameModifier.slice(1), width: Width, height: Height },
        maxBitsPerSecond: CodecSettings.H264Settings.MaxBitrate,
      }),
    );

    expect(made).toEqual(video?.rungs);
  });

  it.each(Object.keys(sources))('cuts all tracks of %s at the same frames', (name) => {
    const probe = sources[name] as Probe;
    const { keyFrameInterval, keyFrameSeconds, segmentSeconds, frameRate } = planOf(probe).video as Loose;
    for (const { VideoDescription } of tracksOf(probe)) {
      expect(VideoDescription.CodecSettings.H264Settings).toMatchObject({
        ...{ GopSizeUnits: 'FRAMES', GopSize: keyFrameInterval, GopClosedCadence: 1 },
        ...{ SceneChangeDetect: 'DISABLED', InterlaceMode: 'PROGRESSIVE', FramerateControl: 'SPECIFIED' },
        ...{ FramerateNumerator: frameRate.numerator, FramerateDenominator: frameRate.denominator },
      });
    }
    const { SegmentLength, SegmentLengthControl } =
      groupsOf(probe).stream.OutputGroupSettings.CmafGroupSettings;
    // As the service does it: up to the next key frame.
    const lengthened = Math.ceil(SegmentLength / keyFrameSeconds - 1e-9) * keyFrameSeconds;

    expect(SegmentLengthControl).toBe('GOP_MULTIPLE');
    expect(lengthened).toBeCloseTo(segmentSeconds, 6);
  });

  it('writes where the outputs of the ffmpeg encoder lie, too', () => {
    const { stream, download } = groupsOf(probeOf());
    const base = stream.OutputGroupSettings.CmafGroupSettings.Destination;
    const written = stream.Outputs.map(
      ({ NameModifier, AudioDescriptions }: Loose) =>
        `${base}${NameModifier}.${AudioDescriptions ? 'cmfa' : 'cmfv'}`,
    );

    expect(written).toEqual(
      (['1080p', '720p', '480p', '360p', 'audio'] as const).map(
        (track) => `${places.folderUri}${outputNames.track(track)}`,
      ),
    );
    expect(`${download.OutputGroupSettings.FileGroupSettings.Destination}.mp4`).toBe(
      `${places.folderUri}${outputNames.rung('1080p')}`,
    );
  });

  it('encodes the best rung alone once more, as a progressive download with sound', () => {
    const { OutputGroups } = settingsOf(probeOf());
    const [output] = groupsOf(probeOf()).download.Outputs;

    expect(OutputGroups).toHaveLength(3);
    expect(output.ContainerSettings.Mp4Settings.MoovPlacement).toBe('PROGRESSIVE_DOWNLOAD');
    expect(output.VideoDescription.Height).toBe(1_080);
    expect(output.AudioDescriptions).toHaveLength(1);
  });

  it('turns by what the recording says, so that the upright sizes of the plan hold', () => {
    const settings = settingsOf(probeOf({ rotation: 90 }));

    expect(settings.Inputs[0]?.VideoSelector.Rotate).toBe('AUTO');
    expect(tracksOf(probeOf({ rotation: 90 }))[0].VideoDescription).toMatchObject({
      Width: 1_080,
      Height: 1_920,
    });
  });

  it('maps high dynamic range to BT.709 everywhere, in stills as well, and leaves other colours alone', () => {
    const described = (probe: Probe): Loose[] =>
      settingsOf(probe).OutputGroups.flatMap(({ Outputs }: Loose) =>
        Outputs.flatMap(({ VideoDescription }: Loose) => VideoDescription ?? []),
      );

    for (const { VideoPreprocessors } of described(probeOf({ dynamicRange: 'hdr10', bitDepth: 10 }))) {
      expect(VideoPreprocessors.ColorCorrector.ColorSpaceConversion).toBe('FORCE_709');
    }
    for (const { VideoPreprocessors } of described(probeOf())) {
      expect(VideoPreprocessors.ColorCorrector).toBeUndefined();
    }
  });

  it('mixes surround down to two sides without passing full scale', () => {
    const { stream } = groupsOf(sources['sound in 5.1'] as Probe);
    const { AudioDescriptions } = stream.Outputs.at(-1);
    const { ChannelsIn, ChannelsOut, ChannelMapping } = AudioDescriptions[0].RemixSettings;

    expect([ChannelsIn, ChannelsOut]).toEqual([6, 2]);
    for (const { InputChannelsFineTune } of ChannelMapping.OutputChannels) {
      const sum = InputChannelsFineTune.filter((gain: number) => gain > -60).reduce(
        (all: number, gain: number) => all + 10 ** (gain / 20),
        0,
      );
      expect(InputChannelsFineTune).toHaveLength(6);
      expect(sum).toBeLessThanOrEqual(1.01);
    }
    expect(AudioDescriptions[0].CodecSettings.AacSettings).toMatchObject({
      Bitrate: 128_000,
      CodingMode: 'CODING_MODE_2_0',
    });
  });

  it('speaks of no sound where there is none', () => {
    expect(JSON.stringify(settingsOf(sources['no sound'] as Probe))).not.toContain('Audio');
  });

  it('captures the poster at its time, also of what is shorter than a second', () => {
    const rate = (probe: Probe) => {
      const { FramerateNumerator, FramerateDenominator } =
        groupsOf(probe).poster.Outputs[0].VideoDescription.CodecSettings.FrameCaptureSettings;
      return FramerateDenominator / FramerateNumerator;
    };

    expect(rate(probeOf())).toBe(1);
    expect(rate(sources['0.4 s'] as Probe)).toBeCloseTo(0.2);
  });

  it('tiles the pictures for scrubbing by widths that the service can make', () => {
    for (const probe of Object.values(sources)) {
      const { ImageBasedTrickPlaySettings } = groupsOf(probe).stream.OutputGroupSettings.CmafGroupSettings;
      const { ThumbnailWidth, ThumbnailHeight, TileHeight } = ImageBasedTrickPlaySettings;
      expect(ThumbnailWidth % 8).toBe(0);
      expect(ThumbnailHeight % 2).toBe(0);
      expect(ThumbnailHeight * TileHeight).toBeLessThanOrEqual(4_096);
    }
  });

  it('stays far below what an execution may carry from step to step', () => {
    for (const probe of Object.values(sources)) {
      expect(JSON.stringify(settingsOf(probe)).length).toBeLessThan(16 * 1_024);
    }
  });
});

describe('the encoder of a file', () => {
  it('is the function for sound alone, and for what lies under its tenant’s own key', () => {
    const plan = planOf(probeOf());
    const { video: _, ...sound } = plan;

    expect(encoderFor('mediaconvert', plan, {})).toBe('mediaconvert');
    expect(encoderFor('mediaconvert', sound, {})).toBe('ffmpeg');
    expect(encoderFor('mediaconvert', plan, { encryptionKey: 'arn:aws:kms:...' })).toBe('ffmpeg');
    expect(encoderFor('ffmpeg', plan, {})).toBe('ffmpeg');
  });

  it('is the function for pictures of fewer pixels than the service makes', () => {
    const encoderOf = (width: number, height: number) =>
      encoderFor('mediaconvert', planOf(probeOf({ width, height })), {});

    expect([encoderOf(32, 32), encoderOf(64, 32)]).toEqual(['mediaconvert', 'mediaconvert']);
    expect([encoderOf(30, 64), encoderOf(64, 30)]).toEqual(['ffmpeg', 'ffmpeg']);
    expect(refusedBy('CreateJobRequest', requestFor(probeOf({ width: 32, height: 32 })))).toEqual([]);
  });
});
