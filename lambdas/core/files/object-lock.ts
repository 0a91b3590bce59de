import type { TenantPolicy } from '../tenancy/policy.ts';
import { addSeconds } from '../time.ts';
import type { FileRecord } from './file.ts';

/** Where a content lies in the library. */
interface Location {
  readonly key: string;
  readonly versionId: string;
}

/**
 * S3's own refusal to delete (Object Lock), where the stage has it: what retention and legal holds decide then holds
 * against everybody who gets past Sluice, too. Repeating a call changes nothing.
 */
export interface ObjectLocks {
  /** Until `until` nobody deletes this version. A lock is prolonged, never shortened. */
  retain(location: Location, until: string): Promise<void>;
  hold(location: Location, on: boolean): Promise<void>;
}

const secondsPerDay = 86_400;

/**
 * Until when S3 keeps the file's contents, with one that is stored at `at`; undefined: no lock. The latest of all that
 * it ever had: as long as one of its versions is locked, the file cannot be purged.
 */
export function lockedUntil(
  file: Pick<FileRecord, 'lockedUntil'>,
  { retentionDays }: Pick<TenantPolicy, 'retentionDays'>,
  at: string,
): string | undefined {
  const until = retentionDays > 0 ? addSeconds(at, retentionDays * secondsPerDay) : undefined;
  const all = [file.lockedUntil, until].filter((each) => each !== undefined);
  return all.sort().at(-1);
}

/**
 * Locks the content that a file has just got, as its record says. After the record and not with the copy: the copy of
 * a run that lost could otherwise not be removed for years.
 */
export async function lockContent(
  locks: ObjectLocks | undefined,
  file: FileRecord,
  now: string,
): Promise<void> {
  const { libraryKey: key, libraryVersionId: versionId } = file;
  if (!locks || !key || !versionId) return;
  if (file.lockedUntil && file.lockedUntil > now) await locks.retain({ key, versionId }, file.lockedUntil);
  if (file.legalHold) await locks.hold({ key, versionId }, true);
}
