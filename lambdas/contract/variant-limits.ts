import * as z from 'zod';

/**
 * Bounds of the pictures that GET /storage/files/{id}/image makes. Whatever is asked for becomes one of the sizes and
 * encodings that these numbers allow, so that a content has a bounded number of variants: core/images/variant-size.ts
 * has the arithmetic.
 */
export const variantLimits = z.object({
  /** Pixels, ascending. A width, or of a cut-out the longer side, becomes the next of these; none is larger than the last. */
  sides: z.array(z.number().int().positive()).min(1),
  /** Width : height that cut-outs may have; the nearest counts. */
  ratios: z.array(z.tuple([z.number().int().positive(), z.number().int().positive()])).min(1),
  /** Ascending, 1 to 100: of JPEG and WebP; what it is in AVIF the encoder says. */
  qualities: z.array(z.number().int().min(1).max(100)).min(1),
  defaultQuality: z.number().int().min(1).max(100),
  /** Of an original that is decoded while somebody waits; of a larger one the variants are made of its renditions. */
  maxPixels: z.number().int().positive(),
  /** The end of one decode and encode, so that the function answers before its own end. */
  seconds: z.number().int().positive(),
  /** Variants that are made, not found, for all files of a tenant. */
  perTenantAndMinute: z.number().int().positive(),
  /** For how long a redirect leads to the bytes; below 45 minutes, which the signing credentials always have left. */
  urlSeconds: z.number().int().positive().max(2_700),
  /** Pictures that one address may open by signed links. */
  linkCallsPerAddressAndMinute: z.number().int().positive(),
  /** Widths that one call signs links for. */
  linkMaxWidths: z.number().int().positive(),
});

export type VariantLimits = z.infer<typeof variantLimits>;

export const defaultVariantLimits: VariantLimits = {
  sides: [80, 160, 320, 640, 960, 1_280, 1_920, 2_560],
  ratios: [
    [1, 1],
    [4, 3],
    [3, 2],
    [16, 9],
    [3, 4],
    [2, 3],
    [9, 16],
  ],
  qualities: [50, 75, 90],
  defaultQuality: 75,
  maxPixels: 100_000_000,
  seconds: 20,
  perTenantAndMinute: 300,
  urlSeconds: 900,
  // Three pages of 200 pictures, and some: an office may share an address.
  linkCallsPerAddressAndMinute: 1_200,
  linkMaxWidths: 8,
};
