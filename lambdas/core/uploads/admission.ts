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
 */
export function policyViolation(request: UploadRequest, policy: EffectivePolicy): SluiceError | undefined {
  if (policy.blockUploads) return errors.uploadsBlocked();
  if (!mimeTypeAllowed(request.mimeType, policy.allowedMimeTypes)) {
    return errors.typeNotAllowed(request.mimeType, policy.allowedMimeTypes);
  }
  const refused = extensionViolation(request.filename, policy);
  if (refused) return refused;
  const maxBytes = Math.min(policy.maxFileBytes, maxObjectBytes);
  return request.size > maxBytes ? errors.fileTooLarge(request.size, maxBytes) : undefined;
}

/** Why a policy refuses a file of this name, or undefined; of a new one, or of one that is renamed. */
export function extensionViolation(
  filename: string,
  { allowedExtensions }: Pick<EffectivePolicy, 'allowedExtensions'>,
): SluiceError | undefined {
  const extension = extensionOf(filename);
  if (!allowedExtensions || allowedExtensions.includes(extension)) return undefined;
  return errors.typeNotAllowed(`A file that ends in "${extension}"`, allowedExtensions);
}
