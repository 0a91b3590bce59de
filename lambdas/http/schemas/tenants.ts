import * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';
import { scopeNames } from '../../contract/scopes.ts';
import { frameworkNames, tenantIdPattern } from '../../contract/tenant-items.ts';
import { id, pageQuery } from './fields.ts';

export const tenantPath = z.object({ t: id });
export const userPath = tenantPath.extend({ u: id });
export const clientPath = tenantPath.extend({ clientId: id });

/** DynamoDB takes 400 KB an item; these keep a policy far below it. */
const maxListed = 200;
const maxProfiles = 50;
/** Each is made of every picture; all of them lie in the listings' summary, 2 KB a file. */
const maxPresets = 6;

const tier = z.enum(['basic', 'premium', 'enterprise']);
const name = z.string().trim().min(1).max(200);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const days = z.number().int().min(0).max(36_525);
const types = z
  .array(
    z
      .string()
      .max(255)
      .regex(
        /^[a-z0-9][a-z0-9!#$&^_.+-]*\/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]*)$/,
        'must be a MIME type in lower case such as image/jpeg, or a group such as image/*',
      ),
  )
  .min(1)
  .max(maxListed);
const countries = z
  .array(z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166 alpha-2 code such as DE'))
  .min(1)
  .max(maxListed);

const profile = z
  .strictObject({
    allowedTypes: types,
    maxSize: count.optional(),
    maxFiles: z.number().int().min(1).max(1_000),
    folder: z.string().min(1).max(1_024),
  })
  .meta({ id: 'UploadProfile' });

/** What else is made of a file has names of these kinds. */
const presetName = z
  .string()
  .regex(
    /^(?!(?:compress|convert|thumbnail|resize|watermark|page)(?:-|$)|(?:poster|clip|stream|audio|waveform)$)[a-z][a-z0-9-]{0,31}$/,
    'must be a name of lower-case letters, digits and hyphens that is none of an operation, a page or a part of a video',
  );
const presetSide = z.number().int().min(1).max(3_840);
const renditionPreset = z
  .strictObject({
    name: presetName,
    fit: z.enum(['cover', 'inside']),
    width: presetSide,
    height: presetSide,
    format: z
      .enum(['auto', 'jpeg', 'webp'])
      .describe('auto: WebP where the picture is transparent, else JPEG'),
    quality: z.number().int().min(1).max(100),
  })
  .meta({ id: 'RenditionPreset' });

const isTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const policyFields = {
  maxBytes: count,
  maxConcurrentUploads: count,
  maxFilesPerDay: count,
  maxFileSize: count,
  allowedMimeTypes: types,
  allowedExtensions: z
    .array(z.string().regex(/^\.[a-z0-9]{1,16}$/, 'must be an extension in lower case such as .pdf'))
    .min(1)
    .max(maxListed),
  blockUploads: z.boolean(),
  slotsPerUser: count,
  initiationsPerMinute: count,
  bytesPerUser: count,
  filesPerUser: count,
  bytesPerHour: count,
  transcodeMinutesPerMonth: count,
  virusScanningRequired: z.boolean(),
  encryptionRequired: z.boolean(),
  trashDays: days,
  retentionDays: days,
  geoRestrictions: z.strictObject({ allow: countries.optional(), deny: countries.optional() }),
  auditLevel: z.enum(['minimal', 'standard', 'full']),
  complianceFrameworks: z.array(z.enum(frameworkNames)).max(frameworkNames.length),
  unscannable: z.enum(['reject', 'hold']),
  svg: z.enum(['rasterize', 'reject']),
  activeContent: z.enum(['allow', 'reject']),
  encryptedContent: z.enum(['allow', 'reject']),
  dedupe: z.enum(['off', 'share']),
  dedupeQuota: z.enum(['each', 'once']),
  renditionPresets: z
    .array(renditionPreset)
    .min(1)
    .max(maxPresets)
    .refine(
      (presets) => new Set(presets.map(({ name }) => name)).size === presets.length,
      'names must differ',
    ),
  timeZone: z.string().max(64).refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin'),
  profiles: z
    .record(
      z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be a name of lower-case letters, digits and hyphens'),
      profile,
    )
    .refine((profiles) => Object.keys(profiles).length <= maxProfiles, `at most ${maxProfiles} profiles`),
} as const;

type PolicyFields = typeof policyFields;

const policySaid = z.object(policyFields).partial().meta({ id: 'PolicyOverrides' });

const policyInForce = z
  .object({
    ...policyFields,
    allowedExtensions: policyFields.allowedExtensions.nullable(),
    bytesPerHour: count.nullable(),
  })
  .meta({ id: 'TenantPolicy' });

/** null puts a field back to its default. */
const policyPatch = z
  .strictObject(
    Object.fromEntries(Object.entries(policyFields).map(([field, schema]) => [field, schema.nullable()])) as {
      [Field in keyof PolicyFields]: z.ZodNullable<PolicyFields[Field]>;
    },
  )
  .partial()
  .meta({ id: 'PolicyChange' });

const role = z.enum(['user', 'admin', 'root']);
const changeableStatus = z.enum(['active', 'inactive']);

export const tenantView = z
  .object({
    tenantId: z.string(),
    name: z.string(),
    status: z.enum(['active', 'suspended', 'erasing']),
    tier,
    policy: policySaid,
    effectivePolicy: policyInForce,
    userCount: z.number().int(),
    encryptionKey: z
      .string()
      .optional()
      .meta({ description: "ARN of the tenant's own KMS key, since its policy first asked for one" }),
    createdAt: z.string(),
  })
  .meta({ id: 'Tenant' });

export const userView = z
  .object({
    userId: z.string(),
    tenantId: z.string(),
    email: z.string(),
    role,
    status: z.enum(['active', 'inactive', 'removed']),
    tier: tier.optional(),
    createdAt: z.string(),
  })
  .meta({ id: 'TenantUser' });

export const clientView = z
  .object({
    clientId: z.string(),
    tenantId: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    status: z.enum(['active', 'removed']),
    createdAt: z.string(),
  })
  .meta({ id: 'MachineClient' });

const page = <Items extends z.ZodRawShape>(items: Items) =>
  z.object({ ...items, nextCursor: z.string().optional() });

export const tenantPage = page({ tenants: z.array(tenantView) });
export const userPage = page({ users: z.array(userView) });
export const clientPage = page({ clients: z.array(clientView) });
export const newClientView = clientView
  .extend({ clientSecret: z.string().optional() })
  .meta({ id: 'NewMachineClient' });

export function tenantSchemas(limits: Limits) {
  return {
    page: pageQuery(limits),
    createTenant: z.strictObject({
      tenantId: z
        .string()
        .regex(tenantIdPattern, 'must have 1 to 64 lower-case letters, digits and hyphens, no hyphen first'),
      name,
      tier: tier.default('basic'),
      policy: policyPatch.optional(),
    }),
    changeTenant: z.strictObject({
      name: name.optional(),
      status: z.enum(['active', 'suspended']).optional(),
      tier: tier.optional(),
      policy: policyPatch.optional(),
    }),
    createUser: z.strictObject({
      email: z.email().max(254),
      role: role.default('user'),
      tier: tier.optional(),
      password: z.string().min(1).max(256).optional(),
      userId: id.optional(),
    }),
    changeUser: z.strictObject({
      tier: tier.nullable().optional(),
      role: role.optional(),
      status: changeableStatus.optional(),
    }),
    createClient: z.strictObject({
      name,
      scopes: z.array(z.enum(scopeNames)).min(1).max(scopeNames.length),
      clientId: id.optional(),
    }),
  };
}

export type TenantSchemas = ReturnType<typeof tenantSchemas>;
