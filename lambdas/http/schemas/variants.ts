import * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';
import { variantFormats } from '../../core/images/variant-format.ts';
import { expirationQuery, wholeNumber } from './fields.ts';
import { linkProof } from './links.ts';
import { time } from './shapes.ts';

/** Pixels that may be asked for; what comes is bounded by the sizes of the stage. */
const askedMaxPixels = 16_384;

const formats = Object.keys(variantFormats) as [keyof typeof variantFormats];

export function variantSchemas(limits: Limits) {
  const { sides, linkMaxWidths } = limits.variants;
  const side = wholeNumber(1, askedMaxPixels);
  const image = z.strictObject({
    w: side.describe(`Width in pixels, up to the next of ${sides.join(', ')}`).optional(),
    h: side.describe('Height in pixels').optional(),
    fit: z
      .enum(['inside', 'cover'])
      .describe('`inside`: the whole picture, unless said otherwise; `cover`: cut to the box of `w` and `h`')
      .optional(),
    format: z
      .enum(['auto', ...formats])
      .describe('`auto`, unless said otherwise: the smallest that the Accept header names')
      .optional(),
    q: wholeNumber(1, 100)
      .describe(`Quality, up to the next of ${limits.variants.qualities.join(', ')}`)
      .optional(),
  });
  return {
    image,
    links: image.extend({
      expirationSeconds: expirationQuery(limits).optional(),
      widths: z
        .string()
        .regex(
          new RegExp(`^\\d{1,5}(,\\d{1,5}){0,${linkMaxWidths - 1}}$`),
          `must be up to ${linkMaxWidths} widths such as 320,640`,
        )
        .transform((text) => text.split(',').map((width) => Math.max(1, Number(width))))
        .describe('Links of these widths as well, for a `srcset`')
        .optional(),
    }),
    linked: image.extend(linkProof.shape),
  };
}

export type VariantSchemas = ReturnType<typeof variantSchemas>;

const imageLink = z
  .object({
    url: z.string().describe("From the API's address on; for an `<img>`, without a sign-in"),
    expiresAt: time,
    width: z.int().positive(),
    height: z.int().positive(),
  })
  .meta({ id: 'ImageLink' });

export const imageLinksAnswer = imageLink
  .extend({ sources: z.array(imageLink).describe('Of `widths`, by width, each once').optional() })
  .meta({ id: 'ImageLinks' });
