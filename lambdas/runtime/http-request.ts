import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { z } from 'zod';
import type { RouteName } from '../contract/routes.ts';
import { errors } from '../core/errors.ts';
import { fieldErrors, sentenceOf } from './field-errors.ts';

/** What the JWT authorizer of the HTTP API adds to the event; its claims were verified there. */
export type HttpEvent = APIGatewayProxyEventV2 & {
  requestContext: { authorizer?: { jwt?: { claims?: Record<string, unknown> } } };
};

/** Parsed parts of a request; each is checked by the route's schema. @throws validation_failed */
export interface HttpRequest {
  readonly event: HttpEvent;
  readonly requestId: string;
  readonly route: RouteName;
  path<T extends z.ZodType>(schema: T): z.output<T>;
  query<T extends z.ZodType>(schema: T): z.output<T>;
  body<T extends z.ZodType>(schema: T): z.output<T>;
  /** A body as HTML forms and OAuth send it. */
  form<T extends z.ZodType>(schema: T): z.output<T>;
  header(name: string): string | undefined;
}

/** API Gateway takes up to 10 MB; nothing in the API needs more than a list of 10,000 parts. */
const maxBodyBytes = 2 * 1024 * 1024;

export function httpRequest(event: HttpEvent, route: RouteName): HttpRequest {
  return {
    event,
    requestId: event.requestContext.requestId,
    route,
    path: (schema) => check(schema, event.pathParameters ?? {}, 'path'),
    query: (schema) => check(schema, event.queryStringParameters ?? {}, 'query'),
    body: (schema) => check(schema, parseBody(event), ''),
    form: (schema) => check(schema, Object.fromEntries(new URLSearchParams(rawBody(event))), ''),
    header: (name) => event.headers[name],
  };
}

/** The request's body as it came, for digests of it. */
export function rawBody(event: HttpEvent): string {
  const text = event.body ?? '';
  return event.isBase64Encoded ? Buffer.from(text, 'base64').toString('utf8') : text;
}

function parseBody(event: HttpEvent): unknown {
  const text = rawBody(event);
  if (text.length > maxBodyBytes) {
    throw errors.invalidField('body', 'too_large', `must have at most ${maxBodyBytes} bytes`);
  }
  if (text === '') return undefined;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw errors.invalidField('body', 'not_json', `must be JSON (${(cause as Error).message})`);
  }
  requireStorable(body, '');
  return body;
}

/**
 * JSON can spell what no table keeps: half of a surrogate pair, which is no text, and a field named __proto__, which
 * is lost where objects are copied. Neither is silently changed.
 * @throws validation_failed
 */
function requireStorable(value: unknown, field: string): void {
  if (typeof value === 'string') requireText(value, field);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    requireText(name, field);
    const path = field ? `${field}.${name}` : name;
    if (name === '__proto__') throw errors.invalidField(path, 'invalid_name', 'must have another name');
    requireStorable(inner, path);
  }
}

function requireText(text: string, field: string): void {
  if (!text.isWellFormed()) {
    throw errors.invalidField(field || 'body', 'not_unicode', 'must be well-formed Unicode');
  }
}

function check<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const result = schema.safeParse(value, { error: sentenceOf });
  if (result.success) return result.data;
  throw errors.validation(result.error.issues.flatMap((issue) => fieldErrors(issue, where)));
}
