import { lockContent } from '../files/object-lock.ts';
import { unsettledStatuses } from '../files/status.ts';
import { contentStatuses } from '../files/withdraw.ts';
import { withdrawFromAll } from '../files/withdraw-shared.ts';
import { startProcessing } from '../processing/start-processing.ts';
import type { InspectDeps, IntakeVersion } from './inspect.ts';

/**
 * Ends a message that finds its file settled: the run that settled it may have ended before it cleaned up, or the scanner
 * has found malware since.
 */
export async function finishInterrupted(deps: InspectDeps, message: IntakeVersion): Promise<void> {
  const file = await deps.store.file(message);
  // No record any more: what the upload brought has been replaced since, or purged.
  if (!file) return deps.intake.deleteVersion(message);
  if (file.intakeVersionId !== message.versionId || unsettledStatuses.includes(file.status)) return;
  await lockContent(deps.locking, file, deps.now());
  await deps.intake.deleteVersion(message);
  const { libraryKey: key, libraryVersionId: versionId } = file;
  if (versionId && contentStatuses.includes(file.status)) {
    const scan = await deps.scans.result(message);
    if (scan?.verdict === 'infected') {
      await withdrawFromAll(deps, file, versionId, scan);
      return;
    }
  }
  // A copy that a losing run could not take back would make this one noncurrent, and those expire.
  if (key && versionId) await deps.library.keepOnly(file, { key, versionId });
  if (file.status === 'stored') await startProcessing(deps, file);
}
