import { mimeTypeAllowed } from '../content/mime-types.ts';
import type { AuditLevel, GeoRestrictions, TenantPolicy } from './policy.ts';

/** The stricter of two values of a field: the same whatever comes first, and a value against itself stays. */
type Stricter<T> = (a: T, b: T) => T;

const lower: Stricter<number> = (a, b) => Math.min(a, b);
const higher: Stricter<number> = (a, b) => Math.max(a, b);
const either: Stricter<boolean> = (a, b) => a || b;

/** `null` stands for "no bound". */
const lowerBound: Stricter<number | null> = (a, b) => (a === null ? b : b === null ? a : Math.min(a, b));

/** Of words in the order from lax to strict. */
const laterOf =
  <T extends string>(fromLaxToStrict: readonly T[]): Stricter<T> =>
  (a, b) =>
    fromLaxToStrict.indexOf(a) >= fromLaxToStrict.indexOf(b) ? a : b;

const sorted = <T extends string>(values: Iterable<T>): readonly T[] => [...new Set(values)].sort();

/** Types that both allow; of a group and a type in it, the type. */
const typesOfBoth: Stricter<readonly string[]> = (a, b) =>
  sorted([...a.filter((type) => mimeTypeAllowed(type, b)), ...b.filter((type) => mimeTypeAllowed(type, a))]);

const wordsOfBoth = (a: readonly string[], b: readonly string[]): readonly string[] =>
  sorted(a.filter((word) => b.includes(word)));

const extensionsOfBoth: Stricter<readonly string[] | null> = (a, b) =>
  a === null ? b : b === null ? a : wordsOfBoth(a, b);

const countries: Stricter<GeoRestrictions> = (a, b) => {
  const allow = a.allow && b.allow ? wordsOfBoth(a.allow, b.allow) : (a.allow ?? b.allow);
  const deny = sorted([...(a.deny ?? []), ...(b.deny ?? [])]);
  return { ...(allow && { allow: sorted(allow) }), ...(deny.length > 0 && { deny }) };
};

/** What has an order from lax to strict; the other fields of a policy are a matter of taste. */
export const stricter: {
  readonly [Field in Exclude<keyof TenantPolicy, 'renditionPresets' | 'timeZone' | 'profiles'>]: Stricter<
    TenantPolicy[Field]
  >;
} = {
  maxBytes: lower,
  maxConcurrentUploads: lower,
  maxFilesPerDay: lower,
  maxFileSize: lower,
  allowedMimeTypes: typesOfBoth,
  allowedExtensions: extensionsOfBoth,
  blockUploads: either,
  slotsPerUser: lower,
  initiationsPerMinute: lower,
  bytesPerUser: lower,
  filesPerUser: lower,
  bytesPerHour: lowerBound,
  transcodeMinutesPerMonth: lower,
  virusScanningRequired: either,
  encryptionRequired: either,
  // What was deleted is gone sooner; what must be kept is kept longer.
  trashDays: lower,
  retentionDays: higher,
  geoRestrictions: countries,
  auditLevel: laterOf<AuditLevel>(['minimal', 'standard', 'full']),
  complianceFrameworks: (a, b) => sorted([...a, ...b]),
  unscannable: laterOf(['hold', 'reject']),
  svg: laterOf(['rasterize', 'reject']),
  activeContent: laterOf(['allow', 'reject']),
  encryptedContent: laterOf(['allow', 'reject']),
  dedupe: laterOf(['share', 'off']),
  dedupeQuota: laterOf(['once', 'each']),
};

export type OrderedField = keyof typeof stricter;
export const orderedFields = Object.keys(stricter) as readonly OrderedField[];

/** `policy` with the stricter value of each field that `other` names too. */
export function stricterOf<Policy extends Partial<TenantPolicy>>(
  policy: Policy,
  other: Partial<TenantPolicy>,
): Policy {
  const fields = orderedFields.filter((field) => other[field] !== undefined);
  return {
    ...policy,
    ...Object.fromEntries(fields.map((field) => [field, stricterValue(field, policy[field], other[field])])),
  };
}

const stricterValue = (field: OrderedField, a: unknown, b: unknown): unknown =>
  a === undefined ? b : (stricter[field] as Stricter<unknown>)(a, b);

/** Whether `next` allows nothing that `current` does not. */
export function isAtLeastAsStrict(
  field: OrderedField,
  next: TenantPolicy[OrderedField],
  current: TenantPolicy[OrderedField],
): boolean {
  const merge = stricter[field] as Stricter<unknown>;
  return JSON.stringify(merge(next, current)) === JSON.stringify(merge(next, next));
}
