import {
  AlreadyExistsException,
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  KMSInvalidStateException,
  NotFoundException,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { tenantKeyPolicy } from '../../../lambdas/adapters/kms/tenant-key-policy.ts';
import { createTenantKeyMaker, createTenantKeyRetirer } from '../../../lambdas/adapters/kms/tenant-keys.ts';

const account = '123456789012';
const keyArn = `arn:aws:kms:eu-west-1:${account}:key/k1`;
const scope = {
  account: `arn:aws:iam::${account}:root`,
  roles: `arn:aws:iam::${account}:role/sluice-prod-*`,
  viaService: 's3.eu-west-1.amazonaws.com',
  buckets: ['arn:aws:s3:::intake', 'arn:aws:s3:::library', 'arn:aws:s3:::derived'],
};
const alias = 'alias/sluice-prod-tenant-acme';
const kms = new KMSClient({ region: 'eu-west-1' });
const maker = createTenantKeyMaker('prod', scope, kms);
const retirer = createTenantKeyRetirer('prod', kms);
const failure = { message: 'm', $metadata: {} };

/** KMS with keys and aliases, which dies before the call that `dies` names. */
function keyStore(dies?: string) {
  const keys = new Map<string, { rotates: boolean; deletionDays?: number }>();
  const aliases = new Map<string, string>();
  const mocked = mockClient(KMSClient);
  let dead = dies;
  const call = <T>(name: string, work: (input: T) => unknown) => {
    return async (input: T) => {
      if (dead === name) {
        dead = undefined;
        throw new Error(`killed before ${name}`);
      }
      return work(input);
    };
  };
  const metadata = (arn: string | undefined) => {
    if (!arn) throw new NotFoundException(failure);
    return { KeyMetadata: { KeyId: arn, Arn: arn } };
  };
  mocked
    .on(DescribeKeyCommand)
    .callsFake(call('describe', ({ KeyId }: { KeyId: string }) => metadata(aliases.get(KeyId))));
  mocked.on(CreateKeyCommand).callsFake(
    call('create', () => {
      const arn = `${keyArn.slice(0, -1)}${keys.size + 1}`;
      keys.set(arn, { rotates: false });
      return metadata(arn);
    }),
  );
  mocked
    .on(EnableKeyRotationCommand)
    .callsFake(call('rotate', ({ KeyId }: { KeyId: string }) => void keys.set(KeyId, { rotates: true })));
  mocked.on(CreateAliasCommand).callsFake(
    call('alias', ({ AliasName, TargetKeyId }: { AliasName: string; TargetKeyId: string }) => {
      if (aliases.has(AliasName)) throw new AlreadyExistsException(failure);
      aliases.set(AliasName, TargetKeyId);
    }),
  );
  mocked.on(ScheduleKeyDeletionCommand).callsFake(
    call('schedule', (input: { KeyId: string; PendingWindowInDays: number }) => {
      const key = keys.get(input.KeyId);
      if (!key || key.deletionDays !== undefined) throw new KMSInvalidStateException(failure);
      key.deletionDays = input.PendingWindowInDays;
    }),
  );
  mocked.on(DeleteAliasCommand).callsFake(
    call('unalias', ({ AliasName }: { AliasName: string }) => {
      if (!aliases.delete(AliasName)) throw new NotFoundException(failure);
    }),
  );
  return { mocked, keys, aliases };
}

describe("making a tenant's key", () => {
  it('makes one with rotation, tags and alias, and finds it by the alias ever after', async () => {
    const { mocked, keys, aliases } = keyStore();

    const arn = await maker.ensure('acme');

    expect(await maker.ensure('acme')).toBe(arn);
    expect([...keys]).toEqual([[arn, { rotates: true }]]);
    expect([...aliases]).toEqual([[alias, arn]]);
    expect(mocked.commandCalls(CreateKeyCommand)[0]?.args[0].input).toMatchObject({
      Policy: JSON.stringify(tenantKeyPolicy(scope, 'acme')),
      Tags: [
        { TagKey: 'TenantId', TagValue: 'acme' },
        { TagKey: 'Stage', TagValue: 'prod' },
      ],
    });
  });

  it.each(['describe', 'create', 'rotate', 'alias'])(
    'killed before %s, is done by whoever comes again, and an orphan has its tags from the start',
    async (dies) => {
      const { mocked, aliases, keys } = keyStore(dies);
      await expect(maker.ensure('acme')).rejects.toThrow('killed');

      const arn = await maker.ensure('acme');

      expect(aliases.get(alias)).toBe(arn);
      expect(keys.get(arn)).toEqual({ rotates: true });
      for (const { args } of mocked.commandCalls(CreateKeyCommand))
        expect(args[0].input.Tags).toHaveLength(2);
    },
  );

  it('of two calls at once one key stays; the other is to be destroyed', async () => {
    const { keys, aliases } = keyStore();

    const arns = await Promise.all([maker.ensure('acme'), maker.ensure('acme')]);

    expect(new Set(arns)).toEqual(new Set([aliases.get(alias)]));
    expect([...keys.values()].map(({ deletionDays }) => deletionDays).sort()).toEqual([30, undefined]);
  });
});

describe("ending a tenant's key", () => {
  it.each(['describe', 'schedule', 'unalias', 'nothing'])(
    'schedules its deletion and takes its alias, also when killed before %s and begun again',
    async (dies) => {
      const { keys, aliases } = keyStore();
      const arn = await maker.ensure('acme');
      const again = keyStore(dies);
      for (const [key, value] of keys) again.keys.set(key, value);
      for (const [name, key] of aliases) again.aliases.set(name, key);

      await retirer.retire('acme').catch(() => undefined);
      await retirer.retire('acme');

      expect(again.keys.get(arn)?.deletionDays).toBe(30);
      expect(again.aliases.size).toBe(0);
    },
  );

  it('is nothing for a tenant that has none', async () => {
    const { mocked } = keyStore();
    await retirer.retire('globex');
    expect(mocked.commandCalls(ScheduleKeyDeletionCommand)).toHaveLength(0);
  });
});

describe('the policy of a tenant key', () => {
  /** The simulator takes no condition key that goes on behind a second colon; this one is a string, too. */
  const standIn = 'kms:RequestAlias';

  /** Whether KMS lets a role that may use any key do this with the key of acme. */
  async function allowed(over: {
    action?: string;
    object?: string;
    role?: string;
    via?: string | undefined;
  }): Promise<boolean> {
    const { action = 'kms:GenerateDataKey', object = 'arn:aws:s3:::library/tenants/acme/files/F1' } = over;
    const { role = 'sluice-prod-processing-Inspect' } = over;
    const via = 'via' in over ? over.via : scope.viaService;
    const answer = await runSimulation(
      {
        request: {
          principal: `arn:aws:sts::${account}:assumed-role/${role}/session`,
          action,
          resource: { resource: keyArn, accountId: account },
          contextVariables: {
            [standIn]: object,
            'aws:PrincipalArn': `arn:aws:iam::${account}:role/${role}`,
            ...(via && { 'kms:ViaService': via }),
          },
        },
        identityPolicies: [
          {
            name: 'anything',
            policy: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }],
            },
          },
        ],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy: JSON.parse(
          JSON.stringify(tenantKeyPolicy(scope, 'acme')).replaceAll(
            'kms:EncryptionContext:aws:s3:arn',
            standIn,
          ),
        ),
      },
      {},
    );
    if (answer.resultType !== 'single') throw new Error(JSON.stringify(answer));
    return answer.result.analysis.result === 'Allowed';
  }

  it.each(['intake', 'library', 'derived'])("serves S3 for the tenant's objects in %s", async (bucket) => {
    const object = `arn:aws:s3:::${bucket}/tenants/acme/x/y`;
    expect(await allowed({ object })).toBe(true);
    expect(await allowed({ object, action: 'kms:Decrypt' })).toBe(true);
  });

  it.each([
    ["another tenant's object", { object: 'arn:aws:s3:::library/tenants/globex/files/F1' }],
    ['a tenant whose name begins like it', { object: 'arn:aws:s3:::library/tenants/acme-2/files/F1' }],
    ['an object of another bucket', { object: 'arn:aws:s3:::audit/tenants/acme/F1' }],
    ['a bucket key, whose context is the bucket', { object: 'arn:aws:s3:::library' }],
    ['somebody who asks KMS itself', { via: undefined }],
    ['another service', { via: 'dynamodb.eu-west-1.amazonaws.com' }],
    ['a role of another stage', { role: 'sluice-dev-processing-Inspect' }],
    ['a role of somebody else', { role: 'admin' }],
    ['whoever would lend it out', { action: 'kms:CreateGrant' }],
    ['whoever would encrypt it anew', { action: 'kms:ReEncryptFrom' }],
  ])('does not serve %s, whatever IAM allows them', async (_who, over) => {
    expect(await allowed(over)).toBe(false);
    if (!('action' in over)) expect(await allowed({ ...over, action: 'kms:Decrypt' })).toBe(false);
  });

  it.each(['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:CancelKeyDeletion', 'kms:DisableKey'])(
    "lets the account's administrators do %s",
    async (action) => {
      expect(await allowed({ action, role: 'admin', via: undefined })).toBe(true);
    },
  );
});
