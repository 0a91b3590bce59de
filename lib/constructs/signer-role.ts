import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type EnvName, envNames } from '../../lambdas/contract/env.ts';
import { keyPatterns } from '../../lambdas/contract/storage-keys.ts';
import { acceptPrefix, keyActions, type ObjectBucket } from './object-bucket.ts';
import type { ObjectStorage } from './object-storage.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';

/** A role that assumes another one gets an hour at most (role chaining): presigned URLs end with it. */
const sessionHours = 1;

/**
 * The role whose credentials sign URLs (DESIGN 5), so that no function's own role can touch bytes. Each is made
 * for the one function that assumes it, beside that function: its trust names that role and nobody else.
 */
export class SignerRole extends Construct implements Bindable<'assume'> {
  readonly role: Role;
  private readonly envName: EnvName;

  /** Puts objects and parts into intake; S3 takes the same right for creating and completing multipart uploads. */
  static forUploads(fn: ServiceFunction, storage: ObjectStorage): SignerRole {
    return new SignerRole(fn, 'UploadSigner', {
      fn,
      env: envNames.uploadSignerRole,
      on: [[storage.intake, 's3:PutObject']],
      storage,
      writes: true,
    });
  }

  /** Gets the versions that inspection promoted, or what was derived from them, which has no versions, or both. */
  static forDownloads(
    fn: ServiceFunction,
    storage: ObjectStorage,
    { originals = true, renditions }: { originals?: boolean; renditions: boolean },
  ): SignerRole {
    return new SignerRole(fn, 'DownloadSigner', {
      fn,
      env: envNames.downloadSignerRole,
      on: [
        ...(originals ? [[storage.library, 's3:GetObjectVersion'] as const] : []),
        ...(renditions ? [[storage.derived, 's3:GetObject'] as const] : []),
      ],
      storage,
      writes: false,
    });
  }

  /** Gets what was made of videos and recordings. */
  static forStreams(fn: ServiceFunction, storage: ObjectStorage): SignerRole {
    return new SignerRole(fn, 'DownloadSigner', {
      fn,
      env: envNames.downloadSignerRole,
      on: [[storage.derived, 's3:GetObject']],
      keys: keyPatterns.videos,
      storage,
      writes: false,
    });
  }

  private constructor(
    scope: Construct,
    id: string,
    props: {
      fn: ServiceFunction;
      env: EnvName;
      /** The buckets whose objects it puts or gets. */
      on: readonly (readonly [bucket: ObjectBucket, action: string])[];
      /** Which of them; absent: any tenant's. */
      keys?: string;
      storage: ObjectStorage;
      writes: boolean;
    },
  ) {
    super(scope, id);
    this.envName = props.env;
    this.role = new Role(this, 'Role', {
      assumedBy: props.fn.grantPrincipal,
      maxSessionDuration: Duration.hours(sessionHours),
      description: `Signs URLs for the function ${props.fn.name}`,
    });
    const { on, keys = keyPatterns.allTenants, storage } = props;
    const buckets = on.map(([{ bucket }]) => bucket);
    for (const [{ bucket }, action] of on) {
      this.role.addToPolicy(
        new PolicyStatement({ actions: [action], resources: [bucket.arnForObjects(keys)] }),
      );
    }
    const onKeys = keyActions(props.writes);
    if (storage.encryptionKey) {
      this.role.addToPolicy(
        new PolicyStatement({ actions: onKeys, resources: [storage.encryptionKey.keyArn] }),
      );
    }
    this.role.addToPolicy(storage.tenantKeys.useStatement(this.role, 'TenantKeys', onKeys, buckets));
    acceptPrefix(this.role, keys);
  }

  bindTo(fn: ServiceFunction, access: readonly 'assume'[]): void {
    if (access.length === 0) return;
    fn.env(this.envName, this.role.roleArn);
    fn.allow(`Assume${this.node.id}`, ['sts:AssumeRole'], [this.role.roleArn]);
  }
}
