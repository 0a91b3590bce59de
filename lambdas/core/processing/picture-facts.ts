import { categoryOfPicture } from '../content/category.ts';
import type { Media } from '../files/content-facts.ts';
import type { FileRecord } from '../files/file.ts';
import type { RenderedImage } from '../images/ports.ts';
import type { WorkResult } from './work.ts';

/**
 * What a picture is known by. Once a content has a perceptual hash it keeps it: it is the same however often renditions are
 * made, and near-duplicates are found under it.
 */
export function pictureFacts(
  file: FileRecord,
  { media, exif, features }: Omit<RenderedImage, 'renditions'>,
): WorkResult['facts'] {
  const { width, height, format, frames, hasAlpha } = media;
  const placeholder = features?.placeholder ?? file.media?.placeholder;
  const described: Media = {
    ...{ width, height, format, hasAlpha },
    ...(frames !== undefined && { frames }),
    ...(placeholder && { placeholder }),
  };
  const found = { media: described, ...(exif && { exif }) };
  if (!features) return found;
  const { mimeType, originalName } = file;
  const pixels = features.statistics;
  const perceptualHash = file.perceptualHash ?? features.perceptualHash;
  return {
    ...found,
    category: categoryOfPicture({ mimeType, originalName, width, height, frames, exif, pixels }),
    ...(perceptualHash && { perceptualHash }),
  };
}
