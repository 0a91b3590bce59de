import type { Limits } from '../../contract/limits.ts';
import { type Route, type RouteName, routes } from '../../contract/routes.ts';
import { authOperations } from './auth.ts';
import { Components } from './components.ts';
import { fileOperations } from './files.ts';
import { folderOperations } from './folders.ts';
import type { Operation, Success } from './operation.ts';
import { operatorOperations } from './operations.ts';
import { headerParameters, pathParameters, queryParameters } from './parameters.ts';
import { processingOperations } from './processing.ts';
import { publicOperations } from './public.ts';
import { receiptOperations } from './receipts.ts';
import { refusalResponses } from './refusals.ts';
import { rescanOperations } from './rescan.ts';
import { searchOperations } from './search.ts';
import { shareOperations } from './shares.ts';
import { similarOperations } from './similar.ts';
import { streamOperations } from './stream.ts';
import { systemOperations } from './system.ts';
import { tagList } from './tags.ts';
import { tenantOperations } from './tenants.ts';
import { tokenOperations } from './token.ts';
import { uploadOperations } from './uploads.ts';
import { variantOperations } from './variants.ts';
import { versionOperations } from './versions.ts';

/**
 * The OpenAPI 3.1 description of the API, made from the routes and the very schemas that check requests, so that
 * it cannot tell anything else than the code does.
 */
export function openApiDocument(limits: Limits): Record<string, unknown> {
  const described = describedOperations(limits);
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
      description: [
        'Times are ISO 8601 UTC, sizes bytes, durations seconds. Unknown fields of a request are refused by name;',
        'answers may get new ones. Every refusal is a `Problem` (RFC 9457), but for what API Gateway answers by',
        'itself: act on its `code`, show its `detail`, wait for `Retry-After` where it is sent.',
      ].join(' '),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document is served' }],
    tags: tagList,
    paths,
    components: {
      headers: responseHeaders,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: Object.fromEntries(Object.entries(components.schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

const responseHeaders = {
  ETag: {
    description: 'Of the file as it is now: send it as If-Match with the next change',
    required: true,
    schema: { type: 'string' },
  },
  Location: {
    description: 'A signed URL; send it no bearer',
    required: true,
    schema: { type: 'string' },
  },
  'Retry-After': {
    description: 'Seconds until another attempt makes sense',
    schema: { type: 'integer', minimum: 0 },
  },
};

export const describedOperations = (limits: Limits): Readonly<Partial<Record<RouteName, Operation>>> => ({
  ...authOperations(),
  ...uploadOperations(limits),
  ...fileOperations(limits),
  ...variantOperations(limits),
  ...streamOperations(limits),
  ...folderOperations(limits),
  ...searchOperations(limits),
  ...shareOperations(),
  ...versionOperations(limits),
  ...receiptOperations(),
  ...similarOperations(),
  ...processingOperations(limits),
  ...rescanOperations(),
  ...publicOperations(limits),
  ...tenantOperations(limits),
  ...tokenOperations(),
  ...operatorOperations(limits),
  ...systemOperations(),
});

function describe(
  name: RouteName,
  route: Route,
  operation: Operation,
  components: Components,
): Record<string, unknown> {
  const {
    summary,
    description,
    body,
    example,
    bodyType = 'application/json',
    query,
    headers = [],
  } = operation;
  const typeName = name.charAt(0).toUpperCase() + name.slice(1);
  return {
    operationId: name,
    summary,
    ...(description && { description }),
    tags: [route.function],
    ...(route.auth === 'jwt' && { security: [{ bearer: [] }] }),
    parameters: [
      ...pathParameters(route.path, components),
      ...(query ? queryParameters(query, components) : []),
      ...headerParameters(route, headers, components),
    ],
    ...(body && {
      requestBody: {
        // An optional schema takes a missing body.
        required: !body.safeParse(undefined).success,
        content: {
          [bodyType]: {
            schema: components.refer(`${typeName}Request`, body, 'input'),
            ...(example && { example }),
          },
        },
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

const response = (
  { description, body, mediaTypes, etag, location }: Success,
  typeName: string,
  components: Components,
) => ({
  description,
  ...(etag && { headers: { ETag: { $ref: '#/components/headers/ETag' } } }),
  ...(location && { headers: { Location: { $ref: '#/components/headers/Location' } } }),
  ...(body && {
    content: { 'application/json': { schema: components.refer(typeName, body, 'output') } },
  }),
  ...(mediaTypes && {
    content: Object.fromEntries(mediaTypes.map((type) => [type, { schema: { type: 'string' } }])),
  }),
});
