import { errors } from '../errors.ts';
import type { FileQueues, FileStore, VersionListing } from '../ports.ts';
import { startProcessing } from '../processing/start-processing.ts';
import { type AccessDeps, requireAccess } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import { addSeconds } from '../time.ts';
import { type AlterDeps, alterFile, type FileTarget, requireLiving, requireUnlocked } from './alter.ts';
import { type Change, move } from './change.ts';
import { contentFacts, keptVersion } from './content.ts';
import type { FileRecord, FileVersion } from './file.ts';
import { availableStatuses } from './status.ts';
import { type RenditionView, renditionViews } from './view.ts';

/** One content that the file has, or had. */
export interface VersionView {
  readonly version: number;
  readonly current: boolean;
  readonly originalName: string;
  readonly mimeType: string;
  /** Bytes. */
  readonly size: number;
  readonly checksum?: FileRecord['checksum'];
  readonly renditions: readonly RenditionView[];
  /** When it became the file's content, and when other content took its place. */
  readonly storedAt?: string;
  readonly replacedAt?: string;
}

export interface VersionsResponse {
  readonly versions: readonly VersionView[];
  readonly nextCursor?: string;
}

/** A cursor is the number of the last version shown: numbers only grow, and those below it only go. */
const cursorForm = /^[1-9]\d{0,14}$/;

/**
 * The present content first, then what is kept, newest first; nothing of a file that never had content.
 * @throws not_found, cursor_invalid
 */
export async function listVersions(
  deps: AccessDeps & { readonly store: VersionListing },
  caller: Caller,
  fileId: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ readonly file: FileRecord; readonly answer: VersionsResponse }> {
  if (cursor !== undefined && !cursorForm.test(cursor)) throw errors.cursorInvalid();
  const file = await requireAccess(deps, caller, fileId, 'read');
  const current = cursor === undefined && file.libraryKey ? [versionView(file, true)] : [];
  const below = cursor === undefined ? file.version : Number(cursor);
  // One more than is shown tells whether there are more.
  const kept = await deps.store.versions(file, below, limit + 1 - current.length);
  const found = [...current, ...kept.map((version) => versionView(version, false))];
  const versions = found.slice(0, limit);
  const last = versions.at(-1);
  const nextCursor = found.length > limit && last ? String(last.version) : undefined;
  return { file, answer: { versions, ...(nextCursor && { nextCursor }) } };
}

const versionView = (of: FileVersion | FileRecord, current: boolean): VersionView => ({
  version: of.version,
  current,
  originalName: of.originalName,
  mimeType: of.mimeType,
  size: of.size,
  ...(of.checksum && { checksum: of.checksum }),
  renditions: renditionViews(of),
  ...(of.storedAt && { storedAt: of.storedAt }),
  ...('replacedAt' in of && { replacedAt: of.replacedAt }),
});

export interface RestoreVersionDeps extends AlterDeps {
  readonly store: AlterDeps['store'] & Pick<FileStore, 'version'>;
  readonly queues: Pick<FileQueues, 'process'>;
  readonly resendSeconds: number;
}

/**
 * Makes a kept content the present one again, under a new number; the content that it replaces is kept in turn. Only
 * pointers move, no bytes. Renditions that were made come back with it, those that never were are made now. Restoring
 * the present version changes nothing.
 * @throws not_found, forbidden, precondition_failed, legal_hold, file_locked, upload_state_conflict
 */
export async function restoreVersion(
  deps: RestoreVersionDeps,
  caller: Caller,
  target: FileTarget,
  version: number,
): Promise<FileRecord> {
  let changed = false;
  const restored = await alterFile(deps, caller, target, 'write', async (file) => {
    changed = false;
    requireLiving(file);
    if (version === file.version && file.libraryKey) return undefined;
    const kept = await deps.store.version(file, version);
    if (!kept) throw errors.notFound('version');
    requireUnlocked(file);
    if (file.legalHold) throw errors.legalHold();
    if (!availableStatuses.includes(file.status)) {
      throw errors.uploadStateConflict(`The file is ${file.status}. Restore a version when it is stored.`);
    }
    changed = true;
    return restoration(deps, caller, file, kept);
  });
  if (!changed) return restored;
  await startProcessing(deps, restored);
  return (await deps.store.file({ tenantId: caller.tenantId, fileId: target.fileId })) ?? restored;
}

function restoration(deps: RestoreVersionDeps, caller: Caller, file: FileRecord, kept: FileVersion): Change {
  const at = deps.now();
  const version = file.version + 1;
  const { set, clear } = contentFacts({ ...kept, storedAt: at });
  return move(file, 'stored', {
    at,
    eventId: deps.newId(),
    actor: caller.actor,
    type: 'file.restored',
    data: { version, restores: kept.version },
    set: { ...set, version, versionsBytes: (file.versionsBytes ?? 0) + file.size - kept.size },
    clear,
    keeps: keptVersion(file, at),
    takes: kept,
    dueAt: addSeconds(at, deps.resendSeconds),
  });
}
