import type { RenditionPreset } from './presets.ts';

/** One of the tenant's presets, as it was when the file was stored. */
export type PresetRecipe = { readonly type: 'preset' } & Omit<RenditionPreset, 'name'>;

export const imageFormats = ['jpeg', 'png', 'webp', 'avif', 'gif'] as const;

export type ImageFormat = (typeof imageFormats)[number];

/** How the result of an operation is written. */
export interface Encoding {
  /** `auto`: WebP where the picture has an alpha channel or moves, JPEG otherwise. */
  readonly format: ImageFormat | 'auto';
  /** 1 to 100; absent where the format loses nothing. */
  readonly quality?: number;
  /** `keep`: EXIF with the position of its camera, XMP, and the colour profile, where the format holds them. */
  readonly metadata: 'strip' | 'keep';
}

export const watermarkPositions = [
  'top-left',
  'top',
  'top-right',
  'left',
  'center',
  'right',
  'bottom-left',
  'bottom',
  'bottom-right',
] as const;

export type WatermarkPosition = (typeof watermarkPositions)[number];

/** What is put onto a picture: a text, or one content of a stored image of the same tenant. */
export type Mark = { readonly text: string } | { readonly fileId: string; readonly version: number };

export interface CompressRecipe extends Encoding {
  readonly type: 'compress';
}

export interface ConvertRecipe extends Encoding {
  readonly type: 'convert';
}

export interface ThumbnailRecipe extends Encoding {
  readonly type: 'thumbnail';
  /** Pixels of both sides of the box. */
  readonly size: number;
  readonly fit: 'cover' | 'inside';
}

export interface ResizeRecipe extends Encoding {
  readonly type: 'resize';
  /** Pixels; where one is absent the picture keeps its proportions. */
  readonly width?: number;
  readonly height?: number;
  readonly fit: 'cover' | 'inside';
}

export interface WatermarkRecipe extends Encoding {
  readonly type: 'watermark';
  readonly mark: Mark;
  readonly position: WatermarkPosition;
  /** 0.01 to 1 */
  readonly opacity: number;
  /** Of the picture's sides, 0.01 to 1. */
  readonly scale: number;
}

/** What somebody asked for, with nothing left open. */
export type OperationRecipe =
  | CompressRecipe
  | ConvertRecipe
  | ThumbnailRecipe
  | ResizeRecipe
  | WatermarkRecipe;

/** What a rendition is to become. It is kept with the rendition while that is pending, and where it was given up. */
export type RenditionRecipe = PresetRecipe | OperationRecipe;

export function presetRecipe({ name: _, ...preset }: RenditionPreset): PresetRecipe {
  return { type: 'preset', ...preset };
}

/** The presets among what is pending. */
export const presetsIn = (
  pending: readonly { readonly name: string; readonly recipe: RenditionRecipe }[],
): readonly RenditionPreset[] =>
  pending.flatMap(({ name, recipe }) => {
    if (recipe.type !== 'preset') return [];
    const { type: _, ...preset } = recipe;
    return [{ name, ...preset }];
  });
