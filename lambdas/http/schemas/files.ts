import * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';
import { categories } from '../../core/files/content-facts.ts';
import { expirationQuery, flag, id, metadata, moment, pageQuery, tags, wholeNumber } from './fields.ts';

const onConflict = z.enum(['reject', 'rename']).optional();

/** Why a file is held: a sentence, not a document; it is shown with the file. */
const holdReasonMaxCharacters = 500;

export const sensitivity = z.enum(['public', 'internal', 'confidential', 'restricted']);

export function fileSchemas(limits: Limits) {
  return {
    page: pageQuery(limits),
    listFiles: pageQuery(limits).extend({
      status: z
        .string()
        .max(64)
        .describe('A status, or available, pending, ended; deleted is the trash')
        .optional(),
      path: z.string().max(4_096).describe('A folder').optional(),
      recursive: flag.describe('With path: everything below it too').optional(),
      type: z
        .string()
        .min(1)
        .max(255)
        .toLowerCase()
        .describe('A MIME type, or its first half such as image')
        .optional(),
      category: z.enum(categories).describe('What kind of thing it is, as its content tells').optional(),
      tag: z.string().min(1).max(128).optional(),
      sort: z
        .string()
        .max(64)
        .describe('name, createdAt, updatedAt or size; with - in front the other way round')
        .optional(),
      owner: id.describe('self; for admins the id of a user, or all').optional(),
      shared: flag.describe('true: what colleagues share with the caller').optional(),
      from: moment.describe('Not created before').optional(),
      to: moment.describe('Not created after').optional(),
      offset: wholeNumber(0, limits.listing.maxOffset).optional(),
    }),
    fileUrl: z.strictObject({
      expirationSeconds: expirationQuery(limits).optional(),
      rendition: z.string().min(1).max(64).optional(),
      version: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
      disposition: z.enum(['inline', 'attachment']).optional(),
    }),
    quota: z.strictObject({ userId: id.optional() }),
    moveFile: z.strictObject({ newPath: z.string().max(4_096), onConflict }),
    renameFile: z.strictObject({ newFilename: z.string().min(1).max(1_024) }),
    setVisibility: z.strictObject({ isPublic: z.boolean() }),
    setTags: z.strictObject({ tags: tags(limits) }),
    setMetadata: z.strictObject({ metadata: metadata(limits), sensitivity: sensitivity.optional() }),
    setLegalHold: z.strictObject({
      hold: z.boolean(),
      reason: z.string().trim().min(1).max(holdReasonMaxCharacters).optional(),
    }),
    deleteFile: z.strictObject({ hard: flag.optional() }),
    restoreFile: z.strictObject({ onConflict }).optional(),
  };
}

export type FileSchemas = ReturnType<typeof fileSchemas>;
