import { type ImageProcessor, ImageUnreadable } from '../images/ports.ts';
import { presetsIn } from '../images/recipes.ts';
import { type PendingRendition, skipped, type WorkResult } from '../processing/work.ts';

/** Of a cover, 4,000 x 4,000: larger ones no shop takes. A poster is never larger than 1080p. */
const maxPixels = 16_000_000;

/** Whatever a recording says of its cover: anything but a drawing is told by its bytes, and drawings are no covers. */
const pictureType = 'image/jpeg';

export type PicturePresets = Pick<WorkResult, 'made' | 'unmade'> & { readonly placeholder?: string };

/**
 * The tenant's presets, of a video's poster or of a recording's cover. A cover is bytes that a stranger calls a picture: the
 * decoder looks at what they are, under the bounds of every picture.
 */
export async function picturePresets(
  images: ImageProcessor,
  picture: Uint8Array,
  pending: readonly PendingRendition[],
): Promise<PicturePresets> {
  const presets = presetsIn(pending);
  if (presets.length === 0) return { made: [], unmade: skipped(pending, 'unsupported') };
  try {
    const { renditions, features } = await images.render(picture, {
      mimeType: pictureType,
      presets,
      maxPixels,
    });
    const settled = new Set(renditions.map(({ name }) => name));
    return {
      made: renditions.map((rendition) => ({ ...rendition, folder: 'thumbnails' as const })),
      unmade: skipped(
        pending.filter(({ name }) => !settled.has(name)),
        'unsupported',
      ),
      ...(features && { placeholder: features.placeholder }),
    };
  } catch (error) {
    if (!(error instanceof ImageUnreadable)) throw error;
    return { made: [], unmade: skipped(pending, error.reason) };
  }
}
