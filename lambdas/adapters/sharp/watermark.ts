import type { OverlayOptions, Sharp as SharpPipeline } from 'sharp';
import { svgType } from '../../core/content/mime-types.ts';
import type { Size } from '../../core/images/plan.ts';
import { ImageUnreadable, type StoredMark } from '../../core/images/ports.ts';
import type { WatermarkPosition, WatermarkRecipe } from '../../core/images/recipes.ts';
import { openSource, pipelineSeconds } from './decoder.ts';
import { textInput } from './fonts.ts';
import { readHeader } from './header.ts';
import type { Sharp } from './load.ts';
import { rasterizeSvg } from './rasterize-svg.ts';
import { asUnreadable } from './unreadable.ts';

/** Between the mark and the picture's edge, of the picture's shorter side. */
const marginShare = 0.02;
/** How far the shadow of a text falls, of its height: it keeps white letters legible on a bright picture. */
const shadowShare = 0.04;

/** RGBA pixels that are to lie on the picture, and where. */
export interface Layer extends Size {
  readonly pixels: Buffer;
  readonly left: number;
  readonly top: number;
}

export interface WatermarkOptions {
  readonly mark: StoredMark | undefined;
  readonly maxPixels: number;
  readonly drawingDeadlineMs: number;
}

/** The watermark as it lies on a picture of this size. @throws ImageUnreadable `watermark_unreadable` */
export async function watermarkLayer(
  sharp: Sharp,
  recipe: WatermarkRecipe,
  picture: Size,
  options: WatermarkOptions,
): Promise<Layer> {
  const { mark } = recipe;
  const box = markBox(recipe, picture);
  if ('text' in mark) return layerOf(await drawText(sharp, mark.text, box), recipe, picture);
  try {
    return await layerOf(await drawMark(sharp, box, options), recipe, picture);
  } catch (error) {
    const cause = asUnreadable(error, options.mark?.body ?? new Uint8Array());
    if (!(cause instanceof ImageUnreadable)) throw cause;
    throw new ImageUnreadable('watermark_unreadable', cause.message, { cause });
  }
}

async function layerOf(
  drawn: SharpPipeline,
  { opacity, position }: WatermarkRecipe,
  picture: Size,
): Promise<Layer> {
  const { data, info } = await drawn
    .ensureAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = Math.round((data[alpha] ?? 0) * opacity);
  const size = { width: info.width, height: info.height };
  return { pixels: data, ...size, ...place(position, size, picture) };
}

/** What a mark is to fill of a picture of this size. */
export const markBox = ({ scale }: WatermarkRecipe, { width, height }: Size): Size => ({
  width: share(width, scale),
  height: share(height, scale),
});

const share = (side: number, part: number): number => Math.max(1, Math.round(side * part));

async function drawText(sharp: Sharp, text: string, box: Size): Promise<SharpPipeline> {
  const letters = async (colour: string) =>
    sharp(textInput({ text, ...box, colour }))
      .timeout({ seconds: pipelineSeconds })
      // Where letters cannot be as small as the box, they are made so.
      .resize(box.width, box.height, { fit: 'inside', withoutEnlargement: true })
      .png({ compressionLevel: 0 })
      .toBuffer({ resolveWithObject: true });
  const [white, black] = await Promise.all([letters('#ffffff'), letters('#000000')]);
  const { width, height } = white.info;
  const fall = Math.max(1, Math.round(height * shadowShare));
  return sharp({
    create: { width: width + fall, height: height + fall, channels: 4, background: '#00000000' },
  }).composite([
    { input: black.data, left: fall, top: fall },
    { input: white.data, left: 0, top: 0 },
  ]);
}

/** Never enlarged; a drawing has no pixels, and fits the box. */
async function drawMark(
  sharp: Sharp,
  box: Size,
  { mark, maxPixels, drawingDeadlineMs }: WatermarkOptions,
): Promise<SharpPipeline> {
  if (!mark) throw new ImageUnreadable('unsupported', 'there is no image to put onto the picture');
  const bytes =
    mark.mimeType === svgType ? (await rasterizeSvg(mark.body, box, drawingDeadlineMs)).png : mark.body;
  const header = await readHeader(sharp, bytes, maxPixels);
  return openSource(sharp, bytes, header, { maxPixels })
    .autoOrient()
    .resize(box.width, box.height, { fit: 'inside', withoutEnlargement: true });
}

function place(
  position: WatermarkPosition,
  mark: Size,
  picture: Size,
): { readonly left: number; readonly top: number } {
  const margin = Math.round(Math.min(picture.width, picture.height) * marginShare);
  const along = (near: string, far: string, room: number): number => {
    const most = Math.max(0, room);
    if (position.includes(near)) return Math.min(margin, most);
    return position.includes(far) ? Math.max(0, most - margin) : Math.round(most / 2);
  };
  return {
    left: along('left', 'right', picture.width - mark.width),
    top: along('top', 'bottom', picture.height - mark.height),
  };
}

/** What sharp composites. On an animation, whose frames are one below the other, the layer lies on each of them. */
export async function overlayOf(
  sharp: Sharp,
  layer: Layer,
  picture: Size,
  moving: boolean,
): Promise<OverlayOptions> {
  const { pixels, width, height, left, top } = layer;
  // The shadow of a text may reach beyond a picture of a few pixels.
  const cut = {
    width: Math.min(width, picture.width - left),
    height: Math.min(height, picture.height - top),
  };
  const raw = { width, height, channels: 4 } as const;
  const fitting = sharp(pixels, { raw }).extract({ left: 0, top: 0, ...cut });
  const input = await fitting.raw().toBuffer();
  const onPicture = { input, raw: { ...cut, channels: 4 as const }, left, top };
  if (!moving) return onPicture;
  const frame = await sharp({ create: { ...picture, channels: 4, background: '#00000000' } })
    .composite([onPicture])
    .raw()
    .toBuffer();
  return { input: frame, raw: { ...picture, channels: 4 }, tile: true, gravity: 'northwest' };
}
