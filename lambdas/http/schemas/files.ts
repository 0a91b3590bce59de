import * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';
import { expirationQuery, pageQuery, wholeNumber } from './fields.ts';

export function fileSchemas(limits: Limits) {
  return {
    page: pageQuery(limits),
    listFiles: pageQuery(limits).extend({
      status: z.string().optional(),
      path: z.string().max(4_096).optional(),
      recursive: z
        .enum(['true', 'false'])
        .transform((text) => text === 'true')
        .optional(),
      type: z.string().max(255).optional(),
      tag: z.string().max(128).optional(),
      sort: z.string().optional(),
      offset: wholeNumber(0, limits.listing.maxOffset).optional(),
    }),
    fileUrl: z.strictObject({
      expirationSeconds: expirationQuery(limits).optional(),
      rendition: z.string().max(64).optional(),
      disposition: z.enum(['inline', 'attachment']).optional(),
    }),
    deleteFile: z.strictObject({ hard: z.enum(['true', 'false']).optional() }),
  };
}

export type FileSchemas = ReturnType<typeof fileSchemas>;
