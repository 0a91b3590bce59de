import { outputNames } from './encoded.ts';
import { downloadsOf } from './encoder-outputs.ts';
import { frameCaptures, pictureTiles } from './mediaconvert-pictures.ts';
import { audioOf, videoOf } from './mediaconvert-tracks.ts';
import type { Probe } from './probe.ts';
import type { Rung, TranscodePlan, VideoPlan } from './transcode-plan.ts';

export interface MediaConvertJob {
  readonly plan: TranscodePlan;
  readonly probe: Probe;
  /** `s3://` of the original. Each content has a key of its own, so that its newest version is the one that is meant. */
  readonly inputUri: string;
  /** `s3://` of the folder that outputs go to, with its last slash. */
  readonly folderUri: string;
}

/** What the names of the stream's objects and playlists begin with: `cmaf-1080p.cmfv`, `cmaf-1080p.m3u8`, `cmaf.m3u8`. */
const streamBase = 'cmaf';
const soundGroup = 'sound';

/**
 * The settings of a job of AWS Elemental MediaConvert that makes what a plan says: the stream as CMAF, the best rung as an MP4,
 * the poster. Names in the bucket end as `outputNames` has them, but for pictures (`mediaconvert-pictures.ts`).
 */
export function mediaConvertSettings({ plan, probe, inputUri, folderUri }: MediaConvertJob) {
  const { video } = plan;
  if (!video) throw new Error('MediaConvert gets no recordings');
  return {
    TimecodeConfig: { Source: 'ZEROBASED' as const },
    Inputs: [
      {
        FileInput: inputUri,
        TimecodeSource: 'ZEROBASED' as const,
        // Turned as the source says, before anything is scaled: the plan's sizes are upright.
        VideoSelector: { Rotate: 'AUTO' as const, ColorSpace: 'FOLLOW' as const },
        ...(plan.audio && { AudioSelectors: { [soundSource]: { DefaultSelection: 'DEFAULT' as const } } }),
      },
    ],
    OutputGroups: [
      stream(plan, video, probe, `${folderUri}${streamBase}`),
      ...downloadsOf(plan, 'mediaconvert').map((rung) => download(plan, video, probe, rung, folderUri)),
      fileGroup('poster', `${folderUri}${stemOf(outputNames.poster)}`, frameCaptures(video)),
    ],
  };
}

const soundSource = 'Audio Selector 1';

/** Every track in one object, and beside it a media playlist that tells where its segments lie. */
function stream(plan: TranscodePlan, video: VideoPlan, probe: Probe, destination: string) {
  return {
    Name: 'stream',
    OutputGroupSettings: {
      Type: 'CMAF_GROUP_SETTINGS' as const,
      CmafGroupSettings: {
        Destination: destination,
        SegmentControl: 'SINGLE_FILE' as const,
        ...segmentLengths(video),
        WriteHlsManifest: 'ENABLED' as const,
        WriteDashManifest: 'DISABLED' as const,
        ManifestDurationFormat: 'FLOATING_POINT' as const,
        ManifestCompression: 'NONE' as const,
        CodecSpecification: 'RFC_6381' as const,
        TargetDurationCompatibilityMode: 'SPEC_COMPLIANT' as const,
        ...pictureTiles(video),
      },
    },
    Outputs: [
      ...video.rungs.map((rung) => ({
        NameModifier: `-${rung.name}`,
        ContainerSettings: {
          Container: 'CMFC' as const,
          CmfcSettings: { ...(plan.audio && { AudioRenditionSets: soundGroup }) },
        },
        VideoDescription: videoOf(rung, video),
      })),
      ...(plan.audio
        ? [
            {
              NameModifier: '-audio',
              ContainerSettings: {
                Container: 'CMFC' as const,
                CmfcSettings: {
                  AudioGroupId: soundGroup,
                  AudioTrackType: 'ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT' as const,
                },
              },
              AudioDescriptions: [audioOf(plan.audio, probe.audio, soundSource)],
            },
          ]
        : []),
    ],
  };
}

/**
 * Whole seconds alone are taken, and lengthened to the next key frame: 6 becomes the 6.006 of 24,000/1,001 frames a second.
 * So the whole seconds below what is wanted give exactly that, as key frames are more than a second apart.
 */
const segmentLengths = ({ segmentSeconds, keyFrameSeconds }: VideoPlan) => ({
  SegmentLength: Math.max(1, Math.floor(segmentSeconds)),
  SegmentLengthControl: 'GOP_MULTIPLE' as const,
  FragmentLength: Math.max(1, Math.floor(keyFrameSeconds)),
});

/** The progressive MP4 of a rung, encoded once more: MediaConvert shares no encoding between its output groups. */
const download = (plan: TranscodePlan, video: VideoPlan, probe: Probe, rung: Rung, folderUri: string) =>
  fileGroup('download', `${folderUri}${stemOf(outputNames.rung(rung.name))}`, {
    ContainerSettings: {
      Container: 'MP4' as const,
      Mp4Settings: { MoovPlacement: 'PROGRESSIVE_DOWNLOAD' as const },
    },
    VideoDescription: videoOf(rung, video),
    ...(plan.audio && { AudioDescriptions: [audioOf(plan.audio, probe.audio, soundSource)] }),
  });

/** A group of one output, so that its destination alone is its name. */
const fileGroup = <Output>(name: string, destination: string, output: Output) => ({
  Name: name,
  OutputGroupSettings: {
    Type: 'FILE_GROUP_SETTINGS' as const,
    FileGroupSettings: { Destination: destination },
  },
  Outputs: [output],
});

/** MediaConvert adds the extension of a container by itself. */
const stemOf = (name: string): string => name.slice(0, name.lastIndexOf('.'));
