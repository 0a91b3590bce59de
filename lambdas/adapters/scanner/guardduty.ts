import { GuardDutyClient, SendObjectMalwareScanCommand } from '@aws-sdk/client-guardduty';
import { scannerMaxBytes } from '../../contract/scanners.ts';
import { intakeKey } from '../../contract/storage-keys.ts';
import type { Scanner } from '../../core/intake/scanner.ts';
import { withDeadline } from '../request-deadline.ts';
import { guardDutyEngine } from './guardduty-result.ts';

const requestTimeoutMs = 5_000;
/** With the SDK's own backoff and jitter; then the breaker and the queue see to it. */
const maxAttempts = 3;

export const createGuardDuty = (): GuardDutyClient =>
  new GuardDutyClient({ requestHandler: withDeadline(requestTimeoutMs), maxAttempts });

export interface GuardDutyDeps {
  readonly client: GuardDutyClient;
  readonly buckets: { readonly intake: string; readonly library: string };
}

/**
 * Malware Protection for S3. Its plan on intake scans every object that lands by itself, so nothing is asked for the first
 * time; what it is asked for is a scan again, and of what is stored. Every result comes by EventBridge (`scan-results`).
 */
export const createGuardDutyScanner = ({ client, buckets }: GuardDutyDeps): Scanner => ({
  engine: guardDutyEngine,
  ...(scannerMaxBytes.guardduty !== undefined && { maxBytes: scannerMaxBytes.guardduty }),
  scan: async (target, attempt) => {
    if (target.bucket === 'intake' && attempt === 0) return { verdict: 'requested' };
    const key = target.bucket === 'intake' ? intakeKey(target) : target.key;
    try {
      await client.send(
        new SendObjectMalwareScanCommand({
          S3Object: { Bucket: buckets[target.bucket], Key: key, VersionId: target.versionId },
        }),
      );
      return { verdict: 'requested' };
    } catch (error) {
      return {
        verdict: 'unavailable',
        detail: `GuardDuty: ${(error as Error).name}: ${(error as Error).message}`,
      };
    }
  },
});
