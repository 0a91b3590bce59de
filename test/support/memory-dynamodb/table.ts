import { indexes, tableKeys } from '../../../lambdas/contract/table.ts';
import { bytesOf, holds, type Item, type Placeholders } from './expression.ts';

interface Index {
  readonly partition: string;
  readonly sort: string;
  /** Undefined: everything. */
  readonly projected?: readonly string[];
}

export interface QueryInput extends Placeholders {
  readonly IndexName?: string | undefined;
  readonly KeyConditionExpression?: string | undefined;
  readonly FilterExpression?: string | undefined;
  readonly ScanIndexForward?: boolean | undefined;
  readonly Limit?: number | undefined;
  readonly ExclusiveStartKey?: Item | undefined;
  readonly Select?: string | undefined;
}

export class ValidationException extends Error {
  override readonly name = 'ValidationException';
}

const base: Index = { partition: tableKeys.partition, sort: tableKeys.sort };
const indexOf = (name: string | undefined): Index => {
  if (name === undefined) return base;
  const found = Object.values(indexes).find((index) => index.name === name);
  if (!found) throw new ValidationException(`no index ${name}`);
  return found;
};

/** The stage's table with its indexes, one partition of each at hand. Indexes are never behind, as GSIs may be. */
export class MemoryTable {
  readonly #items = new Map<string, Item>();
  readonly #partitions = new Map<string, Map<string, Item>>();

  get(key: Item): Item | undefined {
    const found = this.#items.get(idOf(key));
    return found && structuredClone(found);
  }

  put(item: Item): void {
    const id = idOf(item);
    this.delete(item);
    const stored = structuredClone(item);
    this.#items.set(id, stored);
    for (const where of partitionsOf(stored)) {
      const partition = this.#partitions.get(where) ?? new Map<string, Item>();
      partition.set(id, stored);
      this.#partitions.set(where, partition);
    }
  }

  delete(key: Item): void {
    const id = idOf(key);
    const old = this.#items.get(id);
    if (!old) return;
    this.#items.delete(id);
    for (const where of partitionsOf(old)) this.#partitions.get(where)?.delete(id);
  }

  /** Every item, for what a test asserts about all of them. */
  all(): readonly Item[] {
    return [...this.#items.values()].map((item) => structuredClone(item));
  }

  query(input: QueryInput) {
    const index = indexOf(input.IndexName);
    const partition = partitionValue(index, input);
    const direction = input.ScanIndexForward === false ? -1 : 1;
    const sorted = [...(this.#partitions.get(`${index.partition}=${partition}`)?.values() ?? [])].sort(
      (a, b) => direction * compareKeys(index, a, b),
    );
    const selected = sorted.filter((item) => holds(input.KeyConditionExpression ?? '', item, input));
    const start = input.ExclusiveStartKey;
    if (start) requireStart(index, start, partition, input);
    const after = start
      ? selected.filter((item) => direction * compareKeys(index, item, start) > 0)
      : selected;
    const page = after.slice(0, input.Limit ?? after.length);
    const shown = page
      .map((item) => projection(index, item))
      .filter((item) => !input.FilterExpression || holds(input.FilterExpression, item, input));
    const last = page.at(-1);
    return {
      ...(input.Select !== 'COUNT' && { Items: shown }),
      Count: shown.length,
      ScannedCount: page.length,
      // As DynamoDB does it: a page that is full says that there may be more.
      ...(last && page.length === input.Limit && { LastEvaluatedKey: keysOf(index, last) }),
    };
  }
}

const idOf = (key: Item): string => {
  for (const name of [tableKeys.partition, tableKeys.sort]) {
    const value = key[name];
    if (typeof value !== 'string' || value === '') throw new ValidationException(`key ${name} is empty`);
  }
  return JSON.stringify([key[tableKeys.partition], key[tableKeys.sort]]);
};

const partitionsOf = (item: Item): readonly string[] =>
  [base, ...Object.values(indexes)].flatMap((index: Index) => {
    const { partition, sort } = index;
    return typeof item[partition] === 'string' && typeof item[sort] === 'string'
      ? [`${partition}=${item[partition]}`]
      : [];
  });

/** What the key condition compares the partition key with. */
function partitionValue(index: Index, input: QueryInput): string {
  const condition = input.KeyConditionExpression ?? '';
  for (const [, name = '', value = ''] of condition.matchAll(/([#\w]+)\s*=\s*(:\w+)/g)) {
    const attribute = name.startsWith('#') ? input.ExpressionAttributeNames?.[name] : name;
    if (attribute === index.partition) return String(input.ExpressionAttributeValues?.[value]);
  }
  throw new ValidationException(`the key condition names no partition: ${condition}`);
}

/** DynamoDB refuses to start outside of what the condition selects, and with anything but exactly the keys. */
function requireStart(index: Index, start: Item, partition: string, input: QueryInput): void {
  const names = Object.keys(keysOf(index, start)).sort();
  const valid =
    JSON.stringify(Object.keys(start).sort()) === JSON.stringify(names) &&
    names.every((name) => typeof start[name] === 'string' && start[name] !== '') &&
    start[index.partition] === partition &&
    holds(input.KeyConditionExpression ?? '', start, input);
  if (!valid) throw new ValidationException('The provided starting key is invalid');
}

const keyNames = (index: Index): readonly string[] => [
  ...new Set([base.partition, base.sort, index.partition, index.sort]),
];

const keysOf = (index: Index, item: Item): Item =>
  Object.fromEntries(keyNames(index).map((name) => [name, item[name]]));

function projection(index: Index, item: Item): Item {
  if (!index.projected) return structuredClone(item);
  const names = [...keyNames(index), ...index.projected];
  return structuredClone(Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name))));
}

function compareKeys(index: Index, a: Item, b: Item): number {
  for (const name of [index.sort, base.partition, base.sort]) {
    const [left, right] = [bytesOf(String(a[name])), bytesOf(String(b[name]))];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
