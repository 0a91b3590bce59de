import * as z from 'zod';
import type { Limits } from '../contract/limits.ts';

/**
 * Shapes of requests (API.md). Unknown fields are refused by name. Bounds that are configuration come in as
 * arguments; what depends on tenant or usage is decided by core.
 */

/** Parameters such as a charset are dropped: what the bytes are is found out by inspection. */
const mimeType = z
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

const checksum = z.strictObject({
  algorithm: z.enum(['CRC64NVME', 'CRC32', 'SHA256']),
  value: z.string().max(64).optional(),
  perPart: z.boolean().optional(),
});

const priority = z.enum(['low', 'normal', 'high', 'urgent']);

const utf8Bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value ?? null));

/** A query parameter that holds a whole number. */
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);

export const fileIdPath = z.object({ fileId: z.string().min(1) });
/** Whether the upload has such a part is for core to say. */
export const partPath = z.object({ fileId: z.string().min(1), n: wholeNumber(0, Number.MAX_SAFE_INTEGER) });
export const batchPath = z.object({ batchId: z.string().min(1) });
export const idPath = z.object({ id: z.string().min(1) });

export const loginBody = z.strictObject({ email: z.email().max(254), password: z.string().min(1).max(256) });
export const refreshBody = z.strictObject({ refreshToken: z.string().min(1).max(8_192) });

export function requestSchemas(limits: Limits) {
  const { urlSeconds, urlsPerCall, batchMaxUploads, heartbeatMaxFiles } = limits.upload;
  const { tagsMax, metadataFieldsMax, annotationsMaxBytes } = limits.names;
  const { maxLimit, maxOffset, defaultLimit } = limits.listing;

  const expirationSeconds = z.number().int().min(urlSeconds.min).max(urlSeconds.max);
  const expirationQuery = wholeNumber(urlSeconds.min, urlSeconds.max);

  const initiate = z
    .strictObject({
      path: z.string().max(4_096).default('/'),
      filename: z.string().min(1).max(1_024),
      originalName: z.string().min(1).max(1_024).optional(),
      mimeType,
      size: z
        .number()
        .refine(Number.isInteger, 'must be a whole number of bytes')
        .min(0)
        .max(Number.MAX_SAFE_INTEGER, 'is more than any file has'),
      checksum: checksum.optional(),
      tags: z.array(z.string().min(1).max(128)).max(tagsMax).optional(),
      metadata: z
        .record(z.string().min(1).max(128), z.string().max(annotationsMaxBytes))
        .refine(
          (fields) => Object.keys(fields).length <= metadataFieldsMax,
          `at most ${metadataFieldsMax} fields`,
        )
        .optional(),
      isPublic: z.boolean().optional(),
      priority: priority.optional(),
      onConflict: z.enum(['reject', 'rename']).optional(),
      expirationSeconds: expirationSeconds.optional(),
      urls: z.number().int().min(0).max(urlsPerCall.max).optional(),
      // Accepted and ignored: where bytes go is the server's decision.
      bucket: z.string().optional(),
    })
    .refine(
      ({ tags, metadata }) => utf8Bytes(tags) + utf8Bytes(metadata) <= annotationsMaxBytes,
      `tags and metadata together must have at most ${annotationsMaxBytes} bytes`,
    )
    .transform(({ bucket: _ignored, ...request }) => request);

  const partNumber = z.number().int();
  const limit = wholeNumber(1, maxLimit).default(defaultLimit);

  return {
    initiate,
    batch: z.strictObject({ uploads: z.array(initiate).min(1).max(batchMaxUploads) }),
    partUrl: z.strictObject({ checksum: z.string().max(64).optional() }).optional(),
    partUrlQuery: z.strictObject({ expirationSeconds: expirationQuery.optional() }),
    partUrls: z.union([
      z.strictObject({
        partNumbers: z.array(partNumber).min(1).max(urlsPerCall.max),
        expirationSeconds: expirationSeconds.optional(),
      }),
      z.strictObject({
        parts: z
          .array(z.strictObject({ partNumber, checksum: z.string().max(64) }))
          .min(1)
          .max(urlsPerCall.max),
        expirationSeconds: expirationSeconds.optional(),
      }),
    ]),
    heartbeats: z.strictObject({ fileIds: z.array(z.string().min(1)).min(1).max(heartbeatMaxFiles) }),
    complete: z
      .strictObject({
        parts: z
          .array(z.strictObject({ partNumber, etag: z.string().min(1).max(128) }))
          .max(10_000)
          .optional(),
      })
      .optional(),
    page: z.strictObject({ limit, cursor: z.string().max(2_048).optional() }),
    listFiles: z.strictObject({
      status: z.string().optional(),
      path: z.string().max(4_096).optional(),
      recursive: z
        .enum(['true', 'false'])
        .transform((text) => text === 'true')
        .optional(),
      type: z.string().max(255).optional(),
      tag: z.string().max(128).optional(),
      sort: z.string().optional(),
      limit,
      offset: wholeNumber(0, maxOffset).optional(),
      cursor: z.string().max(2_048).optional(),
    }),
    fileUrl: z.strictObject({
      expirationSeconds: expirationQuery.optional(),
      rendition: z.string().max(64).optional(),
      disposition: z.enum(['inline', 'attachment']).optional(),
    }),
    deleteFile: z.strictObject({ hard: z.enum(['true', 'false']).optional() }),
  };
}

export type RequestSchemas = ReturnType<typeof requestSchemas>;
