import * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';
import { id, moment, wholeNumber } from './fields.ts';
import { fileView } from './file-answers.ts';

const size = wholeNumber(0, Number.MAX_SAFE_INTEGER);

/** A question may be longer than it is allowed to be, so that the refusal says by how much. */
const questionMaxCharacters = 4_096;

export const searchSchemas = ({ search: { defaultLimit, maxLimit, queryMaxWords } }: Limits) => ({
  searchFiles: z.strictObject({
    q: z.string().max(questionMaxCharacters).describe(`At most ${queryMaxWords} words`),
    type: z
      .string()
      .min(1)
      .max(255)
      .toLowerCase()
      .describe('A MIME type, or its first half such as image')
      .optional(),
    path: z.string().max(4_096).describe('A folder: files in it and below it').optional(),
    owner: id.describe('self, or the id of a user of the tenant').optional(),
    from: moment.describe('Not created before').optional(),
    to: moment.describe('Not created after').optional(),
    minSize: size.describe('Bytes').optional(),
    maxSize: size.describe('Bytes').optional(),
    status: z.string().max(64).describe('stored, processing, ready, failed or available').optional(),
    tag: z.string().min(1).max(128).optional(),
    limit: wholeNumber(1, maxLimit)
      .default(defaultLimit)
      .describe(`At most so many; ${defaultLimit} unless given`),
    cursor: z.string().max(2_048).describe('`nextCursor` of the page before').optional(),
  }),
});

export type SearchSchemas = ReturnType<typeof searchSchemas>;

const highlight = z
  .object({
    field: z.enum(['name', 'tags', 'metadata', 'text']),
    key: z.string().optional().describe('Of metadata: the name of the field'),
    fragments: z
      .array(z.object({ text: z.string(), match: z.boolean() }))
      .describe('In order: the name, the tag, the value, or a passage of the text. Plain text, never markup'),
  })
  .meta({ id: 'Highlight' });

export const searchAnswer = z.object({
  hits: z.array(
    z.object({
      file: fileView,
      score: z.number().describe('How well it answers the question; to be compared within one search'),
      highlights: z.array(highlight),
    }),
  ),
  nextCursor: z.string().optional(),
});
