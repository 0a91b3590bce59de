import { createPublicKey, type KeyObject } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../lambdas/contract/table.ts';
import { localClientConfig } from '../../local/aws-env.ts';
import { inBucket } from '../../tools/audit/segments.ts';
import type { VerifyOptions } from '../../tools/audit/verify-tenant.ts';
import { type Engine, eventually } from './engine.ts';

const aWhileAgo = '2020-01-01T00:00:00.000Z';

/** The tenant's audit records of today as items. */
export async function auditItems({ db, stack }: Engine, tenantId: string) {
  const { pk } = keys.auditRecord(tenantId, new Date().toISOString(), '');
  const { Items = [] } = await db.send(
    new QueryCommand({
      TableName: stack.tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
    }),
  );
  return Items;
}

/**
 * Seals all that the tenant's audit has, without waiting for the minute to be over: the index is told that it is. The
 * sealer runs by its schedule too, and one of the two may be first.
 */
export const sealNow = (engine: Engine, tenantId: string): Promise<true> =>
  eventually('everything is sealed', async () => {
    const unsealed = (await auditItems(engine, tenantId)).filter(({ seq }) => seq === undefined);
    for (const item of unsealed) await makeDue(engine, item);
    if (unsealed.length > 0) await runSealer(engine);
    return unsealed.length === 0;
  });

async function makeDue({ db, stack }: Engine, item: Record<string, unknown>): Promise<void> {
  const { pk, sk, recordedAt, recordId } = item;
  const update = new UpdateCommand({
    TableName: stack.tableName,
    Key: { pk, sk },
    UpdateExpression: 'SET dueSk = :due',
    ConditionExpression: 'attribute_exists(duePk)',
    ExpressionAttributeValues: { ':due': `${aWhileAgo}#${recordedAt}#${recordId}` },
  });
  await db.send(update).catch((error) => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  });
}

async function runSealer({ lambda, stack }: Engine): Promise<void> {
  const command = new InvokeCommand({ FunctionName: stack.audit.sealFunctionName, Payload: '{}' });
  const { FunctionError, Payload } = await lambda.send(command);
  if (FunctionError) throw new Error(`the sealer failed: ${Payload?.transformToString()}`);
}

export async function publicKeyOf({ stack }: Engine): Promise<KeyObject> {
  const kms = new KMSClient(localClientConfig(stack.endpoint));
  const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: stack.audit.keyId }));
  return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
}

/** What `npm run audit:verify` would verify with. */
export async function verification(engine: Engine, tenantId: string): Promise<VerifyOptions> {
  return {
    tenantId,
    source: inBucket(engine.s3, engine.stack.audit.bucket),
    publicKey: await publicKeyOf(engine),
    keyId: engine.stack.audit.keyId,
    known: [],
    oldestKept: aWhileAgo,
    sealedBy: aWhileAgo,
  };
}
