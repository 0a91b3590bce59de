import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { apiSecurityHeaders } from '../contract/api-headers.ts';
import { errors, SluiceError } from '../core/errors.ts';

export type HttpResponse = APIGatewayProxyStructuredResultV2;

const headersOfAll = { 'cache-control': 'no-store', ...apiSecurityHeaders };

export const json = (statusCode: number, body: unknown): HttpResponse => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headersOfAll },
  body: JSON.stringify(body),
});

export const ok = (body: unknown): HttpResponse => json(200, body);
export const created = (body: unknown): HttpResponse => json(201, body);
export const accepted = (body: unknown): HttpResponse => json(202, body);
/** Elsewhere, for `maxAgeSeconds`: 0 where the answer may not be kept. `vary` are the headers that it depends on. */
export const found = (location: string, maxAgeSeconds: number, vary: string): HttpResponse => ({
  statusCode: 302,
  headers: {
    ...headersOfAll,
    location,
    vary,
    ...(maxAgeSeconds > 0 && { 'cache-control': `private, max-age=${maxAgeSeconds}` }),
  },
});
export const noContent = (): HttpResponse => ({ statusCode: 204, headers: headersOfAll });

/** RFC 9457, with the fields that API.md adds. `message` repeats `detail` for clients that look for it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly message: string;
  readonly requestId: string;
  readonly errors?: SluiceError['errors'];
}

export const problemOf = (error: SluiceError, requestId: string): Problem => ({
  type: `urn:sluice:error:${error.code}`,
  title: error.title,
  status: error.status,
  code: error.code,
  detail: error.message,
  message: error.message,
  requestId,
  ...(error.errors && { errors: error.errors }),
});

/** The one place where an error becomes HTTP. What is not in the catalogue is ours: 500 without its message. */
export function problemResponse(error: unknown, requestId: string): HttpResponse {
  const known = error instanceof SluiceError ? error : errors.internal(error);
  return {
    statusCode: known.status,
    headers: {
      'content-type': 'application/problem+json',
      ...headersOfAll,
      ...(known.retryAfterSeconds !== undefined && { 'retry-after': String(known.retryAfterSeconds) }),
    },
    body: JSON.stringify(problemOf(known, requestId)),
  };
}
