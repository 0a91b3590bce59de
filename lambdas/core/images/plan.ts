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

export interface Area extends Size {
  readonly left: number;
  readonly top: number;
}

export type RenditionOutput = OutputFormat &
  (
    | {
        /** Scale the working image to exactly `scaled`, then cut `crop` out of that; either may change nothing. */
        readonly from: 'working';
        readonly scaled: Size;
        readonly crop: Area;
      }
    | {
        /** Decode again: cut `window` out of the upright source, then scale that to exactly width x height. */
        readonly from: 'source';
        readonly window: Area;
      }
  );

interface OutputFormat extends Size {
  readonly name: string;
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
 * The working image is as large as the output that needs most; that output is then encoded as it is, and all others
 * are scaled down from it. (To scale the small ones from the next larger output instead would save 3 % of the CPU and
 * resample them once more.) A very long picture would make the working image huge for the sake of one `cover`, which
 * keeps the short side's resolution: such an output gets a decode of its own, which streams and sees its part only.
 */
export function planRenditions(
  source: Size,
  hasAlpha: boolean,
  presets: readonly RenditionPreset[],
): RenditionPlan {
  const outputs = presets.map((preset) => planOutput(source, hasAlpha, preset));
  const working = outputs
    .flatMap((output) => (output.from === 'working' ? [output.scaled] : []))
    .reduce<Size | undefined>(larger, undefined);
  return { working, outputs };
}

const pixels = ({ width, height }: Size): number => width * height;
const larger = (one: Size | undefined, other: Size): Size =>
  one && pixels(one) >= pixels(other) ? one : other;

function planOutput(source: Size, hasAlpha: boolean, preset: RenditionPreset): RenditionOutput {
  const scaled = scaledSize(source, preset);
  const size = {
    width: Math.min(preset.width, scaled.width),
    height: Math.min(preset.height, scaled.height),
  };
  const format = { name: preset.name, ...size, ...formatOf(preset, hasAlpha), quality: preset.quality };
  if (pixels(scaled) <= maxWorkingPixels) {
    return { ...format, from: 'working', scaled, crop: centred(size, scaled) };
  }
  const window = {
    width: Math.min(source.width, Math.round((size.width * source.width) / scaled.width)),
    height: Math.min(source.height, Math.round((size.height * source.height) / scaled.height)),
  };
  return { ...format, from: 'source', window: centred(window, source) };
}

/** The whole picture, just large enough for the preset. */
function scaledSize(source: Size, preset: RenditionPreset): Size {
  const horizontal = preset.width / source.width;
  const vertical = preset.height / source.height;
  const fit = preset.fit === 'cover' ? Math.max(horizontal, vertical) : Math.min(horizontal, vertical);
  const scale = Math.min(1, fit);
  return { width: scaledSide(source.width, scale), height: scaledSide(source.height, scale) };
}

const scaledSide = (side: number, scale: number): number => Math.max(1, Math.round(side * scale));

const centred = (part: Size, whole: Size): Area => ({
  left: Math.floor((whole.width - part.width) / 2),
  top: Math.floor((whole.height - part.height) / 2),
  ...part,
});

function formatOf({ format }: RenditionPreset, hasAlpha: boolean) {
  const webp = format === 'webp' || (format === 'auto' && hasAlpha);
  return webp
    ? ({ mimeType: 'image/webp', extension: '.webp' } as const)
    : ({ mimeType: 'image/jpeg', extension: '.jpg' } as const);
}
