import { errors } from '../errors.ts';
import type { FileRecord, Rendition } from '../files/file.ts';
import type { Size } from './plan.ts';
import {
  type EncodingBounds,
  type EncodingRequest,
  encodingOf,
  maxEncodings,
  type VariantEncoding,
} from './variant-format.ts';
import { maxSizes, type SizeBounds, type SizeRequest, variantSize } from './variant-size.ts';

export interface VariantBounds extends SizeBounds, EncodingBounds {
  /** Of an original that is decoded while somebody waits. */
  readonly maxPixels: number;
  /** Of an original that is read into memory. */
  readonly maxBytes: number;
}

export type VariantRequest = SizeRequest & EncodingRequest;

/** A picture that is exactly so large, and encoded so. */
export type VariantSpec = Size & VariantEncoding;

/** What the pixels come from: the original, or something that was made of it. */
export type VariantSource =
  | { readonly kind: 'original' }
  | { readonly kind: 'rendition'; readonly key: string };

export interface VariantPlan {
  readonly spec: VariantSpec;
  readonly source: VariantSource;
}

/** Variants that one content can have at most, whatever is asked for. By the defaults 64 x 10 = 640. */
export const maxVariants = (bounds: SizeBounds & EncodingBounds): number =>
  maxSizes(bounds) * maxEncodings(bounds);

/**
 * What a request for a picture of a file comes to. The same file and request always come to the same spec, so that its
 * bytes are made once; `accept` decides where the request leaves the format open.
 * @throws upload_state_conflict (nothing is known of its pixels yet), type_not_allowed (there is no picture of it)
 */
export function planVariant(
  file: FileRecord,
  request: VariantRequest,
  accept: string | undefined,
  bounds: VariantBounds,
): VariantPlan {
  const picture = pictureOf(file, bounds);
  const size = variantSize(picture.size, request, bounds);
  const encoding = encodingOf(request, accept, picture.hasAlpha, bounds);
  return { spec: { ...size, ...encoding }, source: smallestSource(file, picture, size) };
}

interface Picture {
  /** Upright pixels. */
  readonly size: Size;
  readonly hasAlpha: boolean;
  readonly source: VariantSource;
}

/** What sharp decodes of bytes that are no drawing: drawings take a process of their own, which renditions have had. */
const decodedTypes: readonly string[] = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif'];

/** The largest picture of the file: a document shows its first page, and a drawing or a huge picture its largest rendition. */
function pictureOf(file: FileRecord, bounds: VariantBounds): Picture {
  const { width, height, hasAlpha = false } = file.media ?? {};
  const isDecoded =
    decodedTypes.includes(file.mimeType) &&
    file.size <= bounds.maxBytes &&
    width !== undefined &&
    height !== undefined &&
    width * height <= bounds.maxPixels;
  if (isDecoded) return { size: { width, height }, hasAlpha, source: { kind: 'original' } };
  const largest = largestOf(usable(file));
  if (largest) {
    const { size, key, mimeType } = largest;
    return { size, hasAlpha: mimeType !== 'image/jpeg', source: { kind: 'rendition', key } };
  }
  if (file.status === 'stored' || file.status === 'processing') {
    throw errors.uploadStateConflict(
      `The file is ${file.status}: there is no picture of it yet. Ask GET /storage/files/{id}/status until it is ready.`,
    );
  }
  throw errors.noPicture(file.mimeType);
}

interface UsableRendition {
  readonly size: Size;
  readonly key: string;
  readonly mimeType: string;
}

/** Previews of a document's further pages. */
const furtherPage = /^page-(?!1$)\d+$/;

/** What is made of every such file. What somebody asked for may have a watermark on it, or be compressed to bits. */
const usable = ({ renditions }: FileRecord): readonly UsableRendition[] =>
  Object.values(renditions).flatMap((rendition: Rendition) => {
    const { name, status, onDemand, mimeType = '', width, height, key } = rendition;
    const isUsable =
      status === 'ready' && !onDemand && !furtherPage.test(name) && decodedTypes.includes(mimeType);
    return isUsable && key && width && height ? [{ size: { width, height }, key, mimeType }] : [];
  });

const pixels = ({ width, height }: Size): number => width * height;

const largestOf = (renditions: readonly UsableRendition[]): UsableRendition | undefined =>
  renditions.reduce<UsableRendition | undefined>(
    (best, each) => (best && pixels(best.size) >= pixels(each.size) ? best : each),
    undefined,
  );

/** Scaled down so far, what a rendition's own compression left shows no more. */
const sufficientScale = 2;

/**
 * The smallest rendition of the whole picture that is large enough: a few hundred kilobytes in place of an original of up
 * to 128 MiB.
 */
function smallestSource(file: FileRecord, picture: Picture, wanted: Size): VariantSource {
  if (picture.source.kind === 'rendition') return picture.source;
  const sufficient = usable(file)
    .filter(({ size }) => isWhole(size, picture.size))
    .filter(
      ({ size }) =>
        size.width >= sufficientScale * wanted.width && size.height >= sufficientScale * wanted.height,
    )
    .filter(({ mimeType }) => !picture.hasAlpha || mimeType !== 'image/jpeg')
    .sort((one, other) => pixels(one.size) - pixels(other.size));
  return sufficient[0] ? { kind: 'rendition', key: sufficient[0].key } : picture.source;
}

/** Of the same shape as the picture, but for rounding: nothing was cut off. */
function isWhole(size: Size, picture: Size): boolean {
  const scale = Math.max(size.width / picture.width, size.height / picture.height);
  const isNear = (side: number, of: number): boolean => Math.abs(side - of * scale) <= 1;
  return isNear(size.width, picture.width) && isNear(size.height, picture.height);
}
