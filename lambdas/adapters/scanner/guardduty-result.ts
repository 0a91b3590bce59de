import type { MalwareScanResult } from '../../contract/messages.ts';
import { parseIntakeKey, parseLibraryKey } from '../../contract/storage-keys.ts';
import type { ScannedTarget } from '../../core/intake/scan-result.ts';
import type { ScanAnswer } from '../../core/intake/scanner.ts';

export const guardDutyEngine = 'guardduty';

/** Undefined for an object that Sluice never made, or of another bucket. */
export function scannedObject(
  { detail }: MalwareScanResult,
  buckets: { readonly intake: string; readonly library: string },
): ScannedTarget | undefined {
  const { bucketName, objectKey, versionId, eTag } = detail.s3ObjectDetails;
  const exactly = { versionId, ...(eTag && { etag: eTag.replaceAll('"', '') }) };
  if (bucketName === buckets.intake) {
    const upload = parseIntakeKey(objectKey);
    return upload && { bucket: 'intake', ...upload, ...exactly };
  }
  const file = bucketName === buckets.library ? parseLibraryKey(objectKey) : undefined;
  return file && { bucket: 'library', ...file, ...exactly };
}

/**
 * What GuardDuty's result means. A scan that ended without one (ACCESS_DENIED, FAILED, whatever comes new) is none: the
 * file waits and is asked about again.
 */
export function answerOf({ detail }: MalwareScanResult): Exclude<ScanAnswer, { verdict: 'requested' }> {
  const { scanResultStatus: status, threats, statusReasons } = detail.scanResultDetails;
  const engine = guardDutyEngine;
  const why = [status, ...(statusReasons ?? [])].join(', ');
  switch (status) {
    case 'NO_THREATS_FOUND':
      // Only of a scan that has read the object to its end.
      return detail.scanStatus === 'COMPLETED'
        ? { verdict: 'clean', engine }
        : { verdict: 'unavailable', detail: `${why} of a scan that is ${detail.scanStatus}` };
    case 'THREATS_FOUND': {
      const names = (threats ?? []).map(({ name }) => name);
      return { verdict: 'infected', engine, threat: names.join(', ') || 'unnamed threat' };
    }
    case 'UNSUPPORTED':
      return { verdict: 'unscannable', engine, detail: why };
    default:
      return { verdict: 'unavailable', detail: why };
  }
}
