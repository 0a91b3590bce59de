import { Lexer } from './lexer.ts';

/** What a dictionary's entry holds, as far as it matters; `other` for strings, booleans and what is broken. */
export type Value =
  | number
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'reference'; readonly object: number }
  | { readonly kind: 'array'; readonly items: readonly Value[] }
  | { readonly kind: 'dict'; readonly entries: ReadonlyMap<string, Value> }
  | { readonly kind: 'null' }
  | { readonly kind: 'other' };

const other: Value = { kind: 'other' };
/** A filter's parameters are a dictionary in an array. */
const maxDepth = 3;

/**
 * Reads one value that is known to lie within `bytes`. Deeper ones than any that we look at come as `other`; a list ends
 * after `maxItems`.
 */
export function valueAt(bytes: Uint8Array, at: number, maxItems: number): Value {
  const lexer = new Lexer(bytes, at, true);
  let items = 0;
  const read = (depth: number): Value | undefined => {
    items += 1;
    if (items > maxItems + 1) return undefined;
    const token = lexer.next();
    switch (token) {
      case 'name':
        return { kind: 'name', name: lexer.name() };
      case 'number':
        return numberOrReference(lexer);
      case 'arrayOpen':
        return depth < maxDepth ? { kind: 'array', items: itemsOf(() => read(depth + 1)) } : other;
      case 'dictOpen':
        return depth < maxDepth ? { kind: 'dict', entries: entriesOf(() => read(depth + 1)) } : other;
      case 'keyword':
        return lexer.text() === 'null' ? { kind: 'null' } : other;
      case 'string':
        return other;
      default:
        return undefined;
    }
  };
  return read(0) ?? other;
}

function numberOrReference(lexer: Lexer): Value {
  const value = Number(lexer.text());
  const after = lexer.at;
  if (Number.isInteger(value) && lexer.next() === 'number' && lexer.next() === 'keyword') {
    if (lexer.text() === 'R') return { kind: 'reference', object: value };
  }
  lexer.at = after;
  return value;
}

function itemsOf(next: () => Value | undefined): Value[] {
  const items: Value[] = [];
  for (let item = next(); item !== undefined; item = next()) items.push(item);
  return items;
}

function entriesOf(next: () => Value | undefined): Map<string, Value> {
  const entries = new Map<string, Value>();
  for (let key = next(); key !== undefined; key = next()) {
    if (typeof key === 'number' || key.kind !== 'name') continue;
    const value = next();
    if (value === undefined) break;
    entries.set(key.name, value);
  }
  return entries;
}

/** Undefined for what is no whole number from 0 on, or stands in another object. */
export const countOf = (value: Value | undefined): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

export const nameOf = (value: Value | undefined): string | undefined =>
  typeof value === 'object' && value.kind === 'name' ? value.name : undefined;

export const isPresent = (value: Value | undefined): boolean =>
  value !== undefined && !(typeof value === 'object' && value.kind === 'null');
