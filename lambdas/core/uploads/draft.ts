import { eventOf, type FileEvent } from '../files/event.ts';
import type { FileRecord } from '../files/file.ts';
import { normalizeFilename } from '../files/names.ts';
import type { Reservation } from '../ports.ts';
import type { Caller } from '../tenancy/caller.ts';
import { encryptionKeyOf } from '../tenancy/encryption.ts';
import { addSeconds } from '../time.ts';
import type { UploadDeps } from './deps.ts';
import type { IdempotencyKey, InitiateRequest } from './initiate.ts';
import { isSinglePut, planParts } from './part-plan.ts';
import { hourOf, type UploadSession } from './session.ts';

export interface Draft {
  readonly file: FileRecord;
  readonly session: UploadSession;
}

/**
 * The upload that a request describes, of a file that comes into being with it; names are normalized already.
 * @throws storage_unavailable (no key where the policy asks for one)
 */
export function draftUpload(
  deps: UploadDeps,
  caller: Caller,
  request: InitiateRequest,
  fileId: string = deps.newId(),
): Draft {
  const at = deps.now();
  const plan = planParts(request.size);
  const encryptionKey = encryptionKeyOf(caller);
  const shared = {
    tenantId: caller.tenantId,
    fileId,
    uploadId: deps.newId(),
    ownerId: caller.userId,
    path: request.path,
    filename: request.filename,
    mimeType: request.mimeType,
    size: request.size,
    priority: request.priority ?? 'normal',
    ...(request.checksum && { checksum: request.checksum }),
    ...(encryptionKey && { encryptionKey }),
    createdAt: at,
  };
  return {
    file: {
      ...shared,
      originalName: normalizeFilename(request.originalName ?? request.filename, deps.names, 'originalName'),
      status: 'uploading',
      isPublic: request.isPublic ?? false,
      sensitivity: 'internal',
      tags: request.tags ?? [],
      metadata: request.metadata ?? {},
      revision: 1,
      version: 1,
      renditions: {},
      accounting: 'reserved',
      updatedAt: at,
      ...(caller.actor.country && { country: caller.actor.country }),
    },
    session: {
      ...shared,
      ...plan,
      phase: isSinglePut(plan) ? 'open' : 'opening',
      lastActivityAt: at,
      lastProgressAt: at,
      seenParts: 0,
      expiresAt: addSeconds(at, deps.limits.lifetimeSeconds),
      ...(caller.policy.user.bytesPerHour !== null && { chargedHour: hourOf(at) }),
      ...(request.profile !== undefined && { profile: request.profile }),
    },
  };
}

/**
 * The upload that brings other content for a file which is there already. What the request says of tags, metadata and
 * visibility the file takes over together with the content; what it does not say stays as it is.
 */
export function draftReplacement(
  deps: UploadDeps,
  caller: Caller,
  request: InitiateRequest,
  replaces: FileRecord,
): Draft {
  const { file, session } = draftUpload(deps, caller, request, replaces.fileId);
  const { tags, metadata, isPublic } = request;
  const overrides = {
    ...(tags && { tags }),
    ...(metadata && { metadata }),
    ...(isPublic !== undefined && { isPublic }),
  };
  return {
    file: {
      ...file,
      isReplacement: true,
      version: replaces.version + 1,
      sensitivity: replaces.sensitivity,
      isPublic: replaces.isPublic,
      tags: replaces.tags,
      metadata: replaces.metadata,
      ...overrides,
      overrides,
    },
    session,
  };
}

export function reservationOf(
  deps: UploadDeps,
  caller: Caller,
  { file, session }: Draft,
  idempotency: IdempotencyKey | undefined,
): Reservation {
  const event = eventOf(file, { eventId: deps.newId(), at: file.createdAt, actor: caller.actor });
  return {
    file,
    session,
    event: event as FileEvent,
    policy: caller.policy,
    day: file.createdAt.slice(0, 10),
    hour: hourOf(file.createdAt),
    ...(idempotency && {
      idempotency: {
        ...idempotency,
        expiresAt: addSeconds(file.createdAt, deps.limits.idempotencySeconds),
      },
    }),
  };
}
