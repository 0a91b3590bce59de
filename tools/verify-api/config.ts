import type { RouteName } from '../../lambdas/contract/routes.ts';
import { fieldPools, headerPools, type Pass, poolOf } from './passes.ts';
import type { Pools } from './world.ts';

type Json = Record<string, unknown>;
interface Parameter extends Json {
  readonly name: string;
  readonly in: string;
}
interface Operation extends Json {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
}
export interface Document extends Json {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Json;
}

/** How often a value that exists takes the place of a made-up one. */
const probability = 0.75;
const onBehalfOf = 'On-Behalf-Of';

/**
 * docs/openapi.json as one pass reads it: with values that exist as the examples of its parameters, without the
 * header that people are refused with, and with closed answers, since a field that the document does not name is a
 * mistake here although clients have to bear it.
 */
export function documentOf(document: Document, { role }: Pass, pools: Pools): Document {
  const parameterOf = (operationId: string, parameter: Parameter): Parameter => {
    const [value] = pools[poolOfParameter(operationId, parameter) ?? ''] ?? [];
    return value === undefined ? parameter : { ...parameter, example: value };
  };
  const operationOf = (operation: Operation): Operation => ({
    ...operation,
    parameters: operation.parameters
      .filter(({ name }) => role === 'machine' || name !== onBehalfOf)
      .map((parameter) => parameterOf(operation.operationId, parameter)),
  });
  const paths = Object.entries(document.paths).map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [method, operationOf(operation)]),
    ),
  ]);
  return {
    ...document,
    paths: Object.fromEntries(paths),
    components: closed(document.components) as Json,
  };
}

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isOpen = inner.type === 'object' && 'properties' in inner && !('additionalProperties' in inner);
  return isOpen ? { ...inner, additionalProperties: false } : inner;
}

function poolOfParameter(operationId: string, { name, in: where }: Parameter): string | undefined {
  if (where === 'path') return poolOf(operationId, name);
  return where === 'header' ? headerPools[name] : fieldPools[operationId as RouteName]?.[`${where}.${name}`];
}

/** schemathesis.toml: the pools, and what draws from them. */
export function configOf(document: Document, pools: Pools): string {
  const dictionaries = Object.entries(pools)
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `[dictionaries.${name}]\nvalues = ${JSON.stringify(values)}\n`);
  const operations = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .map(({ operationId, parameters }) => {
      const ofParameters = parameters
        .filter((parameter) => parameter.in !== 'query')
        .map((parameter) =>
          binding(`${parameter.in}.${parameter.name}`, poolOfParameter(operationId, parameter)),
        );
      const ofFields = Object.entries(fieldPools[operationId as RouteName] ?? {}).map(([field, pool]) =>
        binding(field, pool),
      );
      const lines = [...ofParameters, ...ofFields].filter((line) => line !== '');
      if (lines.length === 0) return '';
      return `[[operations]]\ninclude-operation-id = "${operationId}"\n[operations.parameters]\n${lines.join('\n')}\n`;
    });
  return [checks, ...dictionaries, ...operations].join('\n');
}

const binding = (parameter: string, pool: string | undefined): string =>
  pool ? `"${parameter}" = { dictionary = "${pool}", probability = ${probability} }` : '';

/** What is invalid may also be refused for what else is wrong with the call, which may be found first. */
const checks = `
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 429, 431]
`;
