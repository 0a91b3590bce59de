import {
  AlreadyExistsException,
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  type KeyMetadata,
  KMSClient,
  KMSInvalidStateException,
  NotFoundException,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  type TenantKeyScope,
  tenantKeyAlias,
  tenantKeyDeletionDays,
  tenantKeyTags,
} from '../../contract/tenant-keys.ts';
import type { TenantKeys } from '../../core/tenancy/encryption.ts';
import { withDeadline } from '../request-deadline.ts';
import { tenantKeyPolicy } from './tenant-key-policy.ts';

const requestTimeoutMs = 3_000;
const maxAttempts = 3;

const createKms = (): KMSClient =>
  new KMSClient({ requestHandler: withDeadline(requestTimeoutMs), maxAttempts });

/**
 * A key counts once its alias names it, which is the last step of making it: whoever comes again begins by the alias. A
 * key that a crash left without one has the tags of its tenant and stage from its first moment, for an operator to find.
 */
export function createTenantKeyMaker(
  stage: string,
  scope: TenantKeyScope,
  kms: KMSClient = createKms(),
): Pick<TenantKeys, 'ensure'> {
  return {
    ensure: async (tenantId) => {
      const AliasName = tenantKeyAlias(stage, tenantId);
      const known = await described(kms, AliasName);
      if (known) return arnOf(known);
      const { KeyMetadata } = await kms.send(
        new CreateKeyCommand({
          Description: `Sluice ${stage}: objects of the tenant ${tenantId}`,
          Policy: JSON.stringify(tenantKeyPolicy(scope, tenantId)),
          // KMS would refuse a policy that its maker cannot change later. This one cannot, on purpose; the account can.
          BypassPolicyLockoutSafetyCheck: true,
          Tags: [
            { TagKey: tenantKeyTags.tenant, TagValue: tenantId },
            { TagKey: tenantKeyTags.stage, TagValue: stage },
          ],
        }),
      );
      if (!KeyMetadata) throw new Error('KMS answered without a key');
      const KeyId = arnOf(KeyMetadata);
      await kms.send(new EnableKeyRotationCommand({ KeyId }));
      try {
        await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyId }));
        return KeyId;
      } catch (error) {
        if (!(error instanceof AlreadyExistsException)) throw error;
        // Somebody at the same moment was faster; nothing lies under this one.
        await scheduleDeletion(kms, KeyId);
        const winner = await described(kms, AliasName);
        if (!winner) throw error;
        return arnOf(winner);
      }
    },
  };
}

/** Ends keys: the deletion first, then the alias by which a repeat finds what is left to do. */
export function createTenantKeyRetirer(
  stage: string,
  kms: KMSClient = createKms(),
): Pick<TenantKeys, 'retire'> {
  return {
    retire: async (tenantId) => {
      const AliasName = tenantKeyAlias(stage, tenantId);
      const key = await described(kms, AliasName);
      if (!key) return;
      await scheduleDeletion(kms, arnOf(key));
      await kms.send(new DeleteAliasCommand({ AliasName })).catch((error: unknown) => {
        if (!(error instanceof NotFoundException)) throw error;
      });
    },
  };
}

async function described(kms: KMSClient, KeyId: string): Promise<KeyMetadata | undefined> {
  try {
    return (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}

async function scheduleDeletion(kms: KMSClient, KeyId: string): Promise<void> {
  try {
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: tenantKeyDeletionDays }));
  } catch (error) {
    // It waits for its deletion already.
    if (!(error instanceof KMSInvalidStateException)) throw error;
  }
}

function arnOf({ Arn }: KeyMetadata): string {
  if (!Arn) throw new Error('KMS answered without an ARN');
  return Arn;
}
