import * as z from 'zod';
import { defaultDocumentLimits, documentLimits } from './document-limits.ts';
import { defaultJobLimits, jobLimits } from './job-limits.ts';
import { defaultProcessingLimits, processingLimits } from './processing-limits.ts';
import { defaultSearchLimits, searchLimits } from './search-limits.ts';
import { basicTypes, enterpriseTypes, premiumTypes } from './tier-types.ts';
import { defaultVariantLimits, variantLimits } from './variant-limits.ts';
import { defaultVideoLimits, videoLimits } from './video-limits.ts';

/**
 * Every bound of DESIGN 3 and API.md in one value. EnvironmentConfig.limits holds it for a stage; functions get
 * what differs from the defaults through one environment variable. Names carry the unit.
 */
const tierLimits = z.object({
  bytesPerUser: z.number().int().positive(),
  filesPerUser: z.number().int().positive(),
  slotsPerUser: z.number().int().positive(),
  maxFileBytes: z.number().int().positive(),
  /** null: no bound. */
  bytesPerUserAndHour: z.number().int().positive().nullable(),
  /** MIME types, or groups such as `video/*`. */
  allowedMimeTypes: z.array(z.string()),
});

export const limitsSchema = z.object({
  tiers: z.object({ basic: tierLimits, premium: tierLimits, enterprise: tierLimits }),
  tenant: z.object({
    maxConcurrentUploads: z.number().int().positive(),
    maxFilesPerDay: z.number().int().positive(),
    /** Days that a deleted file can be restored. */
    trashDays: z.number().int().nonnegative(),
    /** Days after its upload before which a file cannot be deleted. */
    retentionDays: z.number().int().nonnegative(),
  }),
  rates: z.object({
    initiationsPerMinute: z.number().int().positive(),
    heartbeatCallsPerMinute: z.number().int().positive(),
    otherCallsPerMinute: z.number().int().positive(),
    loginsPerAddressAndMinute: z.number().int().positive(),
    loginsPerEmailAndMinute: z.number().int().positive(),
    tokensPerAddressAndMinute: z.number().int().positive(),
    tokensPerClientAndMinute: z.number().int().positive(),
    publicCallsPerAddressAndMinute: z.number().int().positive(),
    publicCallsPerSecond: z.number().int().positive(),
  }),
  upload: z.object({
    heartbeatSeconds: z.number().int().positive(),
    /** Without activity for this long an upload is expired. */
    inactivitySeconds: z.number().int().positive(),
    /** Heartbeats alone keep an upload alive for at least this long without a new part. */
    stallSeconds: z.number().int().positive(),
    /** The slowest line a living upload is assumed to have; gives a large part the time it needs. */
    slowestBitsPerSecond: z.number().int().positive(),
    /** The end of every upload. */
    lifetimeSeconds: z.number().int().positive(),
    urlSeconds: z.object({ min: z.number().int(), max: z.number().int(), default: z.number().int() }),
    urlsPerCall: z.object({
      default: z.number().int(),
      batchDefault: z.number().int(),
      max: z.number().int(),
    }),
    batchMaxUploads: z.number().int().positive(),
    heartbeatMaxFiles: z.number().int().positive(),
    /** Parts that `complete` handles within the request; more go through the completion queue. */
    inlineCompleteMaxParts: z.number().int().positive(),
    sha256MaxBytes: z.number().int().positive(),
    idempotencySeconds: z.number().int().positive(),
    idempotencyWaitMs: z.number().int().positive(),
    reserveRetryMs: z.number().int().positive(),
  }),
  names: z.object({
    segmentMaxBytes: z.number().int().positive(),
    pathMaxBytes: z.number().int().positive(),
    tagsMax: z.number().int().positive(),
    metadataFieldsMax: z.number().int().positive(),
    annotationsMaxBytes: z.number().int().positive(),
  }),
  listing: z.object({
    defaultLimit: z.number().int(),
    maxLimit: z.number().int(),
    maxOffset: z.number().int(),
  }),
  processing: processingLimits,
  search: searchLimits,
  variants: variantLimits,
  sharing: z.object({
    maxPerFile: z.number().int().positive(),
    /** How far ahead the end of a share may lie. */
    maxSeconds: z.number().int().positive(),
  }),
  jobs: jobLimits,
  audit: z.object({
    /** How long the table keeps a record; the audit bucket has it for longer. */
    keepSeconds: z.number().int().positive(),
    /** How long an event that tells of an access is kept beside its record. */
    accessEventKeepSeconds: z.number().int().positive(),
    /** Risk, in hundredths, above which a security alert is raised. */
    alertAboveHundredths: z.number().int().positive(),
    /** Records that one object of the audit bucket holds at most. */
    segmentMaxRecords: z.number().int().positive(),
    /** Tenants whose records are sealed at the same time. */
    sealConcurrency: z.number().int().positive(),
  }),
  inspection: z.object({
    /** Requests, and bytes, that the look at one object's structure may cost. */
    maxReads: z.number().int().positive(),
    maxReadBytes: z.number().int().positive(),
    /** Before the scanner is asked again for a held file, at first and at most. */
    heldRetryMinSeconds: z.number().int().positive(),
    heldRetryMaxSeconds: z.number().int().positive(),
    /** Failures of the scanner in a row after which nobody asks it, and for how long. */
    breakerFailures: z.number().int().positive(),
    breakerOpenSeconds: z.number().int().positive(),
    /** Stored files younger than this are scanned again when the scanner's definitions change. 0: never. */
    rescanDays: z.number().int().nonnegative(),
    /** They are spread over so long; SQS delays a message by 900 s at most. */
    rescanSpreadSeconds: z.number().int().nonnegative().max(900),
  }),
  pipeline: z.object({
    /** A file that has not moved on for this long is sent again by the sweep. */
    resendSeconds: z.number().int().positive(),
    /** After so many times in vain the sweep gives up on a file that was begun with: it fails, or is held where it was not inspected. */
    maxResends: z.number().int().positive(),
    /** A held file that no scan has released by then is rejected as unscannable. */
    heldSeconds: z.number().int().positive(),
    /** An event that the stream has not published by then is published by the sweep. */
    publishDelaySeconds: z.number().int().positive(),
    maxReceives: z.number().int().positive(),
    retryMinSeconds: z.number().int().positive(),
    retryMaxSeconds: z.number().int().positive(),
    /** Part of a lane's concurrency that one tenant may use, so that a backlog of one leaves room for the others. */
    tenantShare: z.number().positive().max(1),
    /** How long a message of a tenant whose share is used up is put off, at least and at most; 900 s is SQS's bound. */
    putOffMinSeconds: z.number().int().positive(),
    putOffMaxSeconds: z.number().int().positive().max(900),
    sweepConcurrency: z.number().int().positive(),
    sweepPageItems: z.number().int().positive(),
    /** Larger pictures get no renditions; what their formats may have at most is core/images/decode-cost.ts' to say. */
    imageMaxPixels: z.number().int().positive(),
    /** Larger originals get no renditions: they are in memory while they are decoded. */
    imageMaxBytes: z.number().int().positive(),
  }),
  documents: documentLimits,
  video: videoLimits,
});

