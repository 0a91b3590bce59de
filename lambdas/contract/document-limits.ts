import * as z from 'zod';

const MiB = 1024 * 1024;

/** Bounds of what is read and made of documents. */
export const documentLimits = z.object({
  /** Larger documents are not read: no text, no previews. They are in memory while they are. */
  maxBytes: z.number().int().positive(),
  /** Pages, slides or sheets that text is taken of, and first ones that are drawn. */
  textMaxPages: z.number().int().positive(),
  previewPages: z.number().int().positive(),
  /** Pixels of a drawn page's longer side. */
  previewSide: z.number().int().positive(),
  /** The end of one reading, within the timeout of the function. */
  readSeconds: z.number().int().positive(),
});

export const defaultDocumentLimits: z.infer<typeof documentLimits> = {
  maxBytes: 64 * MiB,
  textMaxPages: 1_000,
  previewPages: 5,
  // As large as the preset `preview`, so that it is sharp.
  previewSide: 1_920,
  readSeconds: 60,
};
