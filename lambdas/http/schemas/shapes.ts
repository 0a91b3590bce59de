import * as z from 'zod';
import { statuses } from '../../core/files/status.ts';

/** What the answers of several functions share. */
export const time = z.iso.datetime();
export const bytes = z.number().int().min(0);
export const percent = z.number().int().min(0).max(100);

export const fileStatus = z.enum(statuses as [string, ...string[]]).meta({ id: 'FileStatus' });

/** RFC 9457: the shape of every refusal, also inside of an answer that tells of several. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string().describe('What to do next'),
    message: z.string().describe('The same as detail'),
    requestId: z.string(),
    errors: z.array(z.object({ field: z.string(), code: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457, as application/problem+json' });

/** A URL that opens bytes to whoever has it, until it expires. */
export const signedUrl = z.object({ url: z.url(), expiresAt: time }).meta({ id: 'SignedUrl' });
