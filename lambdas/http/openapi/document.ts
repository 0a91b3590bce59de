import type * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';
import { type Route, type RouteName, routes } from '../../contract/routes.ts';
import { authOperations } from './auth.ts';
import { Components } from './components.ts';
import { fileOperations } from './files.ts';
import { folderOperations } from './folders.ts';
import type { Operation, Success } from './operation.ts';
import { operatorOperations } from './operations.ts';
import { publicOperations } from './public.ts';
import { refusalResponses } from './refusals.ts';
import { shareOperations } from './shares.ts';
import { systemOperations } from './system.ts';
import { tenantOperations } from './tenants.ts';
import { tokenOperations } from './token.ts';
import { uploadOperations } from './uploads.ts';
import { versionOperations } from './versions.ts';

/**
 * The OpenAPI 3.1 description of the API, made from the routes and the very schemas that check requests, so that
 * it cannot tell anything else than the code does.
 */
export function openApiDocument(limits: Limits): Record<string, unknown> {
  const described: Partial<Record<RouteName, Operation>> = {
    ...authOperations(),
    ...uploadOperations(limits),
    ...fileOperations(limits),
    ...folderOperations(limits),
    ...shareOperations(),
    ...versionOperations(limits),
    ...publicOperations(limits),
    ...tenantOperations(limits),
    ...tokenOperations(),
    ...operatorOperations(limits),
    ...systemOperations(),
  };
  const components = new Components();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    const operation = described[name];
    if (!operation) continue;
    const method = route.method.toLowerCase();
    paths[route.path] = { ...paths[route.path], [method]: describe(name, route, operation, components) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version: '1',
      summary: 'File upload and media processing',
      description:
        'Times are ISO 8601 UTC, sizes bytes, durations seconds. Unknown fields are refused by name.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document is served' }],
    tags: [...new Set(Object.values(routes).map((route) => route.function))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: Object.fromEntries(Object.entries(components.schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

function describe(
  name: RouteName,
  route: Route,
  operation: Operation,
  components: Components,
): Record<string, unknown> {
  const { summary, body, bodyType = 'application/json', query, headers = [] } = operation;
  const typeName = name.charAt(0).toUpperCase() + name.slice(1);
  return {
    operationId: name,
    summary,
    tags: [route.function],
    ...(route.auth === 'jwt' && { security: [{ bearer: [] }] }),
    parameters: [
      ...pathParameters(route.path),
      ...(query ? queryParameters(query, components) : []),
      ...headers.map((header) => ({ ...header, in: 'header', schema: { type: 'string' } })),
    ],
    ...(body && {
      requestBody: {
        // An optional schema takes a missing body.
        required: !body.safeParse(undefined).success,
        content: { [bodyType]: { schema: components.refer(`${typeName}Request`, body, 'input') } },
      },
    }),
    responses: {
      ...refusalResponses(route, operation, components),
      ...Object.fromEntries(
        [operation.success, ...(operation.alternatives ?? [])].map((answer) => [
          answer.status,
          response(answer, `${typeName}Response`, components),
        ]),
      ),
    },
  };
}

const response = ({ description, body }: Success, typeName: string, components: Components) => ({
  description,
  ...(body && {
    content: { 'application/json': { schema: components.refer(typeName, body, 'output') } },
  }),
});

const pathParameters = (path: string): readonly Record<string, unknown>[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

function queryParameters(query: z.ZodObject, components: Components): readonly Record<string, unknown>[] {
  const { properties, required } = components.properties(query);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    ...(required.includes(name) && { required: true }),
    schema,
  }));
}
