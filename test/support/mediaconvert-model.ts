import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as sdk from '@aws-sdk/client-mediaconvert';
import written from './mediaconvert-constraints.json' with { type: 'json' };

/**
 * The API model of MediaConvert. Members, their types and which of them are required are those that the AWS SDK declares;
 * enumerations are its own; ranges and patterns come from botocore's model (tools/mediaconvert/constraints.py).
 */
type Interfaces = ReadonlyMap<
  string,
  ReadonlyMap<string, { readonly type: string; readonly required: boolean }>
>;

interface Constraint {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly whole?: boolean;
}

const constraints = written.constraints as Readonly<Record<string, Constraint>>;
const enumerations = sdk as unknown as Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;

let known: Interfaces | undefined;

function declared(): Interfaces {
  known ??= parse(
    readFileSync(
      join(
        dirname(createRequire(import.meta.url).resolve('@aws-sdk/client-mediaconvert/package.json')),
        'dist-types/models/models_0.d.ts',
      ),
      'utf8',
    ),
  );
  return known;
}

function parse(text: string): Interfaces {
  const interfaces = new Map<string, Map<string, { type: string; required: boolean }>>();
  for (const [, name = '', body = ''] of text.matchAll(/^export interface (\w+) \{\n(.*?)^\}/gms)) {
    const members = [...body.matchAll(/^ {4}(\w+)(\??): (.+?)( \| undefined)?;$/gm)];
    interfaces.set(
      name,
      new Map(members.map(([, member = '', optional, type = '']) => [member, { type, required: !optional }])),
    );
  }
  return interfaces;
}

/** What the model of the service refuses in a request of this shape, one line each; nothing where it takes it. */
export function refusedBy(shape: string, value: unknown): readonly string[] {
  return judge(shape, shape, shape, value);
}

/** `key`: by which constraints know the member. */
function judge(path: string, key: string, type: string, value: unknown): readonly string[] {
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    const element = type.slice(0, -2);
    return value.flatMap((each, index) => judge(`${path}[${index}]`, `${key}[]`, element, each));
  }
  const record = /^Record<string, (.+)>$/.exec(type)?.[1];
  if (record) {
    if (!isObject(value)) return [`${path} is no map`];
    return Object.entries(value).flatMap(([name, each]) =>
      judge(`${path}.${name}`, `${key}{}`, record, each),
    );
  }
  if (type === 'string' || type === 'number' || type === 'boolean') {
    if (typeof value !== type) return [`${path} is no ${type}`];
    return outside(path, constraints[key], value);
  }
  const members = declared().get(type);
  if (members) return judgeMembers(path, type, members, value);
  const values = enumerations[type];
  if (!values) return [`${path} has the type ${type}, which the model does not declare`];
  return typeof value === 'string' && Object.values(values).includes(value)
    ? []
    : [`${path} is ${String(value)}, which is no ${type}`];
}

function judgeMembers(
  path: string,
  type: string,
  members: ReadonlyMap<string, { readonly type: string; readonly required: boolean }>,
  value: unknown,
): readonly string[] {
  if (!isObject(value)) return [`${path} is no ${type}`];
  const missing = [...members].filter(([name, { required }]) => required && value[name] === undefined);
  return [
    ...missing.map(([name]) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, each]) => {
      const member = members.get(name);
      if (!member) return [`${path}.${name} is unknown`];
      return judge(`${path}.${name}`, `${type}.${name}`, member.type, each);
    }),
  ];
}

function outside(path: string, constraint: Constraint | undefined, value: unknown): readonly string[] {
  if (!constraint) return [];
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, pattern } = constraint;
  const size = typeof value === 'string' ? value.length : Number(value);
  return [
    ...(size < min || size > max ? [`${path} is ${String(value)}, outside ${min} to ${max}`] : []),
    ...(pattern && !new RegExp(pattern).test(String(value))
      ? [`${path} is ${String(value)}, not ${pattern}`]
      : []),
    ...(typeof value === 'number' && constraint.whole && !Number.isInteger(value)
      ? [`${path} is ${value}, no whole number`]
      : []),
  ];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
