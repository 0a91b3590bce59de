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

export const utf8Bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value ?? null));

/** A query parameter that holds a whole number. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);

export const idPath = z.object({ id: z.string().min(1) });

/** A page of a listing. */
export const pageQuery = ({ listing: { maxLimit, defaultLimit } }: Limits) =>
  z.strictObject({
    limit: wholeNumber(1, maxLimit).default(defaultLimit),
    cursor: z.string().max(2_048).optional(),
  });

export const expirationQuery = ({ upload: { urlSeconds } }: Limits) =>
  wholeNumber(urlSeconds.min, urlSeconds.max);

/** At most `tagsMax` tags. */
export const tags = ({ names }: Limits) => z.array(z.string().min(1).max(128)).max(names.tagsMax);

/** At most `metadataFieldsMax` fields of text. */
export const metadata = ({ names: { annotationsMaxBytes, metadataFieldsMax } }: Limits) =>
  z
    .record(z.string().min(1).max(128), z.string().max(annotationsMaxBytes))
    .refine(
      (fields) => Object.keys(fields).length <= metadataFieldsMax,
      `at most ${metadataFieldsMax} fields`,
    );
