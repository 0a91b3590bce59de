import { rgbaToThumbHash } from 'thumbhash';
import { hashedSide, perceptualHash } from '../../core/images/perceptual-hash.ts';
import { greySquare, type Pixels } from '../../core/images/pixels.ts';
import type { PictureFeatures } from '../../core/images/ports.ts';
import { statisticsOf } from '../../core/images/statistics.ts';
import type { Sharp } from './load.ts';

/** ThumbHash takes 100 pixels a side; it keeps seven frequencies at most, and 64 pixels hold those as well. */
const thumbnailSide = 64;

/** What a picture is recognised by, out of the pixels that its renditions are made of: no further decode. */
export async function pictureFeatures(sharp: Sharp, working: Pixels): Promise<PictureFeatures> {
  const { data, width, height, channels } = working;
  const scaled = sharp(data, { raw: { width, height, channels } })
    .resize(thumbnailSide, thumbnailSide, { fit: 'inside', withoutEnlargement: true, kernel: 'linear' })
    .ensureAlpha();
  const { data: rgba, info } = await scaled.raw().toBuffer({ resolveWithObject: true });
  const thumbnail: Pixels = { data: rgba, width: info.width, height: info.height, channels: 4 };
  const hash = perceptualHash(greySquare(thumbnail, hashedSide));
  return {
    placeholder: Buffer.from(rgbaToThumbHash(info.width, info.height, rgba)).toString('base64'),
    ...(hash && { perceptualHash: hash }),
    statistics: statisticsOf(working),
  };
}
