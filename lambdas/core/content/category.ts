import type { Category } from '../files/content-facts.ts';
import type { PixelStatistics } from '../images/statistics.ts';
import { canonicalMimeType, contentType, mediaKind } from './mime-types.ts';
import { isScreen } from './screens.ts';

const spreadsheets =
  /^(?:application\/vnd\.(?:ms-excel.*|openxmlformats-officedocument\.spreadsheetml\..+|oasis\.opendocument\.spreadsheet.*|apple\.numbers)|text\/(?:csv|tab-separated-values))$/;
const archives =
  /^application\/(?:zip|gzip|x-tar|vnd\.rar|x-rar-compressed|x-7z-compressed|x-bzip2|x-xz|zstd|java-archive|x-lz4|lzip|vnd\.ms-cab-compressed)$/;
/** What nothing but cameras writes, most of all. Whoever could look inside may know better. */
const cameraTypes = /^image\/(?:jpeg|heic|heif|heic-sequence|heif-sequence)$/;

/** What the type alone says: for what nobody looks into, and until somebody has. */
export function categoryOfType(mimeType: string): Category {
  const type = canonicalMimeType(mimeType);
  if (spreadsheets.test(type)) return 'spreadsheet';
  if (archives.test(type)) return 'archive';
  switch (mediaKind(type)) {
    case 'image':
      return cameraTypes.test(type) ? 'photo' : 'other';
    case 'audio':
      return 'audio';
    case 'video':
      return 'video';
    case 'document':
    case 'text':
      return 'document';
    default:
      return 'other';
  }
}

export interface DocumentPages {
  /** That were looked at, and of those the ones that are one picture over the whole page. */
  readonly lookedAt: number;
  readonly pictures: number;
}

/** Of a PDF whose pages are pictures, with or without text that a reader put behind them, paper was scanned. */
export function categoryOfDocument(mimeType: string, pages?: DocumentPages): Category {
  const isScan = pages !== undefined && pages.lookedAt > 0 && pages.pictures / pages.lookedAt > 0.5;
  return isScan ? 'scan' : categoryOfType(mimeType);
}

export interface Picture {
  readonly mimeType: string;
  /** As its owner's system called it. */
  readonly originalName: string;
  /** Upright pixels. */
  readonly width: number;
  readonly height: number;
  readonly frames?: number | undefined;
  readonly exif?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly pixels: PixelStatistics;
}

interface Rule {
  readonly category: Category;
  readonly holds: (picture: Picture) => boolean;
}

/**
 * The first rule that holds decides; `other` are drawings, logos, charts and icons. Where the signs are weak a rule rather
 * does not hold: a filter that shows what does not belong there is worse than one that misses some.
 */
const pictureRules: readonly Rule[] = [
  // A scanner names itself; a camera that is called so does not exist.
  { category: 'scan', holds: ({ exif }) => writtenBy(exif, /\bscan|scanjet|scansnap/i) },
  // Only a lens has an aperture. Phones' screenshots carry EXIF as well, so make and model alone say little.
  { category: 'photo', holds: ({ exif }) => lensFields.some((field) => exif?.[field] !== undefined) },
  { category: 'other', holds: ({ frames = 1, mimeType }) => frames > 1 || mimeType === 'image/svg+xml' },
  { category: 'other', holds: ({ width, height }) => Math.min(width, height) < minSide },
  // Systems write screenshots as PNG in exactly the screen's size, and without transparency.
  {
    category: 'screenshot',
    holds: (picture) => isLossless(picture) && isScreen(picture) && picture.pixels.transparent === 0,
  },
  // Recompressed by a messenger, the areas of one colour are still there.
  { category: 'screenshot', holds: (picture) => isScreen(picture) && isDrawn(picture.pixels) },
  // A window is of any size: then its name must say so, and its pixels must not deny it.
  {
    category: 'screenshot',
    holds: ({ originalName, pixels }) => screenshotName.test(originalName) && isDrawn(pixels),
  },
  { category: 'scan', holds: (picture) => isPage(picture) && isPaper(picture.pixels) },
  { category: 'scan', holds: ({ originalName, pixels }) => scanName.test(originalName) && isPaper(pixels) },
  // Measured: of photos, however compressed, 1 to 22 % of the pixels are exactly like their neighbours and four colours make up
  // 34 % at most; of charts, logos and diagrams 55 to 99 %, or, recompressed, four colours 74 %.
  { category: 'photo', holds: ({ pixels }) => !isDrawn(pixels) && pixels.transparent < 0.02 },
];

/** What a picture shows, by what wrote it, its size and its pixels; its name is a hint and no more. */
export const categoryOfPicture = (picture: Picture): Category =>
  pictureRules.find(({ holds }) => holds(picture))?.category ?? 'other';

const isDrawn = ({ flat, dominant }: PixelStatistics): boolean =>
  dominant > 0.5 || (flat > 0.4 && dominant > 0.3);

const lensFields = ['fNumber', 'exposureSeconds', 'iso', 'focalLengthMm', 'lensModel'];

const writtenBy = (exif: Picture['exif'], name: RegExp): boolean =>
  ['make', 'model', 'software'].some((field) => name.test(String(exif?.[field] ?? '')));

/** Pixels. Below it pictures are icons and avatars. */
const minSide = 100;

const isLossless = ({ mimeType }: Picture): boolean => contentType(mimeType)?.mimeType === 'image/png';

/** As Windows, macOS, Android, iOS and GNOME name them, in the languages that most speak. */
const screenshotName =
  /screen[-_ ]?(?:shot|cap|grab)|bildschirmfoto|capture d.?.cran|captura|schermata|schermafbeelding|sk.rmbild|скриншот|снимок экрана|屏幕|截屏|截图|スクリーンショット/i;
const scanName = /(?:^|[-_ ])scan(?:[-_ .\d]|ned|$)|camscanner|adobe[-_ ]?scan|gescannt|numéris/i;

/** Sides of A, B and C papers, US letter and US legal, either way, as scanners round and cut them. */
const pageAspects = [Math.SQRT2, 11 / 8.5, 14 / 8.5];
const aspectTolerance = 0.03;
/** Pixels of the longer side: an A4 page at 85 dpi. */
const minPagePixels = 1_000;

function isPage({ width, height }: Picture): boolean {
  const longer = Math.max(width, height);
  const aspect = longer / Math.min(width, height);
  return (
    longer >= minPagePixels && pageAspects.some((page) => Math.abs(aspect / page - 1) <= aspectTolerance)
  );
}

/** Mostly paper, some ink, little between them and little colour. */
const isPaper = ({ light, dark, mid, grey, transparent }: PixelStatistics): boolean =>
  transparent === 0 && light > 0.55 && dark > 0.003 && dark < 0.35 && mid < 0.25 && grey > 0.75;
