/**
 * What one rendition shall be. `cover` fills the box and cuts what sticks out, centred; `inside` keeps the whole
 * picture within the box. Neither ever enlarges. `width` and `height` are pixels, `quality` is 1 to 100.
 */
export interface RenditionPreset {
  readonly name: string;
  readonly fit: 'cover' | 'inside';
  readonly width: number;
  readonly height: number;
  /** `auto`: WebP where the source has an alpha channel, JPEG otherwise. */
  readonly format: 'auto' | 'jpeg' | 'webp';
  readonly quality: number;
}

/** The presets of DESIGN 6. */
export const defaultPresets: readonly RenditionPreset[] = [
  { name: 'small', fit: 'cover', width: 150, height: 150, format: 'auto', quality: 80 },
  { name: 'medium', fit: 'cover', width: 300, height: 300, format: 'auto', quality: 80 },
  { name: 'large', fit: 'cover', width: 800, height: 600, format: 'auto', quality: 80 },
  { name: 'preview', fit: 'inside', width: 1920, height: 1080, format: 'auto', quality: 80 },
];
