import { keyPatterns } from '../../contract/storage-keys.ts';
import type { TenantKeyScope } from '../../contract/tenant-keys.ts';

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: { readonly AWS: string };
  readonly Action: readonly string[];
  readonly Resource: '*';
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * Everything that keeps and destroys a key, and nothing that uses it. No CreateGrant: a grant would let somebody use it
 * past the conditions below.
 */
const administration = [
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:UpdateKeyDescription',
  'kms:EnableKey',
  'kms:DisableKey',
  'kms:EnableKeyRotation',
  'kms:DisableKeyRotation',
  'kms:RotateKeyOnDemand',
  'kms:CreateAlias',
  'kms:UpdateAlias',
  'kms:DeleteAlias',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
  'kms:CancelKeyDeletion',
];

/**
 * The policy of one tenant's key. S3 names the object as encryption context, and KMS binds what it encrypts to that
 * name: so the key works for objects below this tenant's prefix of the stage's buckets, and for no other tenant's,
 * whatever a function with a right to use keys asks S3 for. With a bucket key the context would be the bucket alone,
 * which is why no object under this key may have one.
 */
export const tenantKeyPolicy = (scope: TenantKeyScope, tenantId: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'AdministrationWithoutUse',
      Effect: 'Allow',
      Principal: { AWS: scope.account },
      Action: administration,
      Resource: '*',
    },
    {
      Sid: 'ObjectsOfTheTenant',
      Effect: 'Allow',
      // The account: so a role needs a statement of its own besides.
      Principal: { AWS: scope.account },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
      Condition: {
        StringEquals: { 'kms:ViaService': scope.viaService },
        ArnLike: { 'aws:PrincipalArn': scope.roles },
        StringLike: {
          'kms:EncryptionContext:aws:s3:arn': scope.buckets.map(
            (bucket) => `${bucket}/${keyPatterns.tenant(tenantId)}`,
          ),
        },
      },
    },
  ],
});

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}
