import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  Bucket,
  BucketEncryption,
  type CfnBucket,
  HttpMethods,
  type IBucket,
  ObjectLockRetention,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import { tenantPrefix, withdrawnTag } from '../../lambdas/contract/storage-keys.ts';
import { allowedOrigins, type EnvironmentConfig } from '../config/index.ts';
import { ObjectBucket, privateBucket } from './object-bucket.ts';
import { TenantKeys } from './tenant-keys.ts';

/**
 * The nets below the sweep (DESIGN 5), which ends every upload after 7 days: what it missed goes a day later, and
 * no byte stays in intake for more than a month, whatever happens.
 */
const intakeNet = { abortMultipartDays: 8, expireDays: 30 };
const accessLogDays = 90;
/** How long a browser may remember the answer to a CORS preflight. */
const preflightSeconds = 3_600;

/** Intake, library, derived and audit bucket, and the one that takes their access logs. */
export class ObjectStorage extends Construct {
  readonly intake: ObjectBucket;
  readonly library: ObjectBucket;
  readonly derived: ObjectBucket;
  /** Nobody but the sealer writes to it, and no function reads it. */
  readonly audit: ObjectBucket;
  /** Who asked for what of every bucket. */
  readonly accessLogs: IBucket;
  /** The stage's own key, where the configuration asks for one. */
  readonly encryptionKey?: Key;
  /** On every stage: a tenant's policy may ask for one at any time. */
  readonly tenantKeys: TenantKeys;

  constructor(scope: Construct, id: string, props: { config: EnvironmentConfig; intakeQueue: Queue }) {
    super(scope, id);
    const { config } = props;
    this.accessLogs = new Bucket(this, 'AccessLogs', {
      ...privateBucket(config),
      // Log delivery knows no customer-managed keys.
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(accessLogDays) }],
    });
    const { accessLogs } = this;
    if (config.encryption === 'kms') {
      this.encryptionKey = new Key(this, 'Key', {
        description: `Sluice ${config.stage}: objects of the tenants`,
        enableKeyRotation: true,
        removalPolicy: config.stable ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      });
    }
    this.tenantKeys = new TenantKeys(config, () =>
      [this.intake, this.library, this.derived].map(({ bucket }) => bucket),
    );
    const shared = {
      config,
      accessLogs,
      tenantKeys: this.tenantKeys,
      ...(this.encryptionKey && { encryptionKey: this.encryptionKey }),
    };

    this.intake = new ObjectBucket(this, 'Intake', {
      ...shared,
      env: envNames.intakeBucket,
      settings: {
        versioned: true,
        cors: uploadCors(allowedOrigins(config)),
        lifecycleRules: [
          {
            id: 'abort-uploads',
            abortIncompleteMultipartUploadAfter: Duration.days(intakeNet.abortMultipartDays),
          },
          {
            // Also removes delete markers that stand alone.
            id: 'expire-bytes',
            expiration: Duration.days(intakeNet.expireDays),
            noncurrentVersionExpiration: Duration.days(intakeNet.expireDays),
          },
        ],
      },
    });
    const hasPlans = config.scanner === 'guardduty';
    notify(this.intake.bucket, props.intakeQueue, hasPlans);

    this.library = new ObjectBucket(this, 'Library', {
      ...shared,
      env: envNames.libraryBucket,
      settings: {
        versioned: true,
        // No default retention: which version is locked, and for how long, each tenant's policy says.
        ...(config.objectLock && { objectLockEnabled: true }),
        lifecycleRules: [
          {
            id: 'expire-noncurrent',
            abortIncompleteMultipartUploadAfter: Duration.days(intakeNet.abortMultipartDays),
            noncurrentVersionExpiration: Duration.days(config.noncurrentDays),
          },
          { id: 'remove-delete-markers', expiredObjectDeleteMarker: true },
          ...(config.infrequentAccessAfterDays
            ? [
                {
                  id: 'infrequent-access',
                  transitions: [
                    {
                      storageClass: StorageClass.INFREQUENT_ACCESS,
                      transitionAfter: Duration.days(config.infrequentAccessAfterDays),
                    },
                  ],
                },
              ]
            : []),
        ],
      },
    });

    closeWithdrawn(this.library.bucket);
    if (hasPlans)
      (this.library.bucket.node.defaultChild as CfnBucket).notificationConfiguration = eventBridge;

    // Not versioned: what is in it can be made again from the library.
    this.derived = new ObjectBucket(this, 'Derived', {
      ...shared,
      env: envNames.derivedBucket,
      settings: {
        cors: playbackCors(allowedOrigins(config)),
        lifecycleRules: [
          {
            id: 'abort-uploads',
            abortIncompleteMultipartUploadAfter: Duration.days(intakeNet.abortMultipartDays),
          },
        ],
      },
    });

    // S3's own key, so that what is sealed stays readable whatever becomes of the stage's.
    this.audit = new ObjectBucket(this, 'Audit', {
      config,
      accessLogs,
      env: envNames.auditBucket,
      settings: {
        versioned: true,
        ...(config.stable && {
          objectLockDefaultRetention: ObjectLockRetention.compliance(
            Duration.days(config.auditRetentionDays),
          ),
        }),
      },
    });
  }
}

