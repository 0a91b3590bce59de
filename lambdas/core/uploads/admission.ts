import { mimeTypeAllowed } from '../content/mime-types.ts';
import { errors, type SluiceError } from '../errors.ts';
import { extensionOf } from '../files/names.ts';
import type { EffectivePolicy } from '../tenancy/policy.ts';
import { maxObjectBytes } from './part-plan.ts';

export interface UploadRequest {
  readonly filename: string;
  readonly mimeType: string;
  readonly size: number;
}

/**
 * Why a policy refuses an upload before anything is reserved, or undefined. What depends on usage (quota, slots,
 * daily and hourly bounds) is decided by the reservation itself, in one transaction. Source: DESIGN 3.
 * `scannerMaxBytes`: of the largest object that the stage's scanner takes; absent: of any size.
 */
export function policyViolation(
  request: UploadRequest,
  policy: EffectivePolicy,
  scannerMaxBytes?: number,
): SluiceError | undefined {
  if (policy.blockUploads) return errors.uploadsBlocked();
  if (!mimeTypeAllowed(request.mimeType, policy.allowedMimeTypes)) {
    return errors.typeNotAllowed(request.mimeType, policy.allowedMimeTypes);
  }
  const refused = extensionViolation(request.filename, policy);
  if (refused) return refused;
  const maxBytes = Math.min(policy.maxFileBytes, maxObjectBytes);
  if (request.size > maxBytes) return errors.fileTooLarge(request.size, maxBytes);
  return scannerViolation(request, policy, scannerMaxBytes);
}

/** What no scanner could look into would be refused only after its upload. */
const scannerViolation = (
  { size }: UploadRequest,
  { virusScanningRequired, unscannable }: EffectivePolicy,
  maxBytes = Number.POSITIVE_INFINITY,
): SluiceError | undefined =>
  virusScanningRequired && unscannable === 'reject' && size > maxBytes
    ? errors.tooLargeToScan(size, maxBytes)
    : undefined;

/** Why a policy refuses a file of this name, or undefined; of a new one, or of one that is renamed. */
export function extensionViolation(
  filename: string,
  { allowedExtensions }: Pick<EffectivePolicy, 'allowedExtensions'>,
): SluiceError | undefined {
  const extension = extensionOf(filename);
  if (!allowedExtensions || allowedExtensions.includes(extension)) return undefined;
  return errors.typeNotAllowed(`A file that ends in "${extension}"`, allowedExtensions);
}
