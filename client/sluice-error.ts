/** One shape for everything that can go wrong, wherever it did: our problem+json, the gateway's own JSON, S3's XML, the network. */

/** Codes of the API's error catalogue. */
export const API_ERROR_CODES = [
  'validation_failed',
  'part_number_out_of_range',
  'cursor_invalid',
  'unauthenticated',
  'forbidden',
  'tenant_suspended',
  'user_inactive',
  'uploads_blocked',
  'region_blocked',
  'quota_exceeded',
  'files_limit_exceeded',
  'legal_hold',
  'retention_active',
  'not_found',
  'upload_expired',
  'upload_aborted',
  'name_conflict',
  'upload_state_conflict',
  'upload_incomplete',
  'file_locked',
  'precondition_failed',
  'file_too_large',
  'type_not_allowed',
  'idempotency_key_reused',
  'checksum_unsupported',
  'rate_limited',
  'concurrency_limit_exceeded',
  'daily_files_exceeded',
  'hourly_bytes_exceeded',
  'capacity_exceeded',
  'storage_unavailable',
] as const;

/** Codes that only arise on this side of the wire, or for which the API has no name. */
export const CLIENT_ERROR_CODES = [
  'network_error',
  'timeout',
  'cancelled',
  'signed_out',
  'file_unreadable',
  'receipt_invalid',
  'content_differs',
  'content_unverifiable',
  'storage_refused',
  'storage_denied',
  'request_too_large',
  'service_unavailable',
  'internal',
  'unexpected_response',
] as const;

export type ApiErrorCode = (typeof API_ERROR_CODES)[number];
export type ClientErrorCode = (typeof CLIENT_ERROR_CODES)[number];
export type ErrorCode = ApiErrorCode | ClientErrorCode;

export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly detail: string;
}

export interface SluiceErrorInit {
  /** HTTP status; 0 when no answer arrived. */
  readonly status: number;
  /** A known code, or one that a newer server has added. */
  readonly code: ErrorCode | (string & {});
  readonly detail: string;
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  readonly cause?: unknown;
}

export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly status: number;
  readonly code: ErrorCode | (string & {});
  readonly detail: string;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly errors: readonly FieldError[];

  constructor(init: SluiceErrorInit) {
    super(init.detail, init.cause === undefined ? undefined : { cause: init.cause });
    this.status = init.status;
    this.code = init.code;
    this.detail = init.detail;
    this.requestId = init.requestId;
    this.retryAfterSeconds = init.retryAfterSeconds;
    this.errors = init.errors ?? [];
  }
}

/** What API Gateway answers by itself carries only `{message}`; its status decides the code. */
const GATEWAY_CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'validation_failed',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  408: 'timeout',
  413: 'request_too_large',
  429: 'rate_limited',
  500: 'internal',
  502: 'service_unavailable',
  503: 'service_unavailable',
  504: 'timeout',
};

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldErrors = (value: unknown): FieldError[] =>
  (Array.isArray(value) ? value : []).filter(isRecord).map((entry) => ({
    field: text(entry.field) ?? '',
    code: text(entry.code) ?? 'invalid',
    detail: text(entry.detail) ?? '',
  }));

/** Retry-After is either seconds or an HTTP date; a date is turned into seconds from `nowMs`. */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (!header) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - nowMs) / 1000));
}

/** Reads a refused answer; never throws, whatever the body holds. */
export async function errorFromResponse(response: Response, nowMs: number): Promise<SluiceError> {
  const raw = await response.text().catch(() => '');
  const body = parseJson(raw);
  const gatewayCode = GATEWAY_CODES[response.status] ?? 'unexpected_response';
  return new SluiceError({
    status: response.status,
    code: text(body.code) ?? gatewayCode,
    detail: text(body.detail) ?? text(body.message) ?? `The server answered ${response.status}.`,
    requestId:
      text(body.requestId) ??
      response.headers.get('apigw-requestid') ??
      response.headers.get('x-amzn-requestid') ??
      undefined,
    retryAfterSeconds: parseRetryAfter(response.headers.get('retry-after'), nowMs),
    errors: fieldErrors(body.errors),
  });
}

function parseJson(raw: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(raw);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

export const cancelled = (cause?: unknown): SluiceError =>
  new SluiceError({ status: 0, code: 'cancelled', detail: 'The operation was cancelled.', cause });

export const isSluiceError = (error: unknown, ...codes: ErrorCode[]): error is SluiceError =>
  error instanceof SluiceError && (codes.length === 0 || codes.includes(error.code as ErrorCode));

/** Wraps what is not one of ours yet, so that callers only ever meet `SluiceError`. */
export function toSluiceError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new SluiceError({
      status: 0,
      code: 'timeout',
      detail: 'The server took too long to answer.',
      cause: error,
    });
  }
  if (error instanceof DOMException && error.name === 'AbortError') return cancelled(error);
  if (error instanceof TypeError) {
    return new SluiceError({
      status: 0,
      code: 'network_error',
      detail: 'The server could not be reached.',
      cause: error,
    });
  }
  return new SluiceError({
    status: 0,
    code: 'internal',
    detail: error instanceof Error ? error.message : String(error),
    cause: error,
  });
}
