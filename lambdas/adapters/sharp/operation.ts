import type { Sharp as SharpPipeline } from 'sharp';
import {
  isAffordable,
  maxMotionPixels,
  maxThoroughAvifPixels,
  maxThoroughPngPixels,
} from '../../core/images/operation-cost.ts';
import { planRenditions, type Size } from '../../core/images/plan.ts';
import { ImageUnreadable, type OperationTask, type RenderedRendition } from '../../core/images/ports.ts';
import type { ImageFormat, OperationRecipe } from '../../core/images/recipes.ts';
import { openSource } from './decoder.ts';
import type { Header } from './header.ts';
import type { Sharp } from './load.ts';
import { markBox, overlayOf, watermarkLayer } from './watermark.ts';

export interface OperationContext {
  readonly sharp: Sharp;
  readonly source: Uint8Array;
  readonly header: Header;
  readonly maxPixels: number;
  /** Before the pipeline of one operation has to end. */
  readonly seconds: number;
  readonly drawingDeadlineMs: number;
  /** Of the results that were made before. */
  readonly keptBytes: number;
}

export type Operated = RenderedRendition & { readonly frames?: number };

/** It would fit into memory by itself, not beside the results that were made before. */
export class TooManyResults extends Error {
  override readonly name = 'TooManyResults';
}

/**
 * Makes what one operation asks for. Throws ImageUnreadable: `pixels_exceeded` where it would take too much memory; and
 * TooManyResults.
 */
export async function operateOnce(context: OperationContext, task: OperationTask): Promise<Operated> {
  const { sharp, source, header } = context;
  const { recipe } = task;
  const format = formatOf(recipe, header);
  const moving = keepsMotion(format, header);
  const { scaled, cut } = sizesOf(recipe, header);
  refuseTooMuch(context, recipe, cut ?? scaled, format);

  const ownColours = recipe.metadata === 'keep' && hasOwnRgb(header);
  const opened = openSource(sharp, source, header, { ...context, moving, ownColours }).autoOrient();
  const isResized = scaled.width !== header.upright.width || scaled.height !== header.upright.height;
  let picture = isResized ? opened.resize(scaled.width, scaled.height, { fit: 'fill' }) : opened;
  if (cut) picture = picture.extract(cut);
  if (recipe.type === 'watermark') {
    const layer = await watermarkLayer(sharp, recipe, scaled, { ...context, mark: task.mark });
    picture = picture.composite([await overlayOf(sharp, layer, scaled, moving)]);
    if (!header.hasAlpha) picture = picture.removeAlpha();
  }
  const told = recipe.metadata === 'keep' ? keepMetadata(picture, ownColours) : picture;
  const encoded = encode(told.toColourspace('srgb'), format, recipe, cut ?? scaled, header);
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
  return {
    name: task.name,
    mimeType: `image/${format}`,
    extension: format === 'jpeg' ? '.jpg' : `.${format}`,
    width: info.width,
    height: info.pageHeight ?? info.height,
    ...(moving && info.pages !== undefined && info.pages > 1 && { frames: info.pages }),
    body: data,
  };
}

const isAnimated = ({ frames }: Header): boolean => frames > 1;

function formatOf({ format }: OperationRecipe, header: Header): ImageFormat {
  if (format !== 'auto') return format;
  return header.hasAlpha || keepsMotion('webp', header) ? 'webp' : 'jpeg';
}

/** libvips turns no picture of several frames; those that say they lie on their side are rare. */
function keepsMotion(format: ImageFormat, header: Header): boolean {
  const { upright, frames, orientation = 1 } = header;
  const moves = isAnimated(header) && orientation === 1 && (format === 'webp' || format === 'gif');
  return moves && frames * upright.width * upright.height <= maxMotionPixels;
}

interface Sizes {
  readonly scaled: Size;
  readonly cut?: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

function sizesOf(recipe: OperationRecipe, { upright, hasAlpha }: Header): Sizes {
  const box = boxOf(recipe, upright);
  if (!box) return { scaled: upright };
  const preset = { name: '', format: 'auto', quality: 1, ...box } as const;
  const [output] = planRenditions(upright, hasAlpha, [preset]).outputs;
  // What keeps the short side of a very long picture would be as long as that.
  if (output?.from !== 'working') throw new ImageUnreadable('pixels_exceeded', 'too long to be cut to this');
  const { scaled, crop } = output;
  const isCut = crop.width !== scaled.width || crop.height !== scaled.height;
  return { scaled, ...(isCut && { cut: crop }) };
}

function boxOf(recipe: OperationRecipe, { width, height }: Size) {
  switch (recipe.type) {
    case 'thumbnail':
      return { width: recipe.size, height: recipe.size, fit: recipe.fit };
    case 'resize':
      return { width: recipe.width ?? width, height: recipe.height ?? height, fit: recipe.fit };
    default:
      return undefined;
  }
}

function refuseTooMuch(
  { header, keptBytes }: OperationContext,
  recipe: OperationRecipe,
  result: Size,
  format: ImageFormat,
): void {
  const { upright: source, decodeBytesPerPixel, orientation = 1, hasAlpha } = header;
  const turnedPixelBytes = orientation === 1 ? 0 : hasAlpha ? 4 : 3;
  const layer = recipe.type === 'watermark' ? { layer: markBox(recipe, result) } : {};
  const alone = { source, decodeBytesPerPixel, turnedPixelBytes, result, format, ...layer, keptBytes: 0 };
  if (!isAffordable(alone)) {
    const sizes = `${source.width}x${source.height} to ${result.width}x${result.height} as ${format}`;
    throw new ImageUnreadable('pixels_exceeded', `too many pixels: ${sizes}`);
  }
  if (!isAffordable({ ...alone, keptBytes })) throw new TooManyResults(`${keptBytes} bytes are kept already`);
}

/** Whether the numbers of its colours are of the kind that every target holds, so that its profile still fits. */
const hasOwnRgb = ({ colourSpace }: Header): boolean => colourSpace === 'srgb' || colourSpace === 'rgb16';

const keepMetadata = (picture: SharpPipeline, ownColours: boolean): SharpPipeline => {
  const described = picture.keepExif().keepXmp();
  return ownColours ? described.keepIccProfile() : described;
};

function encode(
  picture: SharpPipeline,
  format: ImageFormat,
  { type, quality = 100 }: OperationRecipe,
  { width, height }: Size,
  { isPalette }: Header,
): SharpPipeline {
  const compress = type === 'compress';
  const pixels = width * height;
  switch (format) {
    case 'jpeg':
      return picture.flatten({ background: '#ffffff' }).jpeg({ quality, mozjpeg: compress });
    case 'webp':
      return picture.webp({ quality });
    case 'avif':
      return picture.avif({ quality, effort: pixels <= maxThoroughAvifPixels ? 4 : 2 });
    case 'gif':
      return picture.gif();
    case 'png': {
      const thorough = compress && pixels <= maxThoroughPngPixels;
      // A table of 256 colours that becomes true colour would be the larger file.
      if (thorough && isPalette)
        return picture.png({ palette: true, quality: 100, dither: 0, compressionLevel: 9 });
      return picture.png(thorough ? { compressionLevel: 9, adaptiveFiltering: true } : {});
    }
  }
}
