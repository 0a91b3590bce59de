import type { FileRef } from '../files/file.ts';
import type { FileQueues } from '../ports.ts';
import { type HoldDeps, holdFile } from './hold.ts';
import type { ScanAnswer, ScannerBreaker, ScanResults } from './scanner.ts';

export interface RecordScanDeps extends HoldDeps {
  readonly scans: ScanResults;
  readonly breaker: ScannerBreaker;
  readonly queues: Pick<FileQueues, 'inspect'>;
}

/**
 * Takes an answer that a scanner gave later, of a version in the intake bucket. The result is kept first, so that an
 * inspection which begins only now finds it; then the inspection is told to go on.
 */
export async function recordScan(
  deps: RecordScanDeps,
  version: FileRef & { readonly uploadId: string; readonly versionId: string },
  answer: Exclude<ScanAnswer, { verdict: 'requested' }>,
): Promise<void> {
  if (answer.verdict === 'unavailable') {
    await deps.breaker.failed();
    await holdFile(deps, version, 'scanner');
    return;
  }
  await deps.scans.save(version, answer);
  await deps.breaker.succeeded();
  const { tenantId, fileId, uploadId, versionId } = version;
  const file = await deps.store.file(version);
  if (file) await deps.queues.inspect({ tenantId, fileId, uploadId, versionId, priority: file.priority });
}
