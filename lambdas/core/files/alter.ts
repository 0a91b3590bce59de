import { errors } from '../errors.ts';
import type { FileStore } from '../ports.ts';
import { accessTo, type Need } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { Change } from './change.ts';
import { commitChange } from './commit.ts';
import type { FileRecord } from './file.ts';
import { lockRefusal } from './lock.ts';
import { holdsName } from './status.ts';
import { etagOf } from './view.ts';

export interface AlterDeps {
  readonly store: Pick<FileStore, 'file' | 'share' | 'commit'>;
  readonly now: () => string;
  readonly newId: () => string;
}

/** What a caller asks about one file, and the etag that it must still have (the header If-Match). */
export interface FileTarget {
  readonly fileId: string;
  readonly ifMatch?: string | undefined;
  /** The folder in which it must still lie: a job found it there some time ago. */
  readonly stillIn?: string | undefined;
}

/**
 * One change of a file by a caller: access, then the precondition, then what `build` decides. `build` runs again when
 * somebody was faster, so what it checks holds for the record that is written. Nothing to do (undefined) answers with
 * the file as it is.
 * @throws not_found, forbidden, precondition_failed, name_conflict, file_locked and what `build` throws
 */
export async function alterFile(
  deps: AlterDeps,
  caller: Caller,
  { fileId, ifMatch, stillIn }: FileTarget,
  need: Need,
  build: (file: FileRecord) => Change | undefined | Promise<Change | undefined>,
): Promise<FileRecord> {
  const admit = accessTo(deps, caller, fileId, need);
  let seen: FileRecord | undefined;
  const changed = await commitChange(deps.store, { tenantId: caller.tenantId, fileId }, async (found) => {
    seen = await admit(found);
    requireMatch(seen, ifMatch);
    if (stillIn !== undefined && seen.path !== stillIn) throw errors.uploadStateConflict(hasLeft);
    return build(seen);
  });
  return changed ?? (seen as FileRecord);
}

const hasLeft = 'The file was moved to another folder meanwhile, and stays there as it is.';

/** RFC 9110, 13.1.1. Weak tags count as strong ones: proxies weaken tags, and a record has one representation. */
export function requireMatch(file: FileRecord, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const etag = etagOf(file);
  const tags = ifMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (!tags.includes(etag)) throw errors.preconditionFailed(etag);
}

/** @throws upload_state_conflict for what is in the trash or came to nothing */
export function requireLiving({ status }: FileRecord): void {
  if (status === 'deleted') {
    throw errors.uploadStateConflict('The file is in the trash. Restore it first.');
  }
  if (!holdsName(status)) {
    throw errors.uploadStateConflict(`The file is ${status} and has no content. Upload it again.`);
  }
}

/** @throws file_locked */
export function requireUnlocked(file: FileRecord): void {
  const refusal = lockRefusal(file);
  if (refusal) throw refusal;
}
