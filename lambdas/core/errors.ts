import { type ErrorCode, statusOf, titleOf } from './error-codes.ts';

export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly detail: string;
}

interface Extras {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

export class SluiceError extends Error {
  readonly code: ErrorCode;
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;

  constructor(code: ErrorCode, detail: string, extras: Extras = {}) {
    super(detail, { cause: extras.cause });
    this.name = 'SluiceError';
    this.code = code;
    this.errors = extras.errors;
    this.retryAfterSeconds = extras.retryAfterSeconds;
  }

  get status(): number {
    return statusOf(this.code);
  }

  get title(): string {
    return titleOf(this.code);
  }
}

const bytes = (count: number): string => `${count.toLocaleString('en-US')} bytes`;

/**
 * Every refusal of API.md. `detail` tells a person what to do next and never carries an internal message. Thrown by
 * core, translated to HTTP once, in lambdas/runtime.
 */
export const errors = {
  validation: (fields: readonly FieldError[]) =>
    new SluiceError(
      'validation_failed',
      fields.map((field) => `${field.field}: ${field.detail}`).join('; '),
      {
        errors: fields,
      },
    ),
  invalidField: (field: string, code: string, detail: string) => errors.validation([{ field, code, detail }]),
  partOutOfRange: (partNumber: number, totalParts: number) =>
    new SluiceError(
      'part_number_out_of_range',
      `Part ${partNumber} does not exist: this upload has parts 1 to ${totalParts}.`,
    ),
  cursorInvalid: () =>
    new SluiceError(
      'cursor_invalid',
      'Start again without a cursor, or pass nextCursor exactly as it was given.',
    ),
  unauthenticated: (detail: string) => new SluiceError('unauthenticated', detail),
  forbidden: (detail: string) => new SluiceError('forbidden', detail),
  tenantSuspended: () =>
    new SluiceError(
      'tenant_suspended',
      'This tenant is suspended. Ask whoever operates Sluice to reactivate it.',
    ),
  userInactive: () =>
    new SluiceError('user_inactive', 'This user is inactive. Ask an admin of the tenant to reactivate it.'),
  uploadsBlocked: () =>
    new SluiceError('uploads_blocked', "This tenant's policy blocks uploads. Ask an admin of the tenant."),
  quotaExceeded: (needed: number, available: number, of: 'user' | 'tenant') =>
    new SluiceError(
      'quota_exceeded',
      `The file needs ${bytes(needed)} and the ${of}'s quota has ${bytes(Math.max(0, available))} left. ` +
        'Delete files that are no longer needed, or ask an admin for more.',
    ),
  filesLimitExceeded: (max: number) =>
    new SluiceError(
      'files_limit_exceeded',
      `The limit of ${max.toLocaleString('en-US')} files is reached. Delete files that are no longer needed.`,
    ),
  notFound: (what: string) => new SluiceError('not_found', `There is no such ${what}, or it is not yours.`),
  noRendition: (name: string, available: readonly string[]) =>
    new SluiceError(
      'not_found',
      available.length > 0
        ? `There is no rendition "${name}". This file has ${available.join(', ')}.`
        : `This file has no renditions. Leave out "rendition" for the original.`,
    ),
  noVersion: (version: number, current: number) =>
    new SluiceError(
      'not_found',
      `There is no version ${version} of this file; its current one is ${current}. GET .../versions lists what is kept.`,
    ),
  nameConflict: (path: string, filename: string) =>
    new SluiceError(
      'name_conflict',
      `"${filename}" already exists in "${path}". Choose another name, or send onConflict: "rename" or "replace".`,
    ),
  folderExists: (path: string) =>
    new SluiceError('name_conflict', `The folder "${path}" already exists. Use it, or choose another name.`),
  preconditionFailed: (etag: string) =>
    new SluiceError(
      'precondition_failed',
      `The file has changed since you read it; its etag is now ${etag}. Read it again, then decide anew.`,
    ),
  fileLocked: (detail: string) => new SluiceError('file_locked', detail, { retryAfterSeconds: 5 }),
  regionBlocked: (country: string | undefined) =>
    new SluiceError(
      'region_blocked',
      country === undefined
        ? "This tenant's policy admits calls from certain countries only, and yours is not known here. Ask an admin of the tenant."
        : `This tenant's policy does not admit calls from ${country}. Ask an admin of the tenant.`,
    ),
  legalHold: () =>
    new SluiceError(
      'legal_hold',
      'The file is under legal hold and cannot be deleted or replaced. An admin of the tenant can lift the hold.',
    ),
  filesHeld: (fileId: string) =>
    new SluiceError(
      'legal_hold',
      `The tenant has files under legal hold, ${fileId} for one. An admin of the tenant can lift the holds; erase it then.`,
    ),
  filesRetained: (days: number) =>
    new SluiceError(
      'retention_active',
      `The tenant's policy keeps its files for ${days} days. If they are to go all the same, set its retentionDays to 0 ` +
        'first, without frameworks that ask for more; erase it then.',
    ),
  versionsLocked: () =>
    new SluiceError(
      'retention_active',
      "S3's Object Lock still keeps contents of this tenant; everything else is gone. Erase it again when the lock has ended.",
    ),
  retentionActive: (until: string) =>
    new SluiceError('retention_active', `The tenant's retention keeps this file until ${until}.`),
  uploadStateConflict: (detail: string) => new SluiceError('upload_state_conflict', detail),
  /** An id or an address that somebody has already. */
  idTaken: (detail: string) => new SluiceError('name_conflict', detail),
  uploadIncomplete: (fields: readonly FieldError[]) =>
    new SluiceError(
      'upload_incomplete',
      'Upload the parts listed in errors (again), then complete. GET .../parts shows what S3 has.',
      { errors: fields },
    ),
  idempotencyInProgress: () =>
    new SluiceError(
      'upload_state_conflict',
      'The first request with this Idempotency-Key is still running. Repeat it after Retry-After.',
      { retryAfterSeconds: 1 },
    ),
  uploadExpired: () => new SluiceError('upload_expired', 'The upload has expired. Initiate a new one.'),
  uploadAborted: () => new SluiceError('upload_aborted', 'The upload was aborted. Initiate a new one.'),
  fileTooLarge: (size: number, max: number) =>
    new SluiceError('file_too_large', `The file has ${bytes(size)}; at most ${bytes(max)} are allowed.`),
  tooLargeToScan: (size: number, max: number) =>
    new SluiceError(
      'file_too_large',
      `The file has ${bytes(size)}; the malware scanner takes at most ${bytes(max)}, and the policy refuses what it cannot scan.`,
    ),
  typeNotAllowed: (mimeType: string, allowed: readonly string[]) =>
    new SluiceError('type_not_allowed', `${mimeType} is not allowed here. Allowed: ${allowed.join(', ')}.`),
  noPicture: (mimeType: string, why?: string) =>
    new SluiceError(
      'type_not_allowed',
      `There is no picture of this file (${mimeType}${why ? `: ${why}` : ''}). GET /storage/files/{id}/url opens what it holds.`,
    ),
  noStream: (mimeType: string, why?: string) =>
    new SluiceError(
      'type_not_allowed',
      `There is no stream of this file (${mimeType}${why ? `: ${why}` : ''}). GET /storage/files/{id}/url opens what it holds.`,
    ),
  noPlaylist: (name: string, available: readonly string[]) =>
    new SluiceError('not_found', `There is no "${name}" in this stream. It has ${available.join(', ')}.`),
  linkRefused: () =>
    new SluiceError('forbidden', 'This link has ended, or was changed. Ask for a new one where you got it.'),
  notOperable: (mimeType: string, operable: readonly string[]) =>
    new SluiceError(
      'type_not_allowed',
      `The file is ${mimeType}; operations take ${operable.join(', ')}. Upload the picture in one of these formats.`,
    ),
  idempotencyKeyReused: () =>
    new SluiceError(
      'idempotency_key_reused',
      'This Idempotency-Key belongs to a request with another body. Use a new key for a new request.',
    ),
  checksumUnsupported: (detail: string) => new SluiceError('checksum_unsupported', detail),
  rateLimited: (what: string, retryAfterSeconds: number) =>
    new SluiceError('rate_limited', `Too many ${what}. Try again in ${retryAfterSeconds} seconds.`, {
      retryAfterSeconds,
    }),
  concurrencyLimitExceeded: (max: number, of: 'user' | 'tenant' | 'profile') =>
    new SluiceError(
      'concurrency_limit_exceeded',
      `The ${of} has ${max} uploads open, which is the limit. Finish or abort one first.`,
      { retryAfterSeconds: 5 },
    ),
  tooManyJobs: (max: number) =>
    new SluiceError(
      'concurrency_limit_exceeded',
      `You have ${max} jobs that have not ended, which is the limit. Wait for one of them; a job may take many files.`,
      { retryAfterSeconds: 30 },
    ),
  dailyFilesExceeded: (max: number, retryAfterSeconds: number) =>
    new SluiceError(
      'daily_files_exceeded',
      `The tenant's ${max} files of today are used up. Try again tomorrow.`,
      {
        retryAfterSeconds,
      },
    ),
  hourlyBytesExceeded: (max: number, retryAfterSeconds: number) =>
    new SluiceError(
      'hourly_bytes_exceeded',
      `The limit of ${bytes(max)} an hour is reached. Try again next hour.`,
      {
        retryAfterSeconds,
      },
    ),
  capacityExceeded: (cause?: unknown) =>
    new SluiceError(
      'capacity_exceeded',
      'Too many uploads start at this moment. Try again in a few seconds.',
      {
        retryAfterSeconds: 2,
        cause,
      },
    ),
  storageUnavailable: (cause?: unknown) =>
    new SluiceError(
      'storage_unavailable',
      'The storage did not answer in time. Nothing was lost; try again.',
      {
        retryAfterSeconds: 5,
        cause,
      },
    ),
  scannerUnavailable: (exists: boolean) =>
    new SluiceError(
      'storage_unavailable',
      exists
        ? 'The malware scanner does not answer at this moment. Nothing was lost; try again in a minute.'
        : 'This stage has no malware scanner yet. Ask whoever operates Sluice to configure one.',
      { retryAfterSeconds: 60 },
    ),
  encryptionKeyMissing: () =>
    new SluiceError(
      'storage_unavailable',
      'The files of this tenant are to lie under a key of its own, which is not there yet. Ask whoever operates ' +
        'Sluice to make it: saving the tenant again (PUT /admin/tenants/{t}) does.',
      { retryAfterSeconds: 60 },
    ),
  internal: (cause?: unknown) =>
    new SluiceError(
      'internal',
      'The request failed on our side. Try again; if it persists, report the requestId.',
      {
        cause,
      },
    ),
} as const;
