import * as z from 'zod';

const MiB = 1024 * 1024;

/** Bounds of what can be asked for of a stored image (POST /storage/files/{id}/process). */
export const processingLimits = z.object({
  /** Operations that one call may name, and renditions that a file may have of all of them. */
  operationsPerCall: z.number().int().positive(),
  renditionsPerFile: z.number().int().positive(),
  /** Sizes of one `thumbnails`. */
  thumbnailSizesMax: z.number().int().positive(),
  /** Pixels of a side that may be asked for. */
  maxSide: z.number().int().positive(),
  watermarkTextMaxCharacters: z.number().int().positive(),
  /** Of a stored image that is put onto others: it is in memory together with them. */
  watermarkMaxBytes: z.number().int().positive(),
  /** Into a run of the images function, presets included, after which no operation begins; its timeout is 120 s. */
  operationsBudgetMs: z.number().int().positive(),
});

export const defaultProcessingLimits: z.infer<typeof processingLimits> = {
  operationsPerCall: 10,
  renditionsPerFile: 50,
  // Their names make the id of one job, which has at most 255 characters.
  thumbnailSizesMax: 5,
  maxSide: 8_192,
  watermarkTextMaxCharacters: 200,
  watermarkMaxBytes: 16 * MiB,
  operationsBudgetMs: 80_000,
};
