import { errors } from '../errors.ts';
import type { EffectivePolicy } from '../tenancy/policy.ts';
import { addSeconds } from '../time.ts';
import { requireUnlocked } from './alter.ts';
import type { FileRecord } from './file.ts';

const secondsPerDay = 86_400;

/**
 * Whether a file may go, into the trash or for good. The tenant's retention counts from when the present content was
 * stored, by the policy of this moment; what never was stored is not kept by it.
 * @throws legal_hold, retention_active, file_locked
 */
export function requireDeletable(
  file: FileRecord,
  { retentionDays }: Pick<EffectivePolicy, 'retentionDays'>,
  now: string,
): void {
  if (file.legalHold) throw errors.legalHold();
  if (file.storedAt !== undefined && retentionDays > 0) {
    const until = addSeconds(file.storedAt, retentionDays * secondsPerDay);
    if (now < until) throw errors.retentionActive(until);
  }
  requireUnlocked(file);
}
