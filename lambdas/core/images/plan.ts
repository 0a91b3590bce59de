import type { RenditionPreset } from './presets.ts';

/**
 * The most pixels that the shared working image may have: 64 MB as 8-bit RGBA. Ordinary photos need 2 MP with the
 * default presets; only pictures longer than about 44:1 come near it.
 */
export const maxWorkingPixels = 16_000_000;

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Scale to exactly `scaled`, then cut `crop` out of that; both steps may change nothing. Pixels. */
export interface ResizeSteps {
  readonly scaled: Size;
  readonly crop: Size & { readonly left: number; readonly top: number };
}

export interface RenditionOutput extends Size {
  readonly name: string;
  /** `source`: this one is decoded again on its own, because the shared image would be too large with it. */
  readonly from: 'working' | 'source';
  readonly resize: ResizeSteps;
  readonly mimeType: 'image/jpeg' | 'image/webp';
  /** With its dot. */
  readonly extension: '.jpg' | '.webp';
  readonly quality: number;
}

export interface RenditionPlan {
  /** The one decode: the whole upright picture at this size; undefined when no output is made from it. */
  readonly working: Size | undefined;
  /** In the order of the presets. */
  readonly outputs: readonly RenditionOutput[];
}

/**
 * Plans every rendition of a picture from one decode. `source` is its upright size, after EXIF orientation.
 *
 * Nothing is enlarged. A `cover` of a picture that does not fill the box is cut only where it sticks out of the
 * box: 100x50 for a 150x150 box stays 100x50, 1000x50 becomes its central 150x50. Cutting on to the box's aspect
 * would throw away most of a small picture, and a page that shows it scales and cuts it anyway.
 *
 * The working image is as large as the output that needs most; that output is then encoded as it is, all others are
 * scaled down from it. A very long picture would make the working image huge for the sake of one `cover` (which
 * keeps the short side's resolution); such outputs get a decode of their own, which streams.
 */
export function planRenditions(
  source: Size,
  hasAlpha: boolean,
  presets: readonly RenditionPreset[],
): RenditionPlan {
  const fitted = presets.map((preset) => ({ preset, resize: resizeFor(source, preset) }));
  const working = fitted
    .map(({ resize }) => resize.scaled)
    .filter((size) => pixels(size) <= maxWorkingPixels)
    .reduce<Size | undefined>(
      (largest, size) => (largest && pixels(largest) >= pixels(size) ? largest : size),
      undefined,
    );

  return { working, outputs: fitted.map(({ preset, resize }) => output(preset, resize, hasAlpha)) };
}

const pixels = ({ width, height }: Size): number => width * height;

function resizeFor(source: Size, preset: RenditionPreset): ResizeSteps {
  const horizontal = preset.width / source.width;
  const vertical = preset.height / source.height;
  const scale = Math.min(
    1,
    preset.fit === 'cover' ? Math.max(horizontal, vertical) : Math.min(horizontal, vertical),
  );
  const scaled = { width: scaledSide(source.width, scale), height: scaledSide(source.height, scale) };

  const width = Math.min(preset.width, scaled.width);
  const height = Math.min(preset.height, scaled.height);
  const left = Math.floor((scaled.width - width) / 2);
  const top = Math.floor((scaled.height - height) / 2);
  return { scaled, crop: { left, top, width, height } };
}

const scaledSide = (side: number, scale: number): number => Math.max(1, Math.round(side * scale));

function output(preset: RenditionPreset, resize: ResizeSteps, hasAlpha: boolean): RenditionOutput {
  const webp = preset.format === 'webp' || (preset.format === 'auto' && hasAlpha);
  return {
    name: preset.name,
    from: pixels(resize.scaled) <= maxWorkingPixels ? 'working' : 'source',
    width: resize.crop.width,
    height: resize.crop.height,
    resize,
    mimeType: webp ? 'image/webp' : 'image/jpeg',
    extension: webp ? '.webp' : '.jpg',
    quality: preset.quality,
  };
}
