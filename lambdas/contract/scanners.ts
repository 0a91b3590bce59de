/**
 * What a stage can have between inspection and promotion. `hold`: none yet, every file waits. `local-signatures`: the
 * built-in matcher of the local stage, which knows test files and no malware.
 */
export const scannerNames = ['local-signatures', 'clamav', 'guardduty', 'hold'] as const;
export type ScannerName = (typeof scannerNames)[number];

const GB = 1_000_000_000;
const GiB = 1024 ** 3;

/** Bytes of the largest object that each takes; absent: of any size. Larger ones follow the tenant's `unscannable`. */
export const scannerMaxBytes: Readonly<Partial<Record<ScannerName, number>>> = {
  // Read as one stream within the inspection: at 100 MB/s two minutes of its fifteen.
  'local-signatures': 10 * GiB,
  // The bound of libclamav itself, whatever --max-filesize says.
  clamav: 2 * GiB - 1,
  // Malware Protection for S3 skips what is larger.
  guardduty: 100 * GB,
};
