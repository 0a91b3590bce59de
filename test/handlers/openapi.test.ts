import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { routes } from '../../lambdas/contract/routes.ts';
import { openApiDocument } from '../../lambdas/http/openapi/document.ts';

interface Described {
  operationId: string;
  security?: unknown;
  parameters: { name: string; in: string; schema: unknown }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, unknown>;
}
const document = openApiDocument(defaultLimits) as {
  paths: Record<string, Record<string, Described>>;
  components: unknown;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    at: `${method.toUpperCase()} ${path}`,
    path,
    operation,
  })),
);

const keywords = new Set([
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'anyOf',
  'enum',
  'const',
  'default',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern',
  'format',
  'propertyNames',
  'description',
  '$ref',
]);
const types = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);

/** Walks a JSON Schema (2020-12): only keywords and types that it knows, required fields that exist, patterns that compile. */
function check(schema: unknown, at: string): void {
  if (typeof schema === 'boolean') return;
  expect(schema, at).toBeTypeOf('object');
  const found = schema as Record<string, unknown> & {
    properties?: Record<string, unknown>;
    required?: string[];
    anyOf?: unknown[];
  };
  expect(
    Object.keys(found).filter((name) => !keywords.has(name)),
    at,
  ).toEqual([]);
  if (found.type !== undefined) expect(types.has(String(found.type)), `${at}: ${found.type}`).toBe(true);
  if (typeof found.pattern === 'string') expect(() => new RegExp(String(found.pattern)), at).not.toThrow();
  for (const name of found.required ?? []) expect(Object.keys(found.properties ?? {}), at).toContain(name);
  for (const [name, inner] of Object.entries(found.properties ?? {})) check(inner, `${at}.${name}`);
  for (const [index, inner] of (found.anyOf ?? []).entries()) check(inner, `${at}|${index}`);
  if (found.items !== undefined) check(found.items, `${at}[]`);
  if (found.additionalProperties !== undefined) check(found.additionalProperties, `${at}{}`);
}

describe('the OpenAPI document', () => {
  it('describes exactly the routes of the contract, each under its own name', () => {
    const inContract = Object.values(routes).map(({ method, path }) => `${method} ${path}`);
    expect(operations.map(({ at }) => at).sort()).toEqual(inContract.sort());
    expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(
      Object.keys(routes).sort(),
    );
  });

  it('asks for the bearer exactly where the authorizer does', () => {
    const open = operations
      .filter(({ operation }) => !operation.security)
      .map(({ operation }) => operation.operationId);
    expect(open.sort()).toEqual(
      Object.entries(routes)
        .filter(([, route]) => route.auth === 'none')
        .map(([name]) => name)
        .sort(),
    );
  });

  it.each(operations.map(({ at, path, operation }) => [at, path, operation] as const))(
    '%s has valid schemas and every parameter of its path',
    (at, path, operation) => {
      for (const { name, schema } of operation.parameters) check(schema, `${at} ?${name}`);
      for (const { schema } of Object.values(operation.requestBody?.content ?? {})) check(schema, at);
      const inPath = operation.parameters
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => `{${name}}`);
      expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(Object.keys(operation.responses)).toContain('default');
    },
  );

  it('is JSON through and through', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});
