import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { envNames } from '../../lambdas/contract/env.ts';
import { keyPatterns } from '../../lambdas/contract/storage-keys.ts';
import {
  type TenantKeyScope,
  tenantKeyAliasPrefix,
  tenantKeyDeletionDays,
  tenantKeyTags,
} from '../../lambdas/contract/tenant-keys.ts';
import type { EnvironmentConfig } from '../config/index.ts';
import { acknowledge, acknowledgeKeyPrefix } from './nag.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';

/** `make`: a key with its alias, for a tenant that asks for one. `retire`: the end of both. */
export type TenantKeyAccess = 'make' | 'retire';

/**
 * The KMS keys of single tenants, which functions make and end while the stage runs: so there is no resource here, only
 * who may do what to them. They are told by the tags that each is made with, and not by their aliases, because KMS takes
 * up to five minutes until a new alias counts for authorization.
 */
export class TenantKeys implements Bindable<TenantKeyAccess> {
  private readonly stage: string;
  private readonly buckets: () => readonly IBucket[];

  /** @param buckets those that hold tenants' objects under these keys */
  constructor(config: EnvironmentConfig, buckets: () => readonly IBucket[]) {
    this.stage = config.stage;
    this.buckets = buckets;
  }

  /** For a role of `scope`: the use of every tenant's key, by S3, for tenants' objects of these buckets. */
  useStatement(
    scope: IConstruct,
    sid: string,
    actions: readonly string[],
    buckets: readonly IBucket[],
  ): PolicyStatement {
    acknowledgeKeyPrefix(scope, ':key/*', 'Keys are made per tenant while the stage runs; tags bound which.');
    return new PolicyStatement({
      sid,
      actions: [...actions],
      resources: [this.keyArns(scope)],
      conditions: {
        StringEquals: { 'kms:ViaService': viaS3(scope), ...this.ofStage },
        StringLike: {
          ...ofAnyTenant,
          'kms:EncryptionContext:aws:s3:arn': buckets.map((bucket) =>
            bucket.arnForObjects(keyPatterns.allTenants),
          ),
        },
      },
    });
  }

  bindTo(fn: ServiceFunction, access: readonly TenantKeyAccess[]): void {
    if (access.length === 0) return;
    const [keys, aliases] = [this.keyArns(fn), this.aliasArns(fn)];
    const ours = { StringEquals: this.ofStage, StringLike: ofAnyTenant };
    const reason =
      'Keys are made per tenant while the stage runs; tags and the name of the alias bound which.';
    acknowledgeKeyPrefix(fn.role, ':key/*', reason);
    acknowledgeKeyPrefix(fn.role, `:${tenantKeyAliasPrefix(this.stage)}*`, reason);
    if (access.includes('make')) {
      fn.env(envNames.tenantKeys, Stack.of(fn).toJsonString(this.scopeOf(fn)));
      fn.allow('CreateTenantKeys', ['kms:CreateKey', 'kms:TagResource'], ['*'], {
        StringEquals: { [`aws:RequestTag/${tenantKeyTags.stage}`]: this.stage },
        StringLike: { [`aws:RequestTag/${tenantKeyTags.tenant}`]: '*' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': Object.values(tenantKeyTags) },
      });
      acknowledge(
        fn.role,
        'AwsSolutions-IAM5[Resource::*]',
        'A key that is yet to be made has no ARN; the tags that it must be made with bound this.',
      );
      fn.allow('NameTenantKeys', ['kms:DescribeKey', 'kms:CreateAlias'], [aliases]);
      fn.allow(
        'PrepareTenantKeys',
        ['kms:DescribeKey', 'kms:EnableKeyRotation', 'kms:CreateAlias'],
        [keys],
        ours,
      );
      // One that was made in vain because another call was faster. A key with an alias is somebody's.
      fn.allow('DropNamelessTenantKeys', ['kms:ScheduleKeyDeletion'], [keys], {
        ...ours,
        ...afterWaiting,
        Null: { 'kms:ResourceAliases': 'true' },
      });
    }
    if (access.includes('retire')) {
      fn.allow('FindTenantKeys', ['kms:DescribeKey', 'kms:DeleteAlias'], [aliases]);
      fn.allow('UnnameTenantKeys', ['kms:DescribeKey', 'kms:DeleteAlias'], [keys], ours);
      fn.allow('RetireTenantKeys', ['kms:ScheduleKeyDeletion'], [keys], { ...ours, ...afterWaiting });
    }
  }

  private get ofStage(): Record<string, string> {
    return { [`aws:ResourceTag/${tenantKeyTags.stage}`]: this.stage };
  }

  private keyArns(scope: IConstruct): string {
    return Stack.of(scope).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
  }

  private aliasArns(scope: IConstruct): string {
    const { partition, region, account } = Stack.of(scope);
    return `arn:${partition}:kms:${region}:${account}:${tenantKeyAliasPrefix(this.stage)}*`;
  }

  private scopeOf(fn: ServiceFunction): TenantKeyScope {
    const { partition, account } = Stack.of(fn);
    return {
      account: `arn:${partition}:iam::${account}:root`,
      // CloudFormation names a role by its stack.
      roles: `arn:${partition}:iam::${account}:role/sluice-${this.stage}-*`,
      viaService: viaS3(fn),
      buckets: this.buckets().map(({ bucketArn }) => bucketArn),
    };
  }
}

/**
 * Tag keys in conditions know no case, so that the stage's tag alone would also tell of other keys of the stage: what no
 * other key has is the tenant.
 */
const ofAnyTenant = { [`aws:ResourceTag/${tenantKeyTags.tenant}`]: '*' };

/** IfExists: a request may leave the number out, and then means the longest wait. */
const afterWaiting = {
  NumericGreaterThanEqualsIfExists: {
    'kms:ScheduleKeyDeletionPendingWindowInDays': String(tenantKeyDeletionDays),
  },
};

const viaS3 = (scope: IConstruct): string => `s3.${Stack.of(scope).region}.amazonaws.com`;
