import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { EnvName } from '../../lambdas/contract/env.ts';
import { keyPatterns } from '../../lambdas/contract/storage-keys.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { acknowledgeKeyPrefix } from './nag.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';
import type { TenantKeys } from './tenant-keys.ts';

/** What a function may do with the tenants' objects of a bucket. Each is a handful of S3 actions below. */
export type BucketAccess =
  | keyof typeof objectActions
  | keyof typeof lockActions
  | keyof typeof partActions
  | keyof typeof listActions
  | 'listUploads'
  | 'seeMissing'
  | 'probe'
  | 'address';

const objectActions = {
  /** Everything is read as one exact version: what a key names at the moment is nobody's business. */
  readVersions: ['s3:GetObjectVersion'],
  /** Of the derived bucket, which has no versions. */
  readObjects: ['s3:GetObject'],
  writeObjects: ['s3:PutObject', 's3:PutObjectTagging'],
  /** Without tags. */
  putObjects: ['s3:PutObject'],
  deleteObjects: ['s3:DeleteObject'],
  deleteVersions: ['s3:DeleteObjectVersion'],
  tagVersions: ['s3:PutObjectVersionTagging'],
  listParts: ['s3:ListMultipartUploadParts'],
  abortUploads: ['s3:AbortMultipartUpload'],
} as const;

/** On a bucket with Object Lock. Nobody gets s3:BypassGovernanceRetention, which would lift a lock. */
const lockActions = {
  retainVersions: ['s3:PutObjectRetention'],
  holdVersions: ['s3:PutObjectLegalHold'],
} as const;

/**
 * Of the derived bucket: what the search has there, and the texts that go into it; pictures that are made when asked for;
 * what playlists are written from.
 */
const partActions = {
  readSegments: { action: 's3:GetObject', keys: keyPatterns.searchSegments },
  writeSegments: { action: 's3:PutObject', keys: keyPatterns.searchSegments },
  deleteSegments: { action: 's3:DeleteObject', keys: keyPatterns.searchSegments },
  readTexts: { action: 's3:GetObject', keys: keyPatterns.texts },
  readStreams: { action: 's3:GetObject', keys: keyPatterns.streams },
  writeVariants: { action: 's3:PutObject', keys: keyPatterns.variants },
  tagVariants: { action: 's3:PutObjectTagging', keys: keyPatterns.variants },
  deleteVariants: { action: 's3:DeleteObject', keys: keyPatterns.variants },
} as const;

/** Listings, of what lies below the tenants' prefix. */
const listActions = {
  listObjects: ['s3:ListBucket'],
  listVersions: ['s3:ListBucketVersions'],
} as const;

/** What each kind of access also does with the key of an object: the stage's own, or its tenant's. S3 asks to list parts, too. */
const needsDecrypt = new Set<BucketAccess>([
  'readVersions',
  'readObjects',
  'readSegments',
  'readTexts',
  'readStreams',
  'listParts',
]);
const needsEncrypt = new Set<BucketAccess>(['writeObjects', 'writeSegments', 'writeVariants']);

export interface ObjectBucketProps {
  readonly config: EnvironmentConfig;
  readonly env: EnvName;
  /** Absent: S3's own keys. */
  readonly encryptionKey?: IKey;
  /** Of the tenants whose policy asks for one. Absent: no object here lies under such a key. */
  readonly tenantKeys?: TenantKeys;
  readonly accessLogs: IBucket;
  /** What this bucket has of its own: versions, CORS, lifecycle, lock. */
  readonly settings: BucketProps;
}

/** A bucket of tenants' objects: private, TLS only, encrypted, logged, and granted by key prefix. */
export class ObjectBucket extends Construct implements Bindable<BucketAccess> {
  readonly bucket: Bucket;
  private readonly props: ObjectBucketProps;

  constructor(scope: Construct, id: string, props: ObjectBucketProps) {
    super(scope, id);
    this.props = props;
    this.bucket = new Bucket(this, 'Bucket', {
      ...privateBucket(props.config),
      ...encryption(props.encryptionKey),
      serverAccessLogsBucket: props.accessLogs,
      serverAccessLogsPrefix: `${id.toLowerCase()}/`,
      ...props.settings,
    });
  }

