import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { LanePairUrls } from '../../contract/queues.ts';
import type { ScannerName } from '../../contract/scanners.ts';
import type { Scanner } from '../../core/intake/scanner.ts';
import { openScanned, type ScannedBuckets } from '../s3/scanned-object.ts';
import { scanQueue } from '../sqs/file-queues.ts';
import { clamav } from './clamav.ts';
import { createGuardDuty, createGuardDutyScanner } from './guardduty.ts';
import { localSignatures } from './local-signatures.ts';

export interface ScannerDeps {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly buckets: ScannedBuckets;
  /** Of the stage's own scanning worker. */
  readonly scanLanes?: LanePairUrls | undefined;
  /** Hexadecimal SHA-256 of objects that the local scanner refuses. */
  readonly blocked: readonly string[];
}

/** The scanner that the stage has chosen in its config. */
export function createScanner(name: ScannerName, deps: ScannerDeps): Scanner {
  const { s3, sqs, buckets, scanLanes, blocked } = deps;
  switch (name) {
    case 'local-signatures':
      return localSignatures({ open: openScanned(s3, buckets), blocked });
    case 'clamav':
      if (!scanLanes) throw new Error('The stage scans by clamav, but this function knows no scan queue.');
      return clamav(scanQueue(sqs, scanLanes));
    case 'guardduty':
      return createGuardDutyScanner({ client: createGuardDuty(), buckets });
    default:
      return none;
  }
}

/** Keeps every file in `held`: fail closed. */
const none: Scanner = {
  engine: 'hold',
  scan: async () => ({ verdict: 'unavailable', detail: 'the stage has no scanner' }),
};
