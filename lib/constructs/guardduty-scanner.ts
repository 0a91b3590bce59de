import { Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { CfnMalwareProtectionPlan } from 'aws-cdk-lib/aws-guardduty';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { tenantPrefix } from '../../lambdas/contract/storage-keys.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { workerProfiles } from './function-profiles.ts';
import type { Lanes } from './lanes.ts';
import { acknowledgeKeyPrefix } from './nag.ts';
import { acceptTenantPrefix, keyActions, type ObjectBucket } from './object-bucket.ts';
import type { ObjectStorage } from './object-storage.ts';
import { ServiceFunction } from './service-function.ts';
import type { MetadataTable } from './table.ts';
import { WorkerQueue } from './worker-queue.ts';

/**
 * No key of the library begins so. What comes into the library was scanned in intake, byte for byte, and a second scan
 * would cost as much as the first; a scan that is asked for looks at any key, whatever the plan's prefixes.
 */
const scannedOnDemandOnly = 'scanned-on-demand-only/';

const planService = 'malware-protection-plan.guardduty.amazonaws.com';
/** The rule by which GuardDuty hears of new objects: it makes and keeps it itself. */
const managedRules = 'DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*';
/** What GuardDuty writes to prove that the bucket is the role's. */
const validationObject = 'malware-protection-resource-validation-object';

export interface GuardDutyScannerProps {
  readonly config: EnvironmentConfig;
  readonly table: MetadataTable;
  readonly storage: ObjectStorage;
  readonly queues: Readonly<Record<'purge', WorkerQueue>>;
  readonly lanes: Lanes;
}

/**
 * Malware Protection for S3: a plan for each bucket that scans what lands and what is asked for, and the way of its
 * results from the account's default bus to the inspections. Verdicts are not written as tags: the record decides what is
 * promoted, and nobody but the pipeline can read intake anyway.
 */
export class GuardDutyScanner extends Construct {
  readonly queue: WorkerQueue;
  readonly results: ServiceFunction;

  constructor(
    scope: Construct,
    id: string,
    { config, table, storage, queues, lanes }: GuardDutyScannerProps,
  ) {
    super(scope, id);
    this.plan('Intake', storage, storage.intake, tenantPrefix);
    this.plan('Library', storage, storage.library, scannedOnDemandOnly);

    this.queue = new WorkerQueue(this, 'scanResults', config);
    new Rule(this, 'Results', {
      description: 'Results of malware scans to the queue scanResults',
      eventPattern: {
        source: ['aws.guardduty'],
        detailType: ['GuardDuty Malware Protection Object Scan Result'],
        detail: {
          s3ObjectDetails: {
            bucketName: [storage.intake.bucket.bucketName, storage.library.bucket.bucketName],
            objectKey: [{ prefix: tenantPrefix }],
          },
        },
      },
      targets: [new SqsQueue(this.queue.queue, { deadLetterQueue: this.queue.deadLetters })],
    });
    this.results = new ServiceFunction(this, 'ScanResults', {
      config,
      entry: 'workers/scan-results',
      ...workerProfiles['scan-results'],
    })
      .bind(table, 'get', 'query', 'transact')
      .bind(storage.intake, 'address')
      .bind(storage.library, 'address')
      .bind(lanes, 'send', 'inspect')
      .bind(queues.purge, 'send');
    this.queue.deliverTo(this.results);
  }

  /** What AWS asks for, for one bucket, and of its objects no more than the tenants'. */
  private plan(
    name: string,
    storage: ObjectStorage,
    { bucket, tenantObjects }: ObjectBucket,
    prefix: string,
  ): void {
    const { encryptionKey, tenantKeys } = storage;
    const role = new Role(this, `${name}Role`, {
      assumedBy: new ServicePrincipal(planService),
      description: `Malware Protection for S3: scans the ${name.toLowerCase()} bucket`,
    });
    const allow = (
      sid: string,
      actions: string[],
      resources: string[],
      conditions?: Record<string, unknown>,
    ) =>
      role.addToPolicy(new PolicyStatement({ sid, actions, resources, ...(conditions && { conditions }) }));
    const rules = Stack.of(this).formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: managedRules,
    });
    const ownObject = bucket.arnForObjects(validationObject);
    allow(
      'ManageItsRule',
      ['events:PutRule', 'events:DeleteRule', 'events:PutTargets', 'events:RemoveTargets'],
      [rules],
      { StringEquals: { 'events:ManagedBy': planService } },
    );
    allow('WatchItsRule', ['events:DescribeRule', 'events:ListTargetsByRule'], [rules]);
    allow('TurnOnEvents', ['s3:PutBucketNotification', 's3:GetBucketNotification'], [bucket.bucketArn]);
    allow('ProveOwnership', ['s3:PutObject'], [ownObject]);
    allow('CheckOwnership', ['s3:ListBucket'], [bucket.bucketArn]);
    allow('Scan', ['s3:GetObject', 's3:GetObjectVersion'], [tenantObjects, ownObject]);
    if (encryptionKey) allow('StageKey', keyActions(true), [encryptionKey.keyArn]);
    role.addToPolicy(tenantKeys.useStatement(role, 'TenantKeys', keyActions(false), [bucket]));
    acceptTenantPrefix(role);
    acknowledgeKeyPrefix(role, `/${managedRules}`, 'GuardDuty names its own rules, by this prefix.');

    const plan = new CfnMalwareProtectionPlan(this, `${name}Plan`, {
      role: role.roleArn,
      protectedResource: { s3Bucket: { bucketName: bucket.bucketName, objectPrefixes: [prefix] } },
      actions: { tagging: { status: 'DISABLED' } },
    });
    // GuardDuty tries the role when the plan is made.
    plan.node.addDependency(role);
  }
}
