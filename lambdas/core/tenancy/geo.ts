import { errors } from '../errors.ts';
import type { GeoRestrictions } from './policy.ts';

/**
 * Whether a tenant's policy admits a call from `country` (ISO 3166 alpha-2, upper case). The country is known only
 * from a configured edge: of a tenant with restrictions, a call that did not come by it is refused, or whoever goes
 * around the edge would go around the policy.
 */
export function regionAdmitted(
  { allow = [], deny = [] }: GeoRestrictions,
  country: string | undefined,
): boolean {
  if (allow.length === 0 && deny.length === 0) return true;
  if (country === undefined) return false;
  return !deny.includes(country) && (allow.length === 0 || allow.includes(country));
}

/** @throws region_blocked */
export function requireRegion(restrictions: GeoRestrictions, country: string | undefined): void {
  if (!regionAdmitted(restrictions, country)) throw errors.regionBlocked(country);
}
