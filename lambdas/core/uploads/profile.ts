import { mimeTypeAllowed } from '../content/mime-types.ts';
import { errors } from '../errors.ts';
import { type NameBounds, normalizePath } from '../files/names.ts';
import type { EffectivePolicy } from '../tenancy/policy.ts';
import type { InitiateRequest } from './initiate.ts';

/**
 * The request as its profile shapes it: the folder, where it names none. What the policy says holds besides; how many
 * uploads may be open under the profile is decided by the reservation, in one transaction.
 * @throws validation_failed (no such profile, a path outside its folder), type_not_allowed, file_too_large
 */
export function withinProfile(
  request: InitiateRequest,
  { profiles }: Pick<EffectivePolicy, 'profiles'>,
  names: NameBounds,
): InitiateRequest {
  if (request.profile === undefined) return request;
  const profile = Object.hasOwn(profiles, request.profile) ? profiles[request.profile] : undefined;
  if (!profile) {
    const known = Object.keys(profiles).join(', ');
    throw errors.invalidField('profile', 'unknown_profile', `must be one of ${known}`);
  }
  const { allowedTypes, maxSize, folder } = profile;
  if (!mimeTypeAllowed(request.mimeType, allowedTypes)) {
    throw errors.typeNotAllowed(request.mimeType, allowedTypes);
  }
  if (maxSize !== undefined && request.size > maxSize) throw errors.fileTooLarge(request.size, maxSize);
  const path = normalizePath(request.path, names);
  if (path === '/') return { ...request, path: folder };
  const isInside = folder === '/' || path === folder || path.startsWith(`${folder}/`);
  if (!isInside) {
    throw errors.invalidField(
      'path',
      'outside_profile',
      `must be ${folder} or a folder in it, or be left out: the profile ${request.profile} uploads there`,
    );
  }
  return { ...request, path };
}
