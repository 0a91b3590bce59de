import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Db } from '../../../lambdas/adapters/dynamodb/client.ts';
import { holds, type Item, type Placeholders } from './expression.ts';
import { MemoryTable, type QueryInput, ValidationException } from './table.ts';
import { updated } from './update.ts';

interface Write extends Placeholders {
  readonly Item?: Item;
  readonly Key?: Item;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string | undefined;
  readonly ReturnValues?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

type WriteKind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
type Step = Partial<Record<WriteKind, Write>>;

const $metadata = {};
/** DynamoDB's own bounds. */
const transactionMaxItems = 100;
const batchGetMaxKeys = 100;
const expressionMaxBytes = 4_096;

/**
 * A table behind the document client's `send`, so that the very adapters of the functions run on it, thousands of
 * times a second. It decides and writes without a pause in between: no conflicts, no stale indexes.
 */
export function memoryDb(): { db: Db; table: MemoryTable } {
  const table = new MemoryTable();
  const client = { send: async (command: { input: unknown }) => answer(table, command) };
  return { db: { client: client as never, table: 'Table' }, table };
}

function answer(table: MemoryTable, command: { input: unknown; constructor: { name: string } }): unknown {
  const kind = command.constructor.name.replace(/Command$/, '');
  const input = withoutUndefined(command.input) as Record<string, unknown>;
  switch (kind) {
    case 'Get':
      return { Item: table.get(input.Key as Item) };
    case 'BatchGet':
      return batchGet(table, input.RequestItems as Record<string, { Keys: Item[] }>);
    case 'TransactGet':
      return {
        Responses: (input.TransactItems as { Get: { Key: Item } }[]).map(({ Get }) => ({
          Item: table.get(Get.Key),
        })),
      };
    case 'Query':
      return table.query(input as QueryInput);
    case 'Put':
    case 'Update':
    case 'Delete':
      return single(table, kind, input as Write);
    case 'TransactWrite':
      return transact(table, input.TransactItems as Step[]);
    case 'BatchWrite':
      return batchWrite(table, input.RequestItems as Record<string, BatchStep[]>);
    default:
      throw new Error(`no model of ${kind}`);
  }
}

function batchGet(table: MemoryTable, request: Record<string, { Keys: Item[] }>) {
  const [name = '', { Keys = [] } = {}] = Object.entries(request)[0] ?? [];
  const distinct = new Set(Keys.map((key) => JSON.stringify(key)));
  if (Keys.length > batchGetMaxKeys || distinct.size < Keys.length)
    throw new ValidationException('too many keys, or one of them twice');
  return { Responses: { [name]: Keys.flatMap((key) => table.get(key) ?? []) }, UnprocessedKeys: {} };
}

interface BatchStep {
  readonly PutRequest?: { Item: Item };
  readonly DeleteRequest?: { Key: Item };
}

function batchWrite(table: MemoryTable, request: Record<string, BatchStep[]>) {
  for (const { PutRequest, DeleteRequest } of Object.values(request).flat()) {
    if (PutRequest) table.put(PutRequest.Item);
    if (DeleteRequest) table.delete(DeleteRequest.Key);
  }
  return { UnprocessedItems: {} };
}

const keyOf = ({ Item, Key }: Write): Item => {
  const { pk, sk } = (Item ?? Key) as Item;
  return { pk, sk };
};

const passes = (write: Write, old: Item | undefined): boolean =>
  !write.ConditionExpression || holds(write.ConditionExpression, old ?? {}, write);

function single(table: MemoryTable, kind: WriteKind, write: Write) {
  const old = table.get(keyOf(write));
  if (!passes(write, old)) {
    throw new ConditionalCheckFailedException({
      ...{ $metadata, message: 'The conditional request failed' },
      ...(write.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && old && { Item: marshall(old) }),
    });
  }
  apply(table, kind, write);
  const wanted = write.ReturnValues ?? 'NONE';
  const Attributes = wanted.endsWith('_OLD')
    ? old
    : wanted.endsWith('_NEW')
      ? table.get(keyOf(write))
      : undefined;
  return { ...(Attributes && { Attributes }) };
}

function apply(table: MemoryTable, kind: WriteKind, write: Write): void {
  if (Buffer.byteLength(write.UpdateExpression ?? '') > expressionMaxBytes)
    throw new ValidationException('Expression size has exceeded the maximum allowed size');
  if (kind === 'Put') table.put(write.Item as Item);
  if (kind === 'Delete') table.delete(keyOf(write));
  if (kind !== 'Update') return;
  const key = keyOf(write);
  const before = table.get(key) ?? key;
  table.put(write.UpdateExpression ? updated(write.UpdateExpression, before, write) : before);
}

function transact(table: MemoryTable, steps: readonly Step[]) {
  const writes = steps.map((step) => Object.entries(step)[0] as [WriteKind, Write]);
  const distinct = new Set(writes.map(([, write]) => JSON.stringify(keyOf(write))));
  if (steps.length > transactionMaxItems || distinct.size < steps.length)
    throw new ValidationException('a transaction with too many items, or with one of them twice');
  const reasons = writes.map(([, write]) => {
    const old = table.get(keyOf(write));
    if (passes(write, old)) return { Code: 'None' };
    const shown =
      write.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && old ? { Item: old as never } : {};
    return { Code: 'ConditionalCheckFailed', ...shown };
  });
  if (reasons.some(({ Code }) => Code !== 'None')) {
    throw new TransactionCanceledException({ $metadata, message: 'cancelled', CancellationReasons: reasons });
  }
  for (const [kind, write] of writes) apply(table, kind, write);
  return {};
}

/** What the document client leaves out when it marshals. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (value === null || typeof value !== 'object' || value instanceof Set) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([name, inner]) => [name, withoutUndefined(inner)]),
  );
}
