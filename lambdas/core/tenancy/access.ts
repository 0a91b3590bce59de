import { errors } from '../errors.ts';
import type { FileRecord, FileRef } from '../files/file.ts';
import type { FileStore } from '../ports.ts';
import type { Actor } from './actor.ts';
import type { Caller } from './caller.ts';

/**
 * What a call wants of a file:
 * - `read`: details, status, timeline, versions, downloads;
 * - `write`: tags, metadata, sensitivity, the name within its folder, which version is the current one;
 * - `manage`: everything that decides who sees the file, where it lies and whether it stays: move, visibility, shares,
 *   trash, restore, purge. Only its owner and the tenant's admins; a share never gives it.
 */
export type Need = 'read' | 'write' | 'manage';

export type AccessLevel = 'none' | Need;

/** How somebody comes by an access; that of an admin to other people's files is a sensitive one. */
export type AccessVia = 'owner' | 'admin' | 'share';

export interface Access {
  readonly level: AccessLevel;
  readonly via?: AccessVia;
}

/** One file opened to one user of its tenant. */
export interface Share extends FileRef {
  readonly userId: string;
  readonly access: 'read' | 'write';
  /** Absent: until somebody ends it. */
  readonly expiresAt?: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

const ranks: Record<AccessLevel, number> = { none: 0, read: 1, write: 2, manage: 3 };

const noAccess: Access = { level: 'none' };

type AccessCaller = Pick<Caller, 'tenantId' | 'userId' | 'user'>;

/**
 * The one decision about who may do what with a file (API.md). Whoever has no access learns nothing: the answer to
 * `none` is that of a file which never existed. What is in the trash is there for owner and admins only.
 */
export function decideAccess(
  caller: AccessCaller,
  file: Pick<FileRecord, 'tenantId' | 'fileId' | 'ownerId' | 'status'>,
  share: Share | undefined,
  now: string,
): Access {
  if (file.tenantId !== caller.tenantId || file.status === 'purged') return noAccess;
  if (file.ownerId === caller.userId) return { level: 'manage', via: 'owner' };
  if (caller.user.role !== 'user') return { level: 'manage', via: 'admin' };
  if (!share || !isSharedWith(caller, file, share, now)) return noAccess;
  return { level: share.access, via: 'share' };
}

/** Whether the share opens the file to the caller, who may besides be an admin and have every access. */
export const isSharedWith = (
  caller: AccessCaller,
  file: Pick<FileRecord, 'tenantId' | 'fileId' | 'status'>,
  share: Share,
  now: string,
): boolean =>
  file.tenantId === caller.tenantId &&
  file.status !== 'deleted' &&
  file.status !== 'purged' &&
  opens(share, caller, file, now);

/** The item was found by tenant, file and user; a decision does not lean on how it was found. */
const opens = (share: Share, caller: AccessCaller, file: FileRef, now: string): boolean =>
  share.tenantId === file.tenantId &&
  share.fileId === file.fileId &&
  share.userId === caller.userId &&
  (share.expiresAt === undefined || share.expiresAt > now);

export const suffices = (access: Access, need: Need): boolean => ranks[access.level] >= ranks[need];

export interface AccessDeps {
  readonly store: Pick<FileStore, 'file' | 'share'>;
  readonly now: () => string;
}

/**
 * Reads the file for a call that needs `need` of it. One further GetItem, of the share, only for a caller who is
 * neither owner nor admin.
 * @throws not_found (missing, foreign, purged, private: all alike), forbidden (seen, but shared for less)
 */
export async function requireAccess(
  deps: AccessDeps,
  caller: Caller,
  fileId: string,
  need: Need,
): Promise<FileRecord> {
  const admit = accessTo(deps, caller, fileId, need);
  return admit(await deps.store.file({ tenantId: caller.tenantId, fileId }));
}

/**
 * The same for a change, which reads the file itself and again when somebody was faster:
 * `const admit = accessTo(deps, caller, fileId, 'write')` before `commitChange`, `const file = await admit(found)` first
 * thing in its builder. The share is read at most once.
 */
export function accessTo(
  deps: { readonly store: Pick<FileStore, 'share'>; readonly now: () => string },
  caller: Caller,
  fileId: string,
  need: Need,
): (found: FileRecord | undefined) => Promise<FileRecord> {
  let share: Promise<Share | undefined> | undefined;
  return async (found) => {
    const now = deps.now();
    if (found && suffices(decideAccess(caller, found, undefined, now), need)) return found;
    // Read for a missing file too, so that the time of the answer does not tell it from a private one.
    share ??= deps.store.share({ tenantId: caller.tenantId, fileId }, caller.userId);
    const shared = await share;
    const access = found ? decideAccess(caller, found, shared, now) : noAccess;
    if (!found || access.level === 'none') throw errors.notFound('file');
    if (!suffices(access, need)) throw errors.forbidden(whyNotEnough(need));
    return found;
  };
}

const whyNotEnough = (need: Need): string =>
  need === 'manage'
    ? 'Only the owner of the file and the admins of the tenant can do this. Ask one of them.'
    : 'The file is shared with you for reading. Ask its owner to share it for writing.';

/**
 * How the one who acts came by a file of `ownerId`, for events and audit. Nothing for the owner, for the system and
 * for the public, none of which acts on somebody else's behalf or trust.
 */
export function viaOf(actor: Actor, ownerId: string | undefined): 'admin' | 'share' | undefined {
  if (ownerId === undefined || actor.userId === undefined || actor.userId === ownerId) return undefined;
  return actor.role === undefined || actor.role === 'user' ? 'share' : 'admin';
}
