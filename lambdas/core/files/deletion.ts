import { errors } from '../errors.ts';
import type { EffectivePolicy } from '../tenancy/policy.ts';
import { addSeconds } from '../time.ts';
import { requireUnlocked } from './alter.ts';
import type { FileRecord } from './file.ts';

const secondsPerDay = 86_400;

/**
 * Whether a file may go, into the trash or for good. The tenant's retention counts from when the present content was
 * stored, by the policy of this moment; what never was stored is not kept by it. What S3 has locked stays for as long
 * as the lock says, also where the policy has become laxer since.
 * @throws legal_hold, retention_active, file_locked
 */
export function requireDeletable(
  file: FileRecord,
  { retentionDays }: Pick<EffectivePolicy, 'retentionDays'>,
  now: string,
): void {
  if (file.legalHold) throw errors.legalHold();
  const until = keptUntil(file, retentionDays);
  if (until !== undefined && now < until) throw errors.retentionActive(until);
  requireUnlocked(file);
}

function keptUntil({ storedAt, lockedUntil }: FileRecord, retentionDays: number): string | undefined {
  const retained =
    storedAt !== undefined && retentionDays > 0
      ? addSeconds(storedAt, retentionDays * secondsPerDay)
      : undefined;
  return [retained, lockedUntil]
    .filter((each) => each !== undefined)
    .sort()
    .at(-1);
}
