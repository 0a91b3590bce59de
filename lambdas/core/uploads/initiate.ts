import { errors } from '../errors.ts';
import type { Priority } from '../files/file.ts';
import { normalizeFilename, normalizePath, numberedName } from '../files/names.ts';
import type { SignedPart } from '../ports.ts';
import type { Caller } from '../tenancy/caller.ts';
import { endUpload } from './abort.ts';
import { policyViolation } from './admission.ts';
import { type ChecksumDeclaration, requireVerifiable } from './checksum.ts';
import type { UploadDeps } from './deps.ts';
import { draftUpload, reservationOf } from './draft.ts';
import { awaitFirst } from './idempotency.ts';
import { isSinglePut } from './part-plan.ts';
import { signFirstParts } from './part-urls.ts';
import { withinProfile } from './profile.ts';
import { reserveReplacing } from './replace.ts';
import type { UploadSession } from './session.ts';

/** API.md, POST /storage/multipart/initiate. Sizes in bytes; shapes were checked by the schema of the route. */
export interface InitiateRequest {
  readonly path: string;
  readonly filename: string;
  readonly originalName?: string;
  readonly mimeType: string;
  readonly size: number;
  readonly checksum?: ChecksumDeclaration;
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly isPublic?: boolean;
  readonly priority?: Priority;
  readonly onConflict?: 'reject' | 'rename' | 'replace';
  /** One of the tenant's upload profiles. */
  readonly profile?: string;
  readonly expirationSeconds?: number;
  readonly urls?: number;
}

export interface InitiateResponse {
  readonly fileId: string;
  readonly uploadId: string;
  readonly partSize: number;
  readonly totalParts: number;
  readonly parts: readonly SignedPart[];
  readonly expiresAt: string;
  readonly heartbeatSeconds: number;
}

export interface IdempotencyKey {
  readonly key: string;
  /** Digest of the request body. */
  readonly bodyHash: string;
}

/** How many numbered names `onConflict: rename` tries before it gives up. */
const maxRenames = 50;

/**
 * Admits one upload: policy, then quota, slot, name, file and session in one transaction, then the first URLs.
 * A repeat with the same Idempotency-Key gets the same upload with URLs signed anew and costs no initiation.
 * @throws the codes of API.md for initiate
 */
export async function initiateUpload(
  deps: UploadDeps,
  caller: Caller,
  request: InitiateRequest,
  idempotency?: IdempotencyKey,
): Promise<InitiateResponse> {
  const repeated = idempotency && (await awaitFirst(deps, caller, idempotency));
  if (repeated) {
    // A replay costs no initiation, but it signs URLs like any other call.
    const { otherCallsPerMinute } = deps.limits;
    await deps.rates.take(
      `other#${caller.tenantId}#${caller.userId}`,
      'requests',
      otherCallsPerMinute,
      deps.now(),
    );
    return answer(deps, repeated, request);
  }
  await takeInitiation(deps, caller);
  return admitUpload(deps, caller, request, idempotency);
}

export const takeInitiation = (deps: UploadDeps, caller: Caller): Promise<void> =>
  deps.rates.take(
    `initiate#${caller.tenantId}#${caller.userId}`,
    'initiations',
    caller.policy.initiationsPerMinute,
    deps.now(),
  );

/** The same without rate and replay: one upload of a batch. */
export async function admitUpload(
  deps: UploadDeps,
  caller: Caller,
  asked: InitiateRequest,
  idempotency?: IdempotencyKey,
): Promise<InitiateResponse> {
  const request = withinProfile(asked, caller.policy, deps.names);
  const violation = policyViolation(request, caller.policy, deps.scannerMaxBytes);
  if (violation) throw violation;
  requireVerifiable(request.checksum, request.size, deps.limits.sha256MaxBytes);

  const session = await reserveUnderFreeName(deps, caller, request, idempotency);
  if (session === 'repeated') {
    const first = idempotency && (await awaitFirst(deps, caller, idempotency));
    if (!first) throw errors.idempotencyInProgress();
    return answer(deps, first, request);
  }
  return answer(deps, await openSession(deps, session, idempotency), request);
}

async function reserveUnderFreeName(
  deps: UploadDeps,
  caller: Caller,
  request: InitiateRequest,
  idempotency: IdempotencyKey | undefined,
): Promise<UploadSession | 'repeated'> {
  const path = normalizePath(request.path, deps.names);
  const wanted = normalizeFilename(request.filename, deps.names);
  if (request.onConflict === 'replace') {
    return reserveReplacing(deps, caller, { ...request, path, filename: wanted }, idempotency);
  }
  const attempts = request.onConflict === 'rename' ? maxRenames : 1;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const filename = attempt === 1 ? wanted : numberedName(wanted, attempt, deps.names);
    const draft = draftUpload(deps, caller, { ...request, path, filename });
    const outcome = await deps.store.reserve(reservationOf(deps, caller, draft, idempotency));
    if (outcome.kind === 'reserved') return draft.session;
    if (outcome.kind === 'repeated') return 'repeated';
    if (outcome.kind === 'refused') throw outcome.error;
  }
  throw errors.nameConflict(path, wanted);
}

/**
 * Asks S3 for the multipart upload; when S3 cannot, the reservation goes back at once, and the key is free, so that
 * the repeat which a 503 asks for starts anew.
 */
async function openSession(
  deps: UploadDeps,
  session: UploadSession,
  idempotency: IdempotencyKey | undefined,
): Promise<UploadSession> {
  if (isSinglePut(session)) return session;
  let multipartId: string;
  try {
    multipartId = await deps.intake.createMultipart(session);
  } catch (cause) {
    const { tenantId, ownerId, fileId } = session;
    if (idempotency) await deps.store.forgetIdempotency(tenantId, ownerId, idempotency.key, fileId);
    await endUpload(deps, session, 'aborted', ['opening']);
    throw errors.storageUnavailable(cause);
  }
  const open = await deps.store
    .updateSession(session, ['opening'], { phase: 'open', multipartId })
    .catch(async (error: unknown) => {
      // Nobody else knows this id: without this only the bucket's lifecycle rule would end the upload.
      await deps.intake.abortMultipart({ ...session, multipartId });
      throw error;
    });
  if (!open) {
    // Somebody aborted it between the two calls, without knowing the id that S3 has now given out.
    await deps.intake.abortMultipart({ ...session, multipartId });
    throw errors.uploadAborted();
  }
  return open;
}

async function answer(
  deps: UploadDeps,
  session: UploadSession,
  request: InitiateRequest,
): Promise<InitiateResponse> {
  return {
    fileId: session.fileId,
    uploadId: session.uploadId,
    partSize: session.partSize,
    totalParts: session.totalParts,
    parts: await signFirstParts(deps, session, request),
    expiresAt: session.expiresAt,
    heartbeatSeconds: deps.limits.heartbeatSeconds,
  };
}