  /** The objects that anybody may ever be granted. */
  get tenantObjects(): string {
    return this.bucket.arnForObjects(keyPatterns.allTenants);
  }

  bindTo(fn: ServiceFunction, access: readonly BucketAccess[]): void {
    const { env, encryptionKey, tenantKeys } = this.props;
    const name = this.node.id;
    fn.env(env, this.bucket.bucketName);

    const onObjects = access.flatMap((kind) =>
      kind in objectActions ? objectActions[kind as keyof typeof objectActions] : [],
    );
    if (onObjects.length > 0) {
      fn.allow(`${name}Objects`, onObjects, [this.tenantObjects]);
      acceptTenantPrefix(fn.role);
    }
    const onLocks = access.flatMap((kind) =>
      kind in lockActions ? lockActions[kind as keyof typeof lockActions] : [],
    );
    if (onLocks.length > 0) {
      fn.allow(`${name}Locks`, onLocks, [this.tenantObjects]);
      acceptTenantPrefix(fn.role);
    }
    for (const kind of access) {
      if (!(kind in partActions)) continue;
      const { action, keys } = partActions[kind as keyof typeof partActions];
      fn.allow(
        `${name}${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
        [action],
        [this.bucket.arnForObjects(keys)],
      );
      acceptPrefix(fn.role, keys);
    }
    const onListings = access.flatMap((kind) =>
      kind in listActions ? listActions[kind as keyof typeof listActions] : [],
    );
    if (onListings.length > 0) {
      fn.allow(`${name}Listings`, onListings, [this.bucket.bucketArn], {
        StringLike: { 's3:prefix': keyPatterns.allTenants },
      });
    }
    // S3 knows no condition on the prefix for this one; it tells keys and upload ids, no bytes.
    if (access.includes('listUploads')) {
      fn.allow(`${name}Uploads`, ['s3:ListBucketMultipartUploads'], [this.bucket.bucketArn]);
    }
    // S3 answers 404 for what is missing to those alone who may list, by whatever prefix; 403 to everybody else.
    if (access.includes('seeMissing')) fn.allow(`${name}Missing`, ['s3:ListBucket'], [this.bucket.bucketArn]);
    // HeadBucket asks for ListBucket without a prefix.
    if (access.includes('probe')) fn.allow(`${name}Probe`, ['s3:ListBucket'], [this.bucket.bucketArn]);

    if (!access.some((kind) => needsDecrypt.has(kind) || needsEncrypt.has(kind))) return;
    const actions = keyActions(access.some((kind) => needsEncrypt.has(kind)));
    if (encryptionKey) fn.allow(`${name}Key`, actions, [encryptionKey.keyArn]);
    if (tenantKeys) {
      fn.role.addToPolicy(tenantKeys.useStatement(fn.role, `${name}TenantKeys`, actions, [this.bucket]));
    }
  }
}

/** Multipart uploads decrypt what they encrypted, part by part. */
export const keyActions = (writes: boolean): string[] =>
  writes ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'];

export const acceptTenantPrefix = (construct: Construct): void =>
  acceptPrefix(construct, keyPatterns.allTenants);

export const acceptPrefix = (construct: Construct, keys: string): void =>
  acknowledgeKeyPrefix(
    construct,
    `/${keys}`,
    'Objects have generated keys below the tenants prefix; which tenant is decided per request.',
  );

/** What every bucket of Sluice has in common. */
export const privateBucket = (config: EnvironmentConfig): BucketProps => ({
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  removalPolicy: config.stable ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  // CloudFormation deletes no bucket with something in it. The local engine is thrown away whole.
  autoDeleteObjects: !config.stable && config.stage !== 'local',
});

const encryption = (key?: IKey): BucketProps =>
  key
    ? { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }
    : { encryption: BucketEncryption.S3_MANAGED };
