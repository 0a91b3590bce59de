/** What a variant can be encoded as. PNG has no quality. */
export const variantFormats = {
  jpeg: { mimeType: 'image/jpeg', extension: '.jpg', hasQuality: true },
  webp: { mimeType: 'image/webp', extension: '.webp', hasQuality: true },
  avif: { mimeType: 'image/avif', extension: '.avif', hasQuality: true },
  png: { mimeType: 'image/png', extension: '.png', hasQuality: false },
} as const;

export type VariantFormat = keyof typeof variantFormats;

export interface VariantEncoding {
  readonly format: VariantFormat;
  /** 1 to 100; absent where the format knows none. */
  readonly quality?: number;
}

export interface EncodingRequest {
  /** `auto` unless said otherwise: the smallest format that the client names in its Accept header. */
  readonly format?: VariantFormat | 'auto' | undefined;
  readonly q?: number | undefined;
}

export interface EncodingBounds {
  /** Ascending. */
  readonly qualities: readonly number[];
  readonly defaultQuality: number;
}

/**
 * A client that names neither AVIF nor WebP gets what every one shows: JPEG, or PNG where a picture lets something shine
 * through. Wildcards are no names, because everything sends them.
 */
export function encodingOf(
  { format = 'auto', q }: EncodingRequest,
  accept: string | undefined,
  hasAlpha: boolean,
  { qualities, defaultQuality }: EncodingBounds,
): VariantEncoding {
  const chosen = format === 'auto' ? negotiated(accept, hasAlpha) : format;
  if (!variantFormats[chosen].hasQuality) return { format: chosen };
  const wanted = q ?? defaultQuality;
  const quality = qualities.find((each) => each >= wanted) ?? qualities.at(-1) ?? defaultQuality;
  return { format: chosen, quality };
}

/** How many encodings a variant of one size can have: by the defaults 3 x 3 + 1 = 10. */
export const maxEncodings = ({ qualities }: EncodingBounds): number =>
  Object.values(variantFormats).reduce((sum, { hasQuality }) => sum + (hasQuality ? qualities.length : 1), 0);

function negotiated(accept: string | undefined, hasAlpha: boolean): VariantFormat {
  const named = acceptedTypes(accept);
  if (named.has('image/avif')) return 'avif';
  if (named.has('image/webp')) return 'webp';
  return hasAlpha ? 'png' : 'jpeg';
}

/** Media types that an Accept header names and does not refuse (`;q=0`). */
function acceptedTypes(accept = ''): ReadonlySet<string> {
  const types = accept
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim()))
    .filter(([, ...parameters]) => !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter)));
  return new Set(types.map(([type = '']) => type));
}
