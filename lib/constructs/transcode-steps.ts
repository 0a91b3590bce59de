import { availableParallelism } from 'node:os';
import { Size } from 'aws-cdk-lib';
import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import type { StepName } from '../../lambdas/contract/transcode.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { memoryPerVCpuMb, stepProfiles } from './function-profiles.ts';
import type { ObjectStorage } from './object-storage.ts';
import { ServiceFunction } from './service-function.ts';
import type { MetadataTable } from './table.ts';
import type { WorkerQueue } from './worker-queue.ts';

export interface TranscodeStepsProps {
  readonly config: EnvironmentConfig;
  readonly table: MetadataTable;
  readonly storage: ObjectStorage;
  /** Messages of its worker end among its dead letters when their transcode has failed for good. */
  readonly videos: WorkerQueue;
  /** Of sharp, for the presets of posters and covers. */
  readonly sharp: ILayerVersion;
  /** Absent: ffmpeg is where `config.video.ffmpegPath` says. */
  readonly ffmpeg?: ILayerVersion;
}

/** Where Lambda unpacks the layer's program. */
const layerProgram = '/opt/bin/ffmpeg';
const mebibyte = 1024 ** 2;
/** What Node and ffmpeg themselves put into /tmp beside the outputs. */
const diskSlackMebibytes = 512;
/** Lambda's own bound. */
const maxDiskMebibytes = 10_240;

/** The functions of the transcode workflow. */
export class TranscodeSteps extends Construct {
  readonly functions: Readonly<Record<StepName, ServiceFunction>>;

  constructor(scope: Construct, id: string, props: TranscodeStepsProps) {
    super(scope, id);
    const { config, table, storage, videos, sharp, ffmpeg } = props;
    const layers: Partial<Record<StepName, readonly ILayerVersion[]>> = {
      settle: [sharp],
      ...(ffmpeg && { encode: [ffmpeg] }),
    };
    const step = (name: StepName): ServiceFunction =>
      new ServiceFunction(this, name.charAt(0).toUpperCase() + name.slice(1), {
        config,
        entry: `steps/${name}`,
        ...stepProfiles[name],
        ...(layers[name] && { layers: layers[name] }),
        ...(name === 'encode' && { ephemeralStorage: diskOf(config) }),
      }).env(envNames.s3PathStyle, String(config.s3PathStyle));

    // What MediaConvert leaves gets the names, and the description, that the other encoder gives it.
    const adopting = config.video.encoder === 'mediaconvert' ? (['writeObjects'] as const) : [];

    this.functions = {
      probe: step('probe').bind(table, 'get', 'update').bind(storage.library, 'readVersions'),
      admit: step('admit')
        .bind(table, 'get', 'update')
        .env(envNames.videoEncoder, config.video.encoder)
        .env(envNames.encoderVCpus, String(vCpusOf(config))),
      encode: step('encode')
        .bind(table, 'get', 'update')
        .bind(storage.library, 'readVersions', 'seeMissing')
        .bind(storage.derived, 'writeObjects', 'abortUploads', 'listObjects', 'deleteObjects'),
      verify: step('verify')
        .bind(table, 'get', 'update')
        .bind(storage.derived, 'readObjects', 'seeMissing', ...adopting, 'listObjects', 'deleteObjects'),
      settle: step('settle')
        .bind(table, 'get', 'put', 'update')
        .bind(storage.library, 'readVersions')
        .bind(storage.derived, 'readObjects', 'writeObjects', 'listObjects', 'deleteObjects')
        .env(envNames.videosDeadLetters, videos.deadLetters.queueUrl)
        .allow('KeepDeadLetters', ['sqs:SendMessage'], [videos.deadLetters.queueArn]),
    };
    // For the settings of its jobs: nothing is read or written there by this step.
    if (config.video.encoder === 'mediaconvert') {
      this.functions.admit.bind(storage.library, 'address').bind(storage.derived, 'address');
    }
    // By its whole path: the encoder gets no PATH.
    const ffmpegPath = ffmpeg ? layerProgram : config.video.ffmpegPath;
    if (ffmpegPath) this.functions.encode.env(envNames.ffmpegPath, ffmpegPath);
  }
}

/** The local engine runs functions on the machine itself. */
const vCpusOf = ({ stage }: EnvironmentConfig): number =>
  stage === 'local' ? availableParallelism() : stepProfiles.encode.memoryMb / memoryPerVCpuMb;

/** Room for one run of the encoder. */
function diskOf({ limits }: EnvironmentConfig): Size {
  const needed = Math.ceil(limits.video.encodeDiskBytes / mebibyte) + diskSlackMebibytes;
  return Size.mebibytes(Math.min(maxDiskMebibytes, needed));
}
