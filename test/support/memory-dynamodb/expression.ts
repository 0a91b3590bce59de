/** DynamoDB's expression language as far as the adapters write it: conditions, key conditions, filters, updates. */
export type Item = Record<string, unknown>;

export interface Placeholders {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, unknown> | undefined;
}

const tokenPattern = /\s*(<>|<=|>=|[=<>(),+-]|[#:]?[A-Za-z_][\w]*(?:\.[#]?[A-Za-z_][\w]*)*)/gy;

export function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.trimEnd().length) {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(text);
    if (!match?.[1]) throw new Error(`cannot read the expression at: ${text.slice(at)}`);
    tokens.push(match[1]);
  }
  return tokens;
}

/** Reads tokens one after the other; every operand is looked up in the item at hand. */
export class Reader {
  readonly #tokens: readonly string[];
  readonly #placeholders: Placeholders;
  #at = 0;

  constructor(text: string, placeholders: Placeholders) {
    this.#tokens = tokensOf(text);
    this.#placeholders = placeholders;
  }

  peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  take(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Error(`the expression ends too early: ${this.#tokens.join(' ')}`);
    this.#at += 1;
    return token;
  }

  takeIf(...wanted: readonly string[]): string | undefined {
    const token = this.peek();
    return token !== undefined && wanted.includes(token.toUpperCase())
      ? this.take().toUpperCase()
      : undefined;
  }

  expect(wanted: string): void {
    const token = this.take();
    if (token.toUpperCase() !== wanted) throw new Error(`expected ${wanted}, found ${token}`);
  }

  path(): readonly string[] {
    return this.take()
      .split('.')
      .map((part) => {
        if (!part.startsWith('#')) return part;
        const name = this.#placeholders.ExpressionAttributeNames?.[part];
        if (name === undefined) throw new Error(`no name for ${part}`);
        return name;
      });
  }

  operand(item: Item): unknown {
    const token = this.peek();
    if (token?.startsWith(':')) {
      this.take();
      const values = this.#placeholders.ExpressionAttributeValues ?? {};
      if (!(token in values)) throw new Error(`no value for ${token}`);
      return values[token];
    }
    if (token === 'size') {
      this.take();
      this.expect('(');
      const value = valueAt(item, this.path());
      this.expect(')');
      if (value instanceof Set) return value.size;
      return typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
    }
    return valueAt(item, this.path());
  }
}

export const valueAt = (item: Item, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? (value as Item)[name] : undefined),
    item,
  );

/** Whether the condition holds for the item (an empty one where there is none). */
export function holds(expression: string, item: Item, placeholders: Placeholders): boolean {
  const reader = new Reader(expression, placeholders);
  const result = either(reader, item);
  if (reader.peek() !== undefined) throw new Error(`what does this mean: ${reader.peek()}`);
  return result;
}

/** Operands are read in any case, so that the reader stands behind them. */
function either(reader: Reader, item: Item): boolean {
  let result = both(reader, item);
  while (reader.takeIf('OR')) result = both(reader, item) || result;
  return result;
}

function both(reader: Reader, item: Item): boolean {
  let result = term(reader, item);
  while (reader.takeIf('AND')) result = term(reader, item) && result;
  return result;
}

function term(reader: Reader, item: Item): boolean {
  if (reader.takeIf('NOT')) return !term(reader, item);
  if (reader.takeIf('(')) {
    const result = either(reader, item);
    reader.expect(')');
    return result;
  }
  const call = reader.takeIf('ATTRIBUTE_EXISTS', 'ATTRIBUTE_NOT_EXISTS', 'BEGINS_WITH', 'CONTAINS');
  return call ? called(call, reader, item) : compared(reader, item);
}

function called(name: string, reader: Reader, item: Item): boolean {
  reader.expect('(');
  const value = valueAt(item, reader.path());
  if (name.startsWith('ATTRIBUTE')) {
    reader.expect(')');
    return (value !== undefined) === (name === 'ATTRIBUTE_EXISTS');
  }
  reader.expect(',');
  const wanted = reader.operand(item);
  reader.expect(')');
  if (name === 'BEGINS_WITH') return typeof value === 'string' && value.startsWith(String(wanted));
  if (value instanceof Set || Array.isArray(value)) return [...value].includes(wanted);
  return typeof value === 'string' && value.includes(String(wanted));
}

function compared(reader: Reader, item: Item): boolean {
  const left = reader.operand(item);
  const operator = reader.take().toUpperCase();
  if (operator === 'BETWEEN') {
    const low = reader.operand(item);
    reader.expect('AND');
    const high = reader.operand(item);
    return compare(left, '>=', low) && compare(left, '<=', high);
  }
  if (operator === 'IN') {
    reader.expect('(');
    const wanted = [reader.operand(item)];
    while (reader.takeIf(',')) wanted.push(reader.operand(item));
    reader.expect(')');
    return wanted.includes(left);
  }
  return compare(left, operator, reader.operand(item));
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  if (operator === '<>') return left !== right;
  // DynamoDB compares only what is there and of one type.
  if (left === undefined || typeof left !== typeof right) return false;
  const [a, b] =
    typeof left === 'string' ? [bytesOf(left), bytesOf(String(right))] : [Number(left), Number(right)];
  switch (operator) {
    case '=':
      return left === right;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      throw new Error(`no such comparison: ${operator}`);
  }
}

/** Strings sort by their UTF-8 bytes; latin1 keeps that order in a comparison of strings. */
export const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
