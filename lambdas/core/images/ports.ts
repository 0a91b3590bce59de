import type { ExifSummary } from './exif.ts';
import type { RenditionPreset } from './presets.ts';
import type { OperationRecipe } from './recipes.ts';
import type { PixelStatistics } from './statistics.ts';

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

/** What a picture is shown by before it is there, recognised by and sorted by. */
export interface PictureFeatures {
  /** ThumbHash, base64. */
  readonly placeholder: string;
  /** Absent where the picture has too little contrast to be recognised. */
  readonly perceptualHash?: string;
  readonly statistics: PixelStatistics;
}

export interface RenderedImage {
  readonly media: ImageMedia;
  readonly exif?: ExifSummary;
  /** Absent where no rendition is made of the picture as a whole. */
  readonly features?: PictureFeatures;
  /** In the order of the presets: upright, sRGB, 8 bits a channel, without any metadata. */
  readonly renditions: readonly RenderedRendition[];
}

/** A stored image that is put onto another one. */
export interface StoredMark {
  readonly mimeType: string;
  readonly body: Uint8Array;
}

export interface OperationTask {
  readonly name: string;
  readonly recipe: OperationRecipe;
  /** Of a watermark that is no text. */
  readonly mark?: StoredMark;
}

export interface OperateOptions extends Pick<RenderOptions, 'mimeType' | 'maxPixels'> {
  readonly tasks: readonly OperationTask[];
  /** What is not done by then is left, as `too_slow`; as `too_many` what does not fit into memory beside the others. */
  readonly budgetMs: number;
}

export interface OperatedImage {
  readonly media: ImageMedia;
  readonly exif?: ExifSummary;
  readonly made: readonly (RenderedRendition & { readonly frames?: number; readonly bytesSaved: number })[];
  readonly unmade: readonly {
    readonly name: string;
    readonly status: 'failed' | 'skipped';
    readonly reason: ImageUnreadableReason | 'not_smaller' | 'too_slow' | 'too_many';
  }[];
}

export interface ImageProcessor {
  /**
   * All renditions of one picture. The same source and options always give the same bytes.
   * Throws ImageUnreadable when the fault is the picture's; trying again then cannot help.
   */
  render(source: Uint8Array, options: RenderOptions): Promise<RenderedImage>;
}

export interface ImageOperator {
  /**
   * What was asked for of one picture, each operation by itself: what one of them fails for holds up no other.
   * Throws ImageUnreadable when the picture cannot be opened at all.
   */
  operate(source: Uint8Array, options: OperateOptions): Promise<OperatedImage>;
}

/** `too_complex`: a drawing that takes too long, or too much memory. */
export type ImageUnreadableReason =
  | 'malformed'
  | 'pixels_exceeded'
  | 'unsupported'
  | 'too_complex'
  | 'watermark_unreadable';

/** The picture itself is why there are no renditions; any other error is the machinery's. */
export class ImageUnreadable extends Error {
  override readonly name = 'ImageUnreadable';
  readonly reason: ImageUnreadableReason;

  constructor(reason: ImageUnreadableReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
