import * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';
import { id, pageQuery, wholeNumber } from './fields.ts';
import { rendition } from './file-answers.ts';
import { bytes, time } from './shapes.ts';

/** Whether the file has such a version is for core to say. */
export const versionPath = z.object({ id, v: wholeNumber(0, Number.MAX_SAFE_INTEGER) });

export const versionSchemas = (limits: Limits) => ({ listVersions: pageQuery(limits) });

export type VersionSchemas = ReturnType<typeof versionSchemas>;

const version = z
  .object({
    version: z.number().int().min(1),
    current: z.boolean(),
    originalName: z.string(),
    mimeType: z.string(),
    size: bytes,
    checksum: z
      .object({ algorithm: z.string(), value: z.string().optional(), perPart: z.boolean().optional() })
      .optional(),
    renditions: z.array(rendition),
    storedAt: time.optional().describe("Since when it is, or was, the file's content"),
    replacedAt: time.optional().describe('When other content took its place; absent of the current one'),
  })
  .meta({ id: 'FileVersion' });

export const versionsPage = z.object({ versions: z.array(version), nextCursor: z.string().optional() });
