import { errors } from '../errors.ts';

export const checksumAlgorithms = ['CRC64NVME', 'CRC32', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** What the client says of its bytes (API.md). `value` is base64 of the whole object's checksum. */
export interface ChecksumDeclaration {
  readonly algorithm: ChecksumAlgorithm;
  readonly value?: string;
  /** Each part's URL signs that part's checksum; no ready-made URLs. */
  readonly perPart?: boolean;
}

const digestBytes: Record<ChecksumAlgorithm, number> = { CRC64NVME: 8, CRC32: 4, SHA256: 32 };

/** Base64 of exactly the algorithm's digest length. */
export function isDigest(algorithm: ChecksumAlgorithm, value: string): boolean {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(value) && base64Bytes(value) === digestBytes[algorithm];
}

const base64Bytes = (value: string): number | undefined =>
  value.length % 4 === 0
    ? (value.length / 4) * 3 - (value.length - value.replace(/=+$/, '').length)
    : undefined;

/** @throws checksum_unsupported, validation_failed */
export function requireVerifiable(
  checksum: ChecksumDeclaration | undefined,
  size: number,
  sha256MaxBytes: number,
): void {
  if (!checksum) return;
  const { algorithm, value, perPart } = checksum;
  if (value === undefined && !perPart) {
    throw errors.invalidField('checksum', 'incomplete', 'give a value of the whole object, or perPart: true');
  }
  if (value !== undefined && !isDigest(algorithm, value)) {
    throw errors.invalidField(
      'checksum.value',
      'not_a_digest',
      `must be the base64 of a ${algorithm} digest`,
    );
  }
  if (value !== undefined && algorithm === 'SHA256' && size > sha256MaxBytes) {
    throw errors.checksumUnsupported(
      `A SHA256 of the whole object is verified up to ${sha256MaxBytes.toLocaleString('en-US')} bytes. ` +
        'Use CRC64NVME for larger files.',
    );
  }
}

/** The x-amz header that carries a checksum. */
export const checksumHeader = (algorithm: ChecksumAlgorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;
