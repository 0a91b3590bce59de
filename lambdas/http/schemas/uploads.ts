import * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';
import { annotationBytes } from '../../core/files/annotate.ts';
import {
  checksum,
  expirationQuery,
  id,
  metadata,
  mimeType,
  pageQuery,
  priority,
  tags,
  wholeNumber,
} from './fields.ts';

export const fileIdPath = z.object({ fileId: id });
/** Whether the upload has such a part is for core to say. */
export const partPath = z.object({ fileId: id, n: wholeNumber(0, Number.MAX_SAFE_INTEGER) });
export const batchPath = z.object({ batchId: id });

/** It becomes part of a key. */
export const maxIdempotencyKeyLength = 255;

export function uploadSchemas(limits: Limits) {
  const { urlSeconds, urlsPerCall, batchMaxUploads, heartbeatMaxFiles } = limits.upload;
  const { annotationsMaxBytes } = limits.names;

  const expirationSeconds = z.number().int().min(urlSeconds.min).max(urlSeconds.max);

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
      tags: tags(limits).optional(),
      metadata: metadata(limits).optional(),
      isPublic: z.boolean().optional(),
      priority: priority.optional(),
      onConflict: z.enum(['reject', 'rename', 'replace']).optional(),
      profile: z.string().min(1).max(64).optional(),
      expirationSeconds: expirationSeconds.optional(),
      urls: z.number().int().min(0).max(urlsPerCall.max).optional(),
      // Accepted and ignored: where bytes go is the server's decision.
      bucket: z.string().optional(),
    })
    .refine(
      ({ tags, metadata }) => annotationBytes(tags, metadata) <= annotationsMaxBytes,
      `tags and metadata together must have at most ${annotationsMaxBytes} bytes`,
    )
    .transform(({ bucket: _ignored, ...request }) => request);

  const partNumber = z.number().int();

  return {
    initiate,
    batch: z.strictObject({ uploads: z.array(initiate).min(1).max(batchMaxUploads) }),
    partUrl: z.strictObject({ checksum: z.string().max(64).optional() }).optional(),
    partUrlQuery: z.strictObject({ expirationSeconds: expirationQuery(limits).optional() }),
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
    heartbeats: z.strictObject({ fileIds: z.array(id).min(1).max(heartbeatMaxFiles) }),
    complete: z
      .strictObject({
        parts: z
          .array(z.strictObject({ partNumber, etag: z.string().min(1).max(128) }))
          .max(10_000)
          .optional(),
      })
      .optional(),
    page: pageQuery(limits),
  };
}

export type UploadSchemas = ReturnType<typeof uploadSchemas>;
