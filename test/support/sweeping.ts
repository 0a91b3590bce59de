import { InvokeCommand } from '@aws-sdk/client-lambda';
import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { dueKeys } from '../../lambdas/adapters/dynamodb/file-item.ts';
import { dueShards, type ItemKey, indexes, indexKeys, keys } from '../../lambdas/contract/table.ts';
import type { UploadSession } from '../../lambdas/core/uploads/session.ts';
import type { Engine } from './engine.ts';
import { inParallel } from './engine.ts';

const editsAtOnce = 32;

export const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

export type Session = UploadSession & ItemKey;

export async function queryAll(
  engine: Engine,
  input: { IndexName?: string; condition: string; values: object },
) {
  const found: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await engine.db.send(
      new QueryCommand({
        TableName: engine.stack.tableName,
        IndexName: input.IndexName,
        KeyConditionExpression: input.condition,
        ExpressionAttributeValues: { ...input.values },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    found.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start);
  return found;
}

/** The session of a file, as it is kept. */
export async function sessionOf(engine: Engine, tenantId: string, fileId: string): Promise<Session> {
  const items = await queryAll(engine, {
    condition: 'pk = :pk AND begins_with(sk, :prefix)',
    values: { ':pk': keys.file(tenantId, fileId).pk, ':prefix': 'SESSION#' },
  });
  if (!items[0]) throw new Error(`file ${fileId} has no session`);
  return items[0] as unknown as Session;
}

export async function openSessionKeys(engine: Engine, tenantId: string, ownerId: string): Promise<ItemKey[]> {
  const items = await queryAll(engine, {
    IndexName: indexes.byOwner.name,
    condition: 'ownerPk = :pk',
    values: { ':pk': indexKeys.ownerOpenUploads(tenantId, ownerId) },
  });
  return items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
}

/** What the sweep would look at of a tenant, sooner or later. */
export async function dueKeysOf(
  engine: Engine,
  tenantId: string,
  kind: 'SESSION#' | 'FILE',
): Promise<string[]> {
  const shards = await Promise.all(
    Array.from({ length: dueShards }, (_, shard) =>
      queryAll(engine, {
        IndexName: indexes.byDue.name,
        condition: 'duePk = :pk',
        values: { ':pk': indexKeys.due(shard) },
      }),
    ),
  );
  return shards
    .flat()
    .filter(({ pk, sk }) => String(pk).includes(tenantId) && String(sk).startsWith(kind))
    .map(({ sk }) => String(sk));
}

/** Writes fields of an item, as time or a crash would have left them; `undefined` removes a field. */
async function edit(engine: Engine, key: ItemKey, fields: Readonly<Record<string, unknown>>): Promise<void> {
  const names = Object.keys(fields);
  const set = names.filter((name) => fields[name] !== undefined).map((name) => `#${name} = :${name}`);
  const remove = names.filter((name) => fields[name] === undefined).map((name) => `#${name}`);
  await engine.db.send(
    new UpdateCommand({
      TableName: engine.stack.tableName,
      Key: { pk: key.pk, sk: key.sk },
      UpdateExpression: [
        set.length > 0 ? `SET ${set.join(', ')}` : '',
        remove.length > 0 ? `REMOVE ${remove.join(', ')}` : '',
      ].join(' '),
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(
        names.filter((name) => fields[name] !== undefined).map((name) => [`:${name}`, fields[name]]),
      ),
    }),
  );
}

/** Makes sessions due now, with these fields as they would be by then. */
export async function ageSessions(
  engine: Engine,
  sessions: readonly ItemKey[],
  fields: Partial<Record<keyof UploadSession, unknown>>,
): Promise<void> {
  await inParallel(sessions, editsAtOnce, (session) => {
    const uploadId = session.sk.slice('SESSION#'.length);
    return edit(engine, session, { ...fields, ...dueKeys(uploadId, minutesAgo(1)) });
  });
}

/** Makes the sweep look at the file at its next run. */
export async function makeFileDue(engine: Engine, tenantId: string, fileId: string): Promise<void> {
  const dueAt = minutesAgo(1);
  await edit(engine, keys.file(tenantId, fileId), { dueAt, ...dueKeys(fileId, dueAt) });
}

/** Runs the sweep until it says that it is through; what it did, summed up. */
export async function runSweep({ lambda, stack }: Engine): Promise<Record<string, number>> {
  const actions: Record<string, number> = {};
  for (;;) {
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: stack.sweepFunctionName, Payload: '{}' }),
    );
    const text = Buffer.from(answer.Payload ?? []).toString();
    if (answer.FunctionError) throw new Error(`the sweep failed: ${text}`);
    const result = JSON.parse(text) as { complete: boolean; actions: Record<string, number> };
    for (const [action, count] of Object.entries(result.actions)) {
      actions[action] = (actions[action] ?? 0) + count;
    }
    if (result.complete) return actions;
  }
}
