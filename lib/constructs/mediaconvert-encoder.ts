import { Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnQueue } from 'aws-cdk-lib/aws-mediaconvert';
import { Construct } from 'constructs';
import { keyPatterns } from '../../lambdas/contract/storage-keys.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { workerProfiles } from './function-profiles.ts';
import { encodeByMediaConvert } from './mediaconvert-states.ts';
import { acknowledgeKeyPrefix } from './nag.ts';
import { acceptPrefix, keyActions } from './object-bucket.ts';
import type { ObjectStorage } from './object-storage.ts';
import { ServiceFunction } from './service-function.ts';
import type { MetadataTable } from './table.ts';
import type { ManagedEncoder } from './transcode-states.ts';

const service = 'mediaconvert.amazonaws.com';
/** The rule by which Step Functions hears that a job has ended: it makes and keeps it itself, one an account. */
const managedRule = 'StepFunctionsGetEventsForMediaConvertJobRule';
/** Of a job's progress nobody wants to hear later than this. */
const progressAge = Duration.minutes(1);

export interface MediaConvertEncoderProps {
  readonly config: EnvironmentConfig;
  readonly table: MetadataTable;
  readonly storage: ObjectStorage;
}

/**
 * AWS Elemental MediaConvert as the encoder of a stage: a queue of its own, which costs nothing, the role that MediaConvert
 * acts in, and the way of its progress from the account's default bus to the transcode's record.
 */
export class MediaConvertEncoder extends Construct implements ManagedEncoder {
  readonly queue: CfnQueue;
  readonly role: Role;
  readonly progress: ServiceFunction;
  private readonly config: EnvironmentConfig;

  constructor(scope: Construct, id: string, { config, table, storage }: MediaConvertEncoderProps) {
    super(scope, id);
    this.config = config;
    this.queue = new CfnQueue(this, 'Queue', {
      description: `Sluice ${config.stage}: videos`,
      pricingPlan: 'ON_DEMAND',
      status: 'ACTIVE',
    });
    this.role = this.serviceRole(storage);
    this.progress = new ServiceFunction(this, 'Progress', {
      config,
      entry: 'workers/transcode-progress',
      ...workerProfiles['transcode-progress'],
    }).bind(table, 'update');
    new Rule(this, 'ProgressRule', {
      description: 'How far the jobs of this stage are',
      eventPattern: {
        source: ['aws.mediaconvert'],
        detailType: ['MediaConvert Job State Change'],
        detail: { status: ['STATUS_UPDATE'], queue: [this.queue.attrArn] },
      },
      // What is lost is told again by the next one.
      targets: [new LambdaFunction(this.progress.lambda, { maxEventAge: progressAge, retryAttempts: 1 })],
    });
  }

  states(scope: Construct) {
    return encodeByMediaConvert(scope, {
      role: this.role.roleArn,
      queue: this.queue.attrArn,
      timeout: Duration.seconds(this.config.limits.video.managedEncodeSeconds),
    });
  }

  allow(role: Role): void {
    const { partition, region, account } = Stack.of(role);
    const jobs = `arn:${partition}:mediaconvert:${region}:${account}:jobs/*`;
    const allow = (sid: string, actions: string[], resources: string[], conditions?: object): void => {
      role.addToPolicy(new PolicyStatement({ sid, actions, resources, ...(conditions && { conditions }) }));
    };
    allow('CreateJobs', ['mediaconvert:CreateJob'], [this.queue.attrArn]);
    allow('FollowJobs', ['mediaconvert:GetJob', 'mediaconvert:CancelJob'], [jobs]);
    acknowledgeKeyPrefix(role, ':jobs/*', 'MediaConvert names its jobs when they are made.');
    allow('HandOverItsRole', ['iam:PassRole'], [this.role.roleArn], {
      StringEquals: { 'iam:PassedToService': service },
    });
    const rule = Stack.of(role).formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: managedRule,
    });
    allow('HearOfJobs', ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], [rule]);
  }

  /** Reads originals, writes outputs of videos, and nothing else: for jobs of this queue alone. */
  private serviceRole({ library, derived, encryptionKey }: ObjectStorage): Role {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal(service, {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnEquals: { 'aws:SourceArn': this.queue.attrArn },
        },
      }),
      description: `Sluice ${this.config.stage}: what MediaConvert may do`,
    });
    const allow = (sid: string, actions: string[], resources: string[]): void => {
      role.addToPolicy(new PolicyStatement({ sid, actions, resources }));
    };
    allow('ReadOriginals', ['s3:GetObject'], [library.bucket.arnForObjects(keyPatterns.originals)]);
    allow(
      'WriteOutputs',
      ['s3:PutObject', 's3:AbortMultipartUpload'],
      [derived.bucket.arnForObjects(keyPatterns.videos)],
    );
    // Files under a tenant's own key never come here.
    if (encryptionKey) allow('StageKey', keyActions(true), [encryptionKey.keyArn]);
    acceptPrefix(role, keyPatterns.originals);
    acceptPrefix(role, keyPatterns.videos);
    return role;
  }
}
