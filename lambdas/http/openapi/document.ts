import * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';
import { type RouteName, routes } from '../../contract/routes.ts';
import { authOperations } from './auth.ts';
import { fileOperations } from './files.ts';
import type { Operation } from './operation.ts';
import { systemOperations } from './system.ts';
import { uploadOperations } from './uploads.ts';

/**
 * The OpenAPI 3.1 description of the API, made from the routes and the very schemas that check requests, so that
 * it cannot tell anything else than the code does.
 */
export function openApiDocument(limits: Limits): Record<string, unknown> {
  const described: Partial<Record<RouteName, Operation>> = {
    ...authOperations(),
    ...uploadOperations(limits),
    ...fileOperations(limits),
    ...systemOperations(),
  };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries(routes)) {
    const known = described[name as RouteName];
    if (!known) continue;
    const operation = describe(name, route, known);
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version: '1',
      description: 'File upload and media processing. Times are ISO 8601 UTC.',
    },
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: problemSchema },
    },
  };
}

function describe(
  name: string,
  route: (typeof routes)[RouteName],
  { summary, body, query, success: answer, headers }: Operation,
): Record<string, unknown> {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => ({
    name: parameter,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    operationId: name,
    summary,
    ...(route.auth === 'jwt' && { security: [{ bearer: [] }] }),
    parameters: [
      ...inPath,
      ...queryParameters(query),
      ...(headers ?? []).map((header) => ({ ...header, in: 'header', schema: { type: 'string' } })),
    ],
    ...(body && { requestBody: { content: { 'application/json': { schema: jsonSchema(body) } } } }),
    responses: {
      [answer.status]: {
        description: answer.description,
        ...(answer.body && { content: { 'application/json': { schema: jsonSchema(answer.body) } } }),
      },
      default: {
        description: 'Any refusal: see code and detail',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function queryParameters(query: z.ZodObject | undefined): readonly Record<string, unknown>[] {
  if (!query) return [];
  const { properties = {} } = jsonSchema(query) as { properties?: Record<string, unknown> };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }));
}

/** What a client sends, so the input side of the schemas. */
function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'message', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string', description: 'What to do next' },
    message: { type: 'string', description: 'The same as detail' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, code: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
};
