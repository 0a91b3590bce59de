import * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';
import { compressQuality, thumbnailSizes, watermarkDefaults } from '../../core/images/operations.ts';
import { watermarkPositions } from '../../core/images/recipes.ts';
import { id, priority } from './fields.ts';

/** One operation on a stored image; what a file may be asked for alone and among many. */
export function operationSchema({ processing }: Limits) {
  const side = z.number().int().min(1).max(processing.maxSide).describe('Pixels; nothing is enlarged');
  const encoding = {
    quality: z.number().int().min(1).max(100).optional().describe('Of JPEG, WebP and AVIF'),
    metadata: z
      .enum(['strip', 'keep'])
      .optional()
      .describe('keep: EXIF with the position where it was taken, XMP and colour profile; strip unless said'),
  };
  const target = z.enum(['jpeg', 'png', 'webp', 'avif']);
  const format = target.optional().describe("The original's unless said");
  const fit = z
    .enum(['cover', 'inside'])
    .optional()
    .describe('cover fills the box and cuts what sticks out, inside keeps the whole picture');
  const share = z.number().min(0.01).max(1);
  const shared = { priority: priority.optional().describe('high and urgent overtake a backlog') };
  return z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('compress'),
      ...shared,
      params: z
        .strictObject(encoding)
        .optional()
        .describe(`In its own format; quality ${compressQuality} unless said`),
    }),
    z.strictObject({
      type: z.literal('thumbnails'),
      ...shared,
      params: z
        .strictObject({
          sizes: z
            .array(side)
            .min(1)
            .max(processing.thumbnailSizesMax)
            .optional()
            .describe(`${thumbnailSizes.join(', ')} unless said`),
          fit,
          format: target.optional().describe('WebP where it is transparent or moves, else JPEG, unless said'),
          ...encoding,
        })
        .optional(),
    }),
    z.strictObject({
      type: z.literal('resize'),
      ...shared,
      params: z
        .strictObject({ width: side.optional(), height: side.optional(), fit, format, ...encoding })
        .refine(
          ({ width, height }) => width !== undefined || height !== undefined,
          'send width, height or both',
        ),
    }),
    z.strictObject({
      type: z.literal('watermark'),
      ...shared,
      params: z
        .strictObject({
          text: z
            .string()
            .normalize('NFC')
            .trim()
            .min(1)
            .max(processing.watermarkTextMaxCharacters)
            .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'must be one line without control characters')
            .meta({ pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$' })
            .refine((text) => /[^\s\p{Default_Ignorable_Code_Point}]/u.test(text), 'must show something')
            .optional(),
          fileId: id.optional().describe('Instead of a text: a stored image that the caller may read'),
          position: z
            .enum(watermarkPositions)
            .optional()
            .describe(`${watermarkDefaults.position} unless said`),
          opacity: share.optional().describe(`${watermarkDefaults.opacity} unless said`),
          scale: share.optional().describe(`Of the picture's sides; ${watermarkDefaults.scale} unless said`),
          format,
          ...encoding,
        })
        .refine(
          ({ text, fileId }) => (text === undefined) !== (fileId === undefined),
          'send either text or fileId',
        ),
    }),
    z.strictObject({
      type: z.literal('convert'),
      ...shared,
      params: z.strictObject({ format: target, ...encoding }),
    }),
  ]);
}

export const processingSchemas = (limits: Limits) => ({
  process: z.strictObject({
    operations: z.array(operationSchema(limits)).min(1).max(limits.processing.operationsPerCall),
  }),
});

export type ProcessingSchemas = ReturnType<typeof processingSchemas>;

export const processAnswer = z.object({
  jobs: z.array(
    z.object({
      jobId: z.string().describe('For GET /storage/jobs/{jobId}'),
      type: z.string(),
      queue: z.string().describe('The lane that it waits in'),
      estimatedSeconds: z.int().describe('Until the result is expected; 0 where it is there already'),
    }),
  ),
});
