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
    type: z.string().describe('A URN of the code'),
    title: z.string().describe('What the code means'),
    status: z.number().int(),
    code: z.string().describe('What to act on; each call names those that it can answer'),
    detail: z.string().describe('What to do next'),
    message: z.string().describe('The same as detail'),
    requestId: z.string().describe('For whoever operates Sluice'),
    errors: z
      .array(z.object({ field: z.string(), code: z.string(), detail: z.string() }))
      .optional()
      .describe('Which fields of the request, and what is wrong with each'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457, as application/problem+json' });

/** A URL that opens bytes to whoever has it, until it expires. */
export const signedUrl = z.object({ url: z.url(), expiresAt: time }).meta({ id: 'SignedUrl' });
