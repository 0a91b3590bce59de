import type { RouteName } from '../contract/routes.ts';
import { errors, SluiceError } from '../core/errors.ts';
import type { Caller } from '../core/tenancy/caller.ts';
import { abortUpload } from '../core/uploads/abort.ts';
import { batchState, createBatch } from '../core/uploads/batch.ts';
import { completeUpload } from '../core/uploads/complete.ts';
import type { UploadDeps } from '../core/uploads/deps.ts';
import { beat, beatAll } from '../core/uploads/heartbeat.ts';
import { type IdempotencyKey, initiateUpload } from '../core/uploads/initiate.ts';
import { signPartUrls } from '../core/uploads/part-urls.ts';
import { listOpenUploads, listUploadedParts } from '../core/uploads/progress.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import { sha256 } from '../runtime/digest.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import { type HttpRequest, rawBody } from '../runtime/http-request.ts';
import { accepted, created, json, noContent, ok, problemOf } from '../runtime/http-response.ts';
import {
  batchPath,
  fileIdPath,
  maxIdempotencyKeyLength,
  partPath,
  type UploadSchemas,
} from './schemas/uploads.ts';

export interface UploadRouteDeps {
  /** Logs a failure that is hidden in an answer which is otherwise good. */
  readonly onUnexpected: (error: unknown) => void;
  readonly auth: AuthDeps;
  readonly uploads: UploadDeps;
  readonly schemas: UploadSchemas;
  /** Counts what operators watch. */
  readonly count: (what: 'initiated' | 'refused' | 'aborted', count: number) => void;
}

/** An API call ends after 29 s; the upload that is being admitted when this is over may still take several. */
const batchBudgetMs = 18_000;

/** The routes of API.md, "Uploads". Each parses, calls one use case and maps the answer. */
export function uploadRoutes(deps: UploadRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const { uploads, schemas } = deps;
  const route = authenticated(deps.auth);
  const fileId = (request: HttpRequest): string => request.path(fileIdPath).fileId;
  return {
    initiate: route('initiation', async (request, caller) => {
      const body = request.body(schemas.initiate);
      const upload = await countRefusal(deps, initiateUpload(uploads, caller, body, idempotencyKey(request)));
      deps.count('initiated', 1);
      return created(upload);
    }),
    createBatch: route('initiation', async (request, caller) => {
      const { uploads: requests } = request.body(schemas.batch);
      const elapsedMs = stopwatch(uploads.now);
      const watch = { outOfTime: () => elapsedMs() > batchBudgetMs, onUnexpected: deps.onUnexpected };
      const batch = await createBatch({ ...uploads, ...watch }, caller, requests);
      deps.count('initiated', batch.summary.accepted);
      deps.count('refused', batch.summary.refused);
      const results = batch.results.map((result) =>
        'error' in result
          ? { status: result.status, error: problemOf(result.error, request.requestId) }
          : result,
      );
      return json(207, { ...batch, results });
    }),
    getBatch: route('other', async (request, caller) =>
      ok(await batchState(uploads, caller, request.path(batchPath).batchId)),
    ),
    partUrl: route('other', async (request, caller) => {
      const { fileId: id, n } = request.path(partPath);
      const { expirationSeconds } = request.query(schemas.partUrlQuery);
      const part = { partNumber: n, checksum: request.body(schemas.partUrl)?.checksum };
      const [signed] = await signPartUrls(uploads, caller, id, [part], expirationSeconds);
      if (!signed) throw errors.internal();
      return ok({ ...signed, expirationSeconds: secondsUntil(signed.expiresAt, uploads.now()) });
    }),
    partUrls: route('other', async (request, caller) => {
      const body = request.body(schemas.partUrls);
      const parts = 'parts' in body ? body.parts : body.partNumbers.map((partNumber) => ({ partNumber }));
      return ok({
        parts: await signPartUrls(uploads, caller, fileId(request), parts, body.expirationSeconds),
      });
    }),
    listParts: route('other', async (request, caller) =>
      ok(await listUploadedParts(uploads, caller, fileId(request))),
    ),
    listUploads: route('other', async (request, caller) => {
      const { items, nextCursor } = await listOpenUploads(uploads, caller, request.query(schemas.page));
      return ok({ uploads: items, ...(nextCursor && { nextCursor }) });
    }),
    heartbeat: route('heartbeat', async (request, caller) => {
      await beat(uploads, caller, fileId(request));
      return noContent();
    }),
    heartbeats: route('heartbeat', async (request, caller) =>
      ok(await beatAll(uploads, caller, request.body(schemas.heartbeats).fileIds)),
    ),
    complete: route('other', async (request, caller) => {
      const parts = request.body(schemas.complete)?.parts;
      return accepted(await completeUpload({ ...uploads, digest: sha256 }, caller, fileId(request), parts));
    }),
    abort: route('other', async (request, caller: Caller) => {
      await abortUpload(uploads, caller, fileId(request));
      deps.count('aborted', 1);
      return noContent();
    }),
  };
}

async function countRefusal<T>(deps: Pick<UploadRouteDeps, 'count'>, attempt: Promise<T>): Promise<T> {
  try {
    return await attempt;
  } catch (error) {
    if (error instanceof SluiceError && error.status < 500) deps.count('refused', 1);
    throw error;
  }
}

function stopwatch(now: () => string): () => number {
  const startedAt = Date.parse(now());
  return () => Date.parse(now()) - startedAt;
}

const secondsUntil = (later: string, now: string): number =>
  Math.round((Date.parse(later) - Date.parse(now)) / 1000);

function idempotencyKey(request: HttpRequest): IdempotencyKey | undefined {
  const key = request.header('idempotency-key');
  if (key === undefined) return undefined;
  if (key === '' || key.length > maxIdempotencyKeyLength) {
    throw errors.invalidField(
      'Idempotency-Key',
      'length',
      `must have 1 to ${maxIdempotencyKeyLength} characters`,
    );
  }
  return { key, bodyHash: sha256(rawBody(request.event)) };
}