export type Limits = z.infer<typeof limitsSchema>;

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;
const TiB = 1024 * GiB;

export const defaultLimits: Limits = {
  tiers: {
    basic: {
      bytesPerUser: GiB,
      filesPerUser: 100,
      slotsPerUser: 5,
      maxFileBytes: 512 * MiB,
      bytesPerUserAndHour: GiB,
      allowedMimeTypes: basicTypes,
    },
    premium: {
      bytesPerUser: 100 * GiB,
      filesPerUser: 100_000,
      slotsPerUser: 20,
      maxFileBytes: 50 * GiB,
      bytesPerUserAndHour: 100 * GiB,
      allowedMimeTypes: premiumTypes,
    },
    enterprise: {
      bytesPerUser: 10 * TiB,
      filesPerUser: 10_000_000,
      slotsPerUser: 100,
      maxFileBytes: 5 * TiB,
      bytesPerUserAndHour: null,
      allowedMimeTypes: enterpriseTypes,
    },
  },
  tenant: { maxConcurrentUploads: 500, maxFilesPerDay: 10_000, trashDays: 30, retentionDays: 0 },
  rates: {
    initiationsPerMinute: 60,
    heartbeatCallsPerMinute: 60,
    otherCallsPerMinute: 600,
    loginsPerAddressAndMinute: 60,
    loginsPerEmailAndMinute: 20,
    // A token lives for an hour: a client asks for one now and then, and all of a company may share an address.
    tokensPerAddressAndMinute: 120,
    tokensPerClientAndMinute: 20,
    publicCallsPerAddressAndMinute: 60,
    publicCallsPerSecond: 20,
  },
  upload: {
    heartbeatSeconds: 30,
    inactivitySeconds: 15 * 60,
    stallSeconds: 2 * 3600,
    slowestBitsPerSecond: 1_000_000,
    lifetimeSeconds: 7 * 24 * 3600,
    urlSeconds: { min: 60, max: 24 * 3600, default: 3600 },
    urlsPerCall: { default: 100, batchDefault: 1, max: 1_000 },
    batchMaxUploads: 100,
    heartbeatMaxFiles: 100,
    inlineCompleteMaxParts: 1_000,
    sha256MaxBytes: 10 * GiB,
    idempotencySeconds: 24 * 3600,
    idempotencyWaitMs: 2_000,
    reserveRetryMs: 3_000,
  },
  names: {
    segmentMaxBytes: 255,
    pathMaxBytes: 1_024,
    tagsMax: 20,
    metadataFieldsMax: 20,
    annotationsMaxBytes: 8 * KiB,
  },
  listing: { defaultLimit: 20, maxLimit: 1_000, maxOffset: 1_000 },
  processing: defaultProcessingLimits,
  search: defaultSearchLimits,
  variants: defaultVariantLimits,
  sharing: { maxPerFile: 100, maxSeconds: 3_650 * 86_400 },
  jobs: defaultJobLimits,
  audit: {
    keepSeconds: 400 * 86_400,
    accessEventKeepSeconds: 30 * 86_400,
    alertAboveHundredths: 70,
    segmentMaxRecords: 500,
    sealConcurrency: 8,
  },
  inspection: {
    // At 30 ms a request the structure is judged within 2 s.
    maxReads: 64,
    maxReadBytes: 64 * MiB,
    heldRetryMinSeconds: 60,
    heldRetryMaxSeconds: 900,
    breakerFailures: 5,
    breakerOpenSeconds: 60,
    rescanDays: 7,
    rescanSpreadSeconds: 900,
  },
  pipeline: {
    resendSeconds: 15 * 60,
    maxResends: 8,
    heldSeconds: 14 * 86_400,
    publishDelaySeconds: 120,
    maxReceives: 5,
    retryMinSeconds: 2,
    retryMaxSeconds: 300,
    tenantShare: 0.5,
    putOffMinSeconds: 1,
    putOffMaxSeconds: 900,
    sweepConcurrency: 16,
    sweepPageItems: 200,
    imageMaxPixels: 200_000_000,
    imageMaxBytes: 128 * MiB,
  },
  documents: defaultDocumentLimits,
  video: defaultVideoLimits,
};

/** The JSON for the functions' environment: what differs from the defaults, nothing else. */
export function limitsToEnv(limits: Limits): string {
  return JSON.stringify(difference(defaultLimits, limits) ?? {});
}

/** Inverse of `limitsToEnv`; throws a ZodError that names the field when the JSON does not fit. */
export function limitsFromEnv(json: string): Limits {
  return limitsSchema.parse(merge(defaultLimits, JSON.parse(json)));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function difference(base: unknown, value: unknown): unknown {
  if (!isRecord(base) || !isRecord(value)) {
    return JSON.stringify(base) === JSON.stringify(value) ? undefined : value;
  }
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, difference(base[key], inner)] as const)
    .filter(([, inner]) => inner !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function merge(base: unknown, overrides: unknown): unknown {
  if (!isRecord(base) || !isRecord(overrides)) return overrides === undefined ? base : overrides;
  return Object.fromEntries(Object.entries(base).map(([key, inner]) => [key, merge(inner, overrides[key])]));
}
