import type { Call } from './record.ts';

/** Why functions hold a right that the stack tests do not make them use. */
export interface Reason {
  /** As the report names them: `Uploads`, `Uploads/UploadSigner`. */
  readonly functions: readonly string[];
  readonly actions: readonly string[];
  /** As the report names the place: `Intake`, `Metadata/index/byOwner`. */
  readonly on: readonly string[];
  readonly why: string;
  /** It takes a failure or a race, which a run of the tests may meet: not stale where one did. */
  readonly byChance?: true;
}

const backoff =
  'a message that failed comes back after a pause: one wrapper for all workers, whose pauses the tests see with others';
const daily =
  'starts a job for every tenant of the stage once a day, too much for a test: the jobs are tested as admins start them, the start with a store in memory';

export const reasons: readonly Reason[] = [
  {
    functions: [
      ...['TallyWorker', 'Index', 'Audit', 'Complete', 'Bulk', 'Purge'],
      ...['Inspect', 'Images', 'Documents', 'Videos', 'Other'],
    ],
    actions: ['sqs:ChangeMessageVisibility'],
    on: [
      'TallyQueue',
      'IndexingQueue',
      'AuditQueue',
      'CompletionQueue',
      'BulkQueue',
      'PurgeQueue',
      'InspectUrgentQueue',
      'ImagesQueue',
      'ImagesUrgentQueue',
      'DocumentsQueue',
      'DocumentsUrgentQueue',
      'VideosQueue',
      'VideosUrgentQueue',
      'OtherQueue',
      'OtherUrgentQueue',
    ],
    why: backoff,
    byChance: true,
  },
  {
    functions: ['Scan'],
    actions: ['sqs:ChangeMessageVisibility'],
    on: ['ScanQueue', 'ScanUrgentQueue'],
    why: backoff,
    byChance: true,
  },
  {
    functions: ['Inspect', 'Scan', 'Images', 'Documents', 'Videos', 'Other'],
    actions: ['sqs:SendMessage'],
    on: [
      ...['InspectUrgentQueue', 'ScanQueue', 'ScanUrgentQueue', 'ImagesQueue', 'ImagesUrgentQueue'],
      ...['DocumentsQueue', 'DocumentsUrgentQueue', 'VideosQueue', 'VideosUrgentQueue'],
      ...['OtherQueue', 'OtherUrgentQueue'],
    ],
    why: 'what is beyond the share of a tenant is put off in its lane, by one wrapper for all of them: the test of fairness fills the lane of the inspection',
    byChance: true,
  },
  {
    functions: ['Index'],
    actions: ['s3:DeleteObject'],
    on: ['Derived/search'],
    why: 'a segment whose place another has taken goes with a change a minute later: adapter tests have it',
    byChance: true,
  },
  {
    functions: ['Inspect'],
    actions: ['s3:ListBucket'],
    on: ['Intake'],
    why: 'an upload that goes while it is inspected: S3 tells so only to who may list',
    byChance: true,
  },
  {
    functions: ['Scan'],
    actions: ['s3:ListBucket'],
    on: ['Intake', 'Library', 'DefinitionsBucket'],
    why: 'what goes while it is scanned, or has never come: S3 tells so only to who may list',
    byChance: true,
  },
  {
    functions: ['Definitions'],
    actions: ['s3:GetObjectVersion'],
    on: ['DefinitionsBucket'],
    why: 'what is published is fetched again, to ask for differences, when four hours have gone: adapter tests have it',
    byChance: true,
  },
  {
    functions: ['Inspect'],
    actions: ['s3:DeleteObjectVersion', 's3:ListBucketVersions'],
    on: ['Library'],
    why: 'of two runs that promote one version, the later one removes its copy',
    byChance: true,
  },
  {
    functions: ['Images', 'Documents', 'Other'],
    actions: ['s3:DeleteObject'],
    on: ['Derived'],
    why: 'removes renditions that were written while their file was purged or withdrawn: a race that unit tests make',
    byChance: true,
  },
  {
    functions: ['Variants'],
    actions: ['s3:DeleteObject'],
    on: ['Derived/thumbnails'],
    why: 'removes a picture that was written while its file was purged or withdrawn: a race that unit tests make',
    byChance: true,
  },
  {
    functions: ['Inspect'],
    actions: ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    on: ['Library'],
    why: 'copies of more than 5 GB go part by part: too large for the stack tests, so that adapter tests have it',
  },
  {
    functions: ['Bulk'],
    actions: ['sqs:SendMessage'],
    on: ['BulkQueue'],
    why: 'the next slice of a job that outlasts one run: the jobs of the tests end within one',
    byChance: true,
  },
  {
    functions: ['Bulk', 'Sweep', 'Files'],
    actions: ['sqs:SendMessage'],
    on: ['InspectUrgentQueue'],
    why: 'files of high priority, which take the other lane by the same code',
    byChance: true,
  },
  {
    functions: ['Sweep'],
    actions: ['sqs:SendMessage'],
    on: ['SendToWorkers'],
    why: 'a stored file whose message was lost: a crash, which the tests of killed workers may leave',
    byChance: true,
  },
  {
    functions: ['Sweep'],
    actions: ['s3:DeleteObjectVersion'],
    on: ['Intake'],
    why: 'bytes that landed for an upload whose end nobody finished: a crash that unit tests make',
    byChance: true,
  },
  {
    functions: ['Sweep'],
    actions: ['events:PutEvents'],
    on: ['Bus'],
    why: 'what an outage of the bus left behind: no test stops the bus',
    byChance: true,
  },
  {
    functions: ['Uploads', 'Operations'],
    actions: ['s3:ListBucketMultipartUploads'],
    on: ['Intake'],
    why: 'an upload whose id was lost between S3 and the table: a crash that unit tests make',
    byChance: true,
  },
  {
    functions: ['Tenants'],
    actions: ['kms:ScheduleKeyDeletion'],
    on: ['key/*'],
    why: 'of two keys made for one tenant at the same moment, the later one goes: a race that adapter tests make',
    byChance: true,
  },
  {
    functions: ['Tenants'],
    actions: ['kms:DescribeKey'],
    on: ['key/*'],
    why: 'a key whose alias is there and whose tenant does not name it yet: a crash that adapter tests make',
    byChance: true,
  },
  {
    functions: ['Scan'],
    actions: ['sqs:SendMessage'],
    on: ['SendToWorkers', 'InspectUrgentQueue'],
    why: 'a picture that comes back in place of one that was withdrawn: core tests have it',
    byChance: true,
  },
  {
    functions: ['Inspect'],
    actions: ['sqs:SendMessage'],
    on: ['PurgeQueue'],
    why: 'what a scanner that answers at once finds in a stored file; the tests have one that answers later',
    byChance: true,
  },
  {
    functions: ['Uploads'],
    actions: ['sqs:SendMessage'],
    on: ['CompletionQueue'],
    why: 'uploads of more parts than one request completes: gigabytes of them',
  },
  {
    functions: ['Encode'],
    actions: ['s3:AbortMultipartUpload'],
    on: ['Derived'],
    why: 'an output of more than 16 MiB of which a part could not be stored: adapter tests have it',
    byChance: true,
  },
  {
    functions: ['Encode'],
    actions: ['s3:ListBucket'],
    on: ['Library'],
    why: 'an original that was purged before the encoder has read it: S3 tells so only to who may list',
    byChance: true,
  },
  {
    functions: ['Verify'],
    actions: ['s3:ListBucket'],
    on: ['Derived'],
    why: 'an output that the encoder has not left: core tests have it, and S3 tells so only to who may list',
    byChance: true,
  },
  {
    functions: ['Encode', 'Verify', 'Settle'],
    actions: ['s3:ListBucket', 's3:DeleteObject'],
    on: ['Derived'],
    why: 'outputs of a file that was purged, or given up, after they were made: a race that core tests make',
    byChance: true,
  },
  {
    functions: ['Settle'],
    actions: ['sqs:SendMessage'],
    on: ['DeadLetters'],
    why: 'a step that failed at every attempt, for no reason that the recording has: core tests have it',
    byChance: true,
  },
  {
    functions: ['Reconcile'],
    actions: ['dynamodb:Query', 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'sqs:SendMessage'],
    on: ['Metadata/index/byOwner', 'Metadata', 'BulkQueue'],
    why: daily,
  },
];

/** A test tries whether what was withdrawn and has to be kept is denied to who still holds a URL of it. */
export const isDeniedOnPurpose = ({ context, granted }: Call): boolean =>
  !granted && context['s3:ExistingObjectTag/Withdrawn'] === 'true';

/** Functions of which no call is recorded, and why. */
export const withoutCalls: Readonly<Record<string, string>> = {
  PreToken: 'its code makes no call',
  Transcode: 'Step Functions runs the steps, which the local engine does inside',
  Reconcile: daily,
};
