import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type EnvName, envNames } from '../../lambdas/contract/env.ts';
import { acceptTenantPrefix, keyActions } from './object-bucket.ts';
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
      actions: ['s3:PutObject'],
      resources: [storage.intake.tenantObjects],
      ...(storage.encryptionKey && { key: { arn: storage.encryptionKey.keyArn, writes: true } }),
    });
  }

  /** Gets what inspection promoted, and what was derived from it. */
  static forDownloads(fn: ServiceFunction, storage: ObjectStorage): SignerRole {
    return new SignerRole(fn, 'DownloadSigner', {
      fn,
      env: envNames.downloadSignerRole,
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [storage.library.tenantObjects, storage.derived.tenantObjects],
      ...(storage.encryptionKey && { key: { arn: storage.encryptionKey.keyArn, writes: false } }),
    });
  }

  private constructor(
    scope: Construct,
    id: string,
    props: {
      fn: ServiceFunction;
      env: EnvName;
      actions: string[];
      resources: string[];
      key?: { arn: string; writes: boolean };
    },
  ) {
    super(scope, id);
    this.envName = props.env;
    this.role = new Role(this, 'Role', {
      assumedBy: props.fn.grantPrincipal,
      maxSessionDuration: Duration.hours(sessionHours),
      description: `Signs URLs for the function ${props.fn.name}`,
    });
    this.role.addToPolicy(new PolicyStatement({ actions: props.actions, resources: props.resources }));
    if (props.key) {
      this.role.addToPolicy(
        new PolicyStatement({ actions: keyActions(props.key.writes), resources: [props.key.arn] }),
      );
    }
    acceptTenantPrefix(this.role);
  }

  bindTo(fn: ServiceFunction, access: readonly 'assume'[]): void {
    if (access.length === 0) return;
    fn.env(this.envName, this.role.roleArn);
    fn.allow(`Assume${this.node.id}`, ['sts:AssumeRole'], [this.role.roleArn]);
  }
}
