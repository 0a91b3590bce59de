import type { FileRef, UploadRef } from '../files/file.ts';
import { type RecordScanDeps, recordScan } from './record-scan.ts';
import type { ScanAnswer } from './scanner.ts';
import { type RescanOutcome, type SettleRescanDeps, settleRescan } from './settle-rescan.ts';

/** The version that a scanner has looked at, where its result comes by itself. */
export type ScannedTarget = (
  | ({ readonly bucket: 'intake' } & UploadRef)
  | ({ readonly bucket: 'library' } & FileRef)
) & {
  readonly versionId: string;
  /** Of the bytes, where the scanner tells; without quotes. */
  readonly etag?: string;
};

export interface ScanResultDeps extends RecordScanDeps, SettleRescanDeps {
  readonly store: RecordScanDeps['store'] & SettleRescanDeps['store'];
  readonly queues: RecordScanDeps['queues'] & SettleRescanDeps['queues'];
}

/**
 * Takes a result that came by itself to where it belongs: to the inspection of what landed, or to the content that is
 * stored. @throws Error where the scanner has looked at other bytes than those that were claimed: nobody believes it
 */
export async function takeScanResult(
  deps: ScanResultDeps,
  target: ScannedTarget,
  answer: Exclude<ScanAnswer, { verdict: 'requested' }>,
): Promise<RescanOutcome | 'recorded'> {
  if (target.bucket === 'library') return settleRescan(deps, target, answer);
  const file = await deps.store.file(target);
  const isClaimed = file?.intakeVersionId === target.versionId;
  const claimed = isClaimed ? file.contentEtag?.replaceAll('"', '') : undefined;
  if (claimed !== undefined && target.etag !== undefined && claimed !== target.etag) {
    throw new Error(`the scan of ${target.fileId} was of bytes with another ETag than those that landed`);
  }
  await recordScan(deps, target, answer);
  return 'recorded';
}