/** A PUT needs no custom header but the checksums and SSE headers that `headers` of an initiation may list. */
const uploadCors = (origins: readonly string[]) =>
  origins.length === 0
    ? []
    : [
        {
          allowedMethods: [HttpMethods.PUT],
          allowedOrigins: [...origins],
          allowedHeaders: [
            'content-type',
            'x-amz-checksum-*',
            'x-amz-sdk-checksum-algorithm',
            'x-amz-server-side-encryption*',
          ],
          exposedHeaders: ['ETag'],
          maxAge: preflightSeconds,
        },
      ];

/** Players in a page fetch ranges of tracks by script; pictures and downloads need none of this. */
const playbackCors = (origins: readonly string[]) =>
  origins.length === 0
    ? []
    : [
        {
          allowedMethods: [HttpMethods.GET],
          allowedOrigins: [...origins],
          allowedHeaders: ['range'],
          exposedHeaders: ['Content-Length', 'Content-Range'],
          maxAge: preflightSeconds,
        },
      ];

/**
 * GuardDuty hears of new objects by EventBridge, and turns that on itself where it is off. Said here, so that no change of
 * the bucket's notifications by CloudFormation, which writes all of them, turns it off again.
 */
const eventBridge = { eventBridgeConfiguration: { eventBridgeEnabled: true } };

/**
 * Closes what was found infected and what S3 does not let go (Object Lock, a legal hold): nobody reads it, whatever URL or
 * right they have. Who must look at it has to change this policy first, which CloudTrail tells.
 */
function closeWithdrawn(bucket: Bucket): void {
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'WithdrawnForMalware',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [bucket.arnForObjects('*')],
      conditions: { StringEquals: { [`s3:ExistingObjectTag/${withdrawnTag.key}`]: withdrawnTag.value } },
    }),
  );
}

/**
 * Sends every new object below the tenants' prefix to the queue, by CloudFormation itself: CDK's own way is a
 * function with wide rights. The queue has to accept S3 before the bucket exists, so that its policy names the
 * account and the bucket's generated name up to what CloudFormation adds, not the bucket.
 */
function notify(bucket: Bucket, queue: Queue, hasPlan: boolean): void {
  const stack = Stack.of(bucket);
  const result = queue.addToResourcePolicy(
    new PolicyStatement({
      sid: 'IntakeNotifications',
      principals: [new ServicePrincipal('s3.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: { 'aws:SourceArn': `arn:${stack.partition}:s3:::${stack.stackName}-*` },
      },
    }),
  );
  const resource = bucket.node.defaultChild as CfnBucket;
  resource.notificationConfiguration = {
    ...(hasPlan && eventBridge),
    queueConfigurations: [
      {
        event: 's3:ObjectCreated:*',
        queue: queue.queueArn,
        filter: { s3Key: { rules: [{ name: 'prefix', value: tenantPrefix }] } },
      },
    ],
  };
  if (result.policyDependable) resource.node.addDependency(result.policyDependable);
}
