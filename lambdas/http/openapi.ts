import * as z from 'zod';
import type { Limits } from '../contract/limits.ts';
import { type RouteName, routes } from '../contract/routes.ts';
import { loginBody, refreshBody, requestSchemas } from './schemas.ts';

/**
 * The OpenAPI 3.1 description of the API, made from the routes and the very schemas that check requests, so that
 * it cannot tell anything else than the code does.
 */
interface Operation {
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly query?: z.ZodObject;
  readonly success: { readonly status: number; readonly description: string };
  readonly headers?: readonly { readonly name: string; readonly description: string }[];
}

const success = (status: number, description: string): Operation['success'] => ({ status, description });

function operations(limits: Limits): Record<RouteName, Operation> {
  const schemas = requestSchemas(limits);
  return {
    login: {
      summary: 'Sign in with email and password, where the stage offers it',
      body: loginBody,
      success: success(200, '{accessToken, expiresIn, refreshToken?}'),
    },
    refresh: {
      summary: 'A new access token',
      body: refreshBody,
      success: success(200, '{accessToken, expiresIn}'),
    },
    initiate: {
      summary: 'Reserve quota and a slot, and get the first presigned part URLs',
      body: schemas.initiate,
      headers: [
        { name: 'Idempotency-Key', description: 'Kept for 24 hours: a repeat answers with the same upload.' },
      ],
      success: success(
        201,
        '{fileId, uploadId, partSize, totalParts, parts:[{partNumber, size, url, headers, expiresAt}], expiresAt, heartbeatSeconds}',
      ),
    },
    partUrl: {
      summary: 'A presigned URL for one part',
      body: schemas.partUrl,
      query: schemas.partUrlQuery,
      success: success(200, '{partNumber, url, expirationSeconds, expiresAt, size, headers}'),
    },
    partUrls: {
      summary: 'Presigned URLs for up to 1,000 parts',
      body: schemas.partUrls,
      success: success(200, '{parts:[{partNumber, size, url, headers, expiresAt}]}'),
    },
    listParts: {
      summary: 'What S3 has of an upload',
      success: success(
        200,
        '{parts:[{partNumber, size, etag}], partSize, totalParts, uploadedParts, uploadedBytes, progress}',
      ),
    },
    listUploads: {
      summary: "The caller's unfinished uploads, from any device",
      query: schemas.page,
      success: success(200, '{uploads:[...], nextCursor?}'),
    },
    heartbeat: { summary: 'Keep an upload alive', success: success(204, 'Noted') },
    heartbeats: {
      summary: 'Keep up to 100 uploads alive; counts as one heartbeat',
      body: schemas.heartbeats,
      success: success(200, '{alive:[fileId], gone:[fileId]}'),
    },
    complete: {
      summary: 'Put the parts together; optional for a single part',
      body: schemas.complete,
      success: success(202, '{fileId, status}'),
    },
    abort: { summary: 'End an upload; also the second time', success: success(204, 'Ended') },
    createBatch: {
      summary: 'Initiate up to 100 uploads; each is admitted or refused by itself',
      body: schemas.batch,
      success: success(
        207,
        '{batchId, results:[{status, upload|error}], summary:{requested, accepted, refused, bytes}}',
      ),
    },
    getBatch: { summary: 'The files of a batch', success: success(200, '{batchId, createdAt, files:[...]}') },
    listFiles: {
      summary: "The caller's files",
      query: schemas.listFiles,
      success: success(200, '{files:[File], nextCursor?}'),
    },
    getFile: { summary: 'One file', success: success(200, 'File; ETag header for If-Match') },
    fileStatus: {
      summary: 'Status and progress',
      success: success(200, '{id, status, reason?, progress, estimatedSeconds, renditions}'),
    },
    fileTimeline: {
      summary: 'What happened to the file, oldest first',
      query: schemas.page,
      success: success(200, '{events:[{eventId, type, at, data}], nextCursor?}'),
    },
    fileUrl: {
      summary: 'A signed URL of the original or of one rendition',
      query: schemas.fileUrl,
      success: success(200, '{url, expiresAt}'),
    },
    deleteFile: {
      summary: 'Delete for good (hard=true): renditions and versions too; the quota is free at once',
      query: schemas.deleteFile,
      success: success(204, 'Deleted'),
    },
    quota: {
      summary: 'Usage, reservations, bounds and slots of the caller and of the tenant',
      success: success(
        200,
        '{currentUsage, reserved, maxQuota, availableSpace, filesCount, maxFiles, tier, maxFileSize, allowedTypes, slots, tenant}',
      ),
    },
    health: {
      summary: 'Do the dependencies answer?',
      success: success(200, '{status, issues, checks}; 503 when critical'),
    },
    openapi: { summary: 'This document', success: success(200, 'OpenAPI 3.1') },
  };
}

export function openApiDocument(limits: Limits): Record<string, unknown> {
  const described = operations(limits);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries(routes)) {
    const operation = describe(name, route, described[name as RouteName]);
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
      [answer.status]: { description: answer.description },
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
