import { Duration } from 'aws-cdk-lib';
import { Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { definitionsKeys } from '../../lambdas/contract/definitions.ts';
import { envNames } from '../../lambdas/contract/env.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { acknowledgeKeyPrefix } from './nag.ts';
import { privateBucket } from './object-bucket.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';

/** For so long a worker may still read by a manifest that was replaced: minutes. S3 counts in days. */
const replacedDays = 1;

const actions = {
  read: ['s3:GetObject', 's3:GetObjectVersion'],
  write: ['s3:PutObject'],
} as const;

/** Virus definitions: what is published is a set of object versions, so that no update tears what somebody reads. */
export class DefinitionsBucket extends Construct implements Bindable<keyof typeof actions> {
  readonly bucket: Bucket;

  constructor(
    scope: Construct,
    id: string,
    { config, accessLogs }: { config: EnvironmentConfig; accessLogs: IBucket },
  ) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      ...privateBucket(config),
      // Anybody may have them: S3's own keys will do.
      encryption: BucketEncryption.S3_MANAGED,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'definitions/',
      lifecycleRules: [
        { id: 'expire-replaced', noncurrentVersionExpiration: Duration.days(replacedDays) },
        { id: 'abort-uploads', abortIncompleteMultipartUploadAfter: Duration.days(replacedDays) },
      ],
    });
  }

  bindTo(fn: ServiceFunction, access: readonly (keyof typeof actions)[]): void {
    if (access.length === 0) return;
    fn.env(envNames.definitionsBucket, this.bucket.bucketName);
    fn.allow(
      'Definitions',
      access.flatMap((kind) => [...actions[kind]]),
      [this.bucket.arnForObjects(definitionsKeys.all)],
    );
    // Without the right to list, S3 answers 403 for what is not there, as it is before the first update.
    fn.allow('DefinitionsList', ['s3:ListBucket'], [this.bucket.bucketArn]);
    acknowledgeKeyPrefix(
      fn.role,
      `/${definitionsKeys.all}`,
      'The bucket holds virus definitions and nothing else.',
    );
  }
}
