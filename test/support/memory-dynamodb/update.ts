import { type Item, type Placeholders, Reader, valueAt } from './expression.ts';

const clauses = ['SET', 'REMOVE', 'ADD', 'DELETE'];

/** The item as an update expression leaves it. */
export function updated(expression: string, before: Item, placeholders: Placeholders): Item {
  const item = structuredClone(before);
  const reader = new Reader(expression, placeholders);
  while (reader.peek() !== undefined) {
    const clause = reader.take().toUpperCase();
    if (!clauses.includes(clause)) throw new Error(`no such clause: ${clause}`);
    do apply(clause, reader, before, item);
    while (reader.takeIf(','));
  }
  return item;
}

/** Every operand is that of the item before the update, whatever the other clauses do. */
function apply(clause: string, reader: Reader, before: Item, item: Item): void {
  const path = reader.path();
  if (clause === 'REMOVE') {
    put(item, path, undefined);
    return;
  }
  if (clause === 'SET') {
    reader.expect('=');
    put(item, path, sum(reader, before));
    return;
  }
  const value = reader.operand(before);
  const old = valueAt(before, path);
  if (value instanceof Set) {
    const known = old instanceof Set ? old : new Set();
    const left =
      clause === 'ADD'
        ? new Set([...known, ...value])
        : new Set([...known].filter((entry) => !value.has(entry)));
    // There are no empty sets.
    put(item, path, left.size === 0 ? undefined : left);
    return;
  }
  if (clause !== 'ADD') throw new Error('DELETE is for sets');
  put(item, path, Number(old ?? 0) + Number(value));
}

function sum(reader: Reader, before: Item): unknown {
  let value = summand(reader, before);
  for (let sign = reader.takeIf('+', '-'); sign; sign = reader.takeIf('+', '-')) {
    const next = Number(summand(reader, before));
    value = sign === '+' ? Number(value) + next : Number(value) - next;
  }
  return value;
}

function summand(reader: Reader, before: Item): unknown {
  const call = reader.takeIf('IF_NOT_EXISTS', 'LIST_APPEND');
  if (!call) return reader.operand(before);
  reader.expect('(');
  const first = summand(reader, before);
  reader.expect(',');
  const second = summand(reader, before);
  reader.expect(')');
  if (call === 'IF_NOT_EXISTS') return first ?? second;
  return [...(first as unknown[]), ...(second as unknown[])];
}

function put(item: Item, path: readonly string[], value: unknown): void {
  const parent = valueAt(item, path.slice(0, -1)) as Item | undefined;
  if (typeof parent !== 'object' || parent === null)
    throw new Error(`no such document path: ${path.join('.')}`);
  const name = path.at(-1) as string;
  if (value === undefined) delete parent[name];
  else parent[name] = structuredClone(value);
}
