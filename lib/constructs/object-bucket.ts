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

/** What a function may do with the tenants' objects of a bucket. Each is a handful of S3 actions below. */
export type BucketAccess =
  | keyof typeof objectActions
  | keyof typeof listActions
  | 'listUploads'
  | 'probe'
  | 'address';

const objectActions = {
  readObjects: ['s3:GetObject', 's3:GetObjectVersion'],
  writeObjects: ['s3:PutObject', 's3:PutObjectTagging'],
  /** Without tags. */
  putObjects: ['s3:PutObject'],
  deleteObjects: ['s3:DeleteObject'],
  deleteVersions: ['s3:DeleteObjectVersion'],
  listParts: ['s3:ListMultipartUploadParts'],
  abortUploads: ['s3:AbortMultipartUpload'],
} as const;

/** Listings, of what lies below the tenants' prefix. */
const listActions = {
  listObjects: ['s3:ListBucket'],
  listVersions: ['s3:ListBucketVersions'],
} as const;

/** Under a stage's own key, what each kind of access also does with that key; S3 asks for it to list parts, too. */
const needsDecrypt = new Set<BucketAccess>(['readObjects', 'listParts']);
const needsEncrypt = new Set<BucketAccess>(['writeObjects']);

export interface ObjectBucketProps {
  readonly config: EnvironmentConfig;
  readonly env: EnvName;
  /** Absent: S3's own keys. */
  readonly encryptionKey?: IKey;
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
    const { env, encryptionKey } = this.props;
    const name = this.node.id;
    fn.env(env, this.bucket.bucketName);

    const onObjects = access.flatMap((kind) =>
      kind in objectActions ? objectActions[kind as keyof typeof objectActions] : [],
    );
    if (onObjects.length > 0) {
      fn.allow(`${name}Objects`, onObjects, [this.tenantObjects]);
      acceptTenantPrefix(fn.role);
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
    // HeadBucket asks for ListBucket without a prefix.
    if (access.includes('probe')) fn.allow(`${name}Probe`, ['s3:ListBucket'], [this.bucket.bucketArn]);

    if (encryptionKey && access.some((kind) => needsDecrypt.has(kind) || needsEncrypt.has(kind))) {
      fn.allow(`${name}Key`, keyActions(access.some((kind) => needsEncrypt.has(kind))), [
        encryptionKey.keyArn,
      ]);
    }
  }
}

/** Multipart uploads decrypt what they encrypted, part by part. */
export const keyActions = (writes: boolean): string[] =>
  writes ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'];

export const acceptTenantPrefix = (construct: Construct): void =>
  acknowledgeKeyPrefix(
    construct,
    `/${keyPatterns.allTenants}`,
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
