import * as z from 'zod';
import { similarDistance, similarLimit } from '../../core/files/similar.ts';
import { wholeNumber } from './fields.ts';
import { listedFile } from './file-answers.ts';

export const similarQuery = z.strictObject({
  maxDistance: wholeNumber(0, similarDistance.max)
    .default(similarDistance.default)
    .describe(`Bits of 64 by which it may differ; ${similarDistance.default} unless given`),
  limit: wholeNumber(1, similarLimit.max)
    .default(similarLimit.default)
    .describe(`At most so many; ${similarLimit.default} unless given`),
});

export const similarAnswer = z.object({
  files: z.array(
    z.object({
      file: listedFile,
      distance: z.number().int().min(0).max(64).describe('0: looks the same'),
    }),
  ),
});
