import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/index.ts';
import { MediaConvertEncoder } from '../constructs/mediaconvert-encoder.ts';
import { SluiceStack } from './base.ts';
import type { StorageStack } from './storage-stack.ts';

/** Encoding by MediaConvert. A stack of its own, because the local engine has no such queues. */
export class MediaConvertStack extends SluiceStack {
  readonly encoder: MediaConvertEncoder;

  constructor(scope: Construct, config: EnvironmentConfig, { table, storage }: StorageStack) {
    super(scope, 'transcode-mediaconvert', config, {
      description: 'Sluice: encoding of videos by MediaConvert',
    });
    this.encoder = new MediaConvertEncoder(this, 'MediaConvert', { config, table, storage });
    this.output('MediaConvertQueueArn', this.encoder.queue.attrArn, 'Where the jobs of this stage wait');
  }
}
