import * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';

/**
 * What the schemas of several functions share. Unknown fields of a request are refused by name (strictObject).
 * Bounds that are configuration come in as arguments; what depends on tenant or usage is decided by core.
 */

/** Parameters such as a charset are dropped: what the bytes are is found out by inspection. */
export const mimeType = z
  .string()
  .max(255)
  .transform((text) => text.split(';', 1)[0]?.trim().toLowerCase() ?? '')
  .pipe(
    z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/,
        'must be a MIME type such as image/jpeg',
      ),
  );

export const checksum = z.strictObject({
  algorithm: z.enum(['CRC64NVME', 'CRC32', 'SHA256']),
  value: z.string().max(64).optional(),
  perPart: z.boolean().optional(),
});

export const priority = z.enum(['low', 'normal', 'high', 'urgent']);

/** A time as people write it; out comes UTC with milliseconds, so that times compare as text. */
export const moment = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-20T10:00:00Z' })
  .transform((text) => new Date(text).toISOString());

/** A query parameter that says yes or no: the document knows its kind, the request has its text. */
export const flag = z
  .enum(['true', 'false'])
  .meta({ type: 'boolean', enum: undefined })
  .transform((text) => text === 'true');

/** A whole number in a path or a query, likewise. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .meta({ type: 'integer', minimum: min, maximum: max, pattern: undefined })
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);

/**
 * An id in a path or a query. Ids become parts of keys: `#` separates those, and DynamoDB bounds their length.
 * Generated ids have 26 characters; the subjects of an OIDC issuer at most 255.
 */
export const id = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^#]*$/, 'must not contain "#"');

export const idPath = z.object({ id });
export const userIdPath = z.object({ userId: id });

/** A page of a listing. */
export const pageQuery = ({ listing: { maxLimit, defaultLimit } }: Limits) =>
  z.strictObject({
    limit: wholeNumber(1, maxLimit)
      .default(defaultLimit)
      .describe(`At most so many; ${defaultLimit} unless given`),
    cursor: z.string().max(2_048).describe('`nextCursor` of the page before').optional(),
  });

export const expirationQuery = ({ upload: { urlSeconds } }: Limits) =>
  wholeNumber(urlSeconds.min, urlSeconds.max);

/** Text of one line, as a tag or the name of a metadata field; equal however its accents are composed. */
const label = z
  .string()
  .normalize('NFC')
  .min(1)
  .max(128)
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'must not contain control characters')
  // Cc by its ranges, since not every language that reads the document knows its name.
  .meta({ pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$' });

/** At most `tagsMax` tags, each once. */
export const tags = ({ names }: Limits) =>
  z
    .array(label)
    .max(names.tagsMax)
    .overwrite((all) => [...new Set(all)]);

/** At most `metadataFieldsMax` fields of text. */
export const metadata = ({ names: { annotationsMaxBytes, metadataFieldsMax } }: Limits) =>
  z
    .record(label, z.string().max(annotationsMaxBytes))
    .refine(
      (fields) => Object.keys(fields).length <= metadataFieldsMax,
      `at most ${metadataFieldsMax} fields`,
    );
