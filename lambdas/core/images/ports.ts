import type { ExifSummary } from './exif.ts';
import type { RenditionPreset } from './presets.ts';

export interface RenderOptions {
  /** The inspected type: what has to be rasterized first is told by it alone. */
  readonly mimeType: string;
  readonly presets: readonly RenditionPreset[];
  /** Pixels (width x height) that a picture may have at most; what its kind may have is decode-cost.ts' to say. */
  readonly maxPixels: number;
}

export interface ImageMedia {
  /** Upright pixels, after EXIF orientation: as a viewer shows the picture. */
  readonly width: number;
  readonly height: number;
  readonly format: 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'svg';
  /** Only for animations. */
  readonly frames?: number;
  readonly hasAlpha: boolean;
  /** The EXIF value 1 to 8, where the file has one. Width and height already follow it. */
  readonly orientation?: number;
  /** Of the source, in libvips' names: `srgb`, `cmyk`, `b-w`, `rgb16`, `grey16`. */
  readonly colourSpace: string;
}

export interface RenderedRendition {
  readonly name: string;
  readonly mimeType: string;
  /** With its dot. */
  readonly extension: string;
  readonly width: number;
  readonly height: number;
  readonly body: Uint8Array;
}

export interface RenderedImage {
  readonly media: ImageMedia;
  readonly exif?: ExifSummary;
  /** In the order of the presets: upright, sRGB, 8 bits a channel, without any metadata. */
  readonly renditions: readonly RenderedRendition[];
}

export interface ImageProcessor {
  /**
   * All renditions of one picture. The same source and options always give the same bytes.
   * Throws ImageUnreadable when the fault is the picture's; trying again then cannot help.
   */
  render(source: Uint8Array, options: RenderOptions): Promise<RenderedImage>;
}

/** `too_complex`: a drawing that takes too long, or too much memory. */
export type ImageUnreadableReason = 'malformed' | 'pixels_exceeded' | 'unsupported' | 'too_complex';

/** The picture itself is why there are no renditions; any other error is the machinery's. */
export class ImageUnreadable extends Error {
  override readonly name = 'ImageUnreadable';
  readonly reason: ImageUnreadableReason;

  constructor(reason: ImageUnreadableReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
