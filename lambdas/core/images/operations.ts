import { svgType } from '../content/mime-types.ts';
import { hashName } from './hash-name.ts';
import type { Encoding, ImageFormat, Mark, OperationRecipe, WatermarkPosition } from './recipes.ts';

interface EncodingParams {
  readonly quality?: number | undefined;
  readonly metadata?: 'strip' | 'keep' | undefined;
}

interface FormatParams extends EncodingParams {
  readonly format?: Exclude<ImageFormat, 'gif'> | undefined;
}

/** What may be asked for (API.md); what is left out has the default of `recipesOf`. */
export type Operation =
  | { readonly type: 'compress'; readonly params?: EncodingParams | undefined }
  | {
      readonly type: 'thumbnails';
      readonly params?:
        | (FormatParams & {
            readonly sizes?: readonly number[] | undefined;
            readonly fit?: 'cover' | 'inside' | undefined;
          })
        | undefined;
    }
  | {
      readonly type: 'resize';
      readonly params: FormatParams & {
        readonly width?: number | undefined;
        readonly height?: number | undefined;
        readonly fit?: 'cover' | 'inside' | undefined;
      };
    }
  | {
      readonly type: 'watermark';
      readonly params: FormatParams & {
        readonly mark: Mark;
        readonly position?: WatermarkPosition | undefined;
        readonly opacity?: number | undefined;
        readonly scale?: number | undefined;
      };
    }
  | {
      readonly type: 'convert';
      readonly params: FormatParams & { readonly format: NonNullable<FormatParams['format']> };
    };

export interface NamedRecipe {
  readonly name: string;
  readonly recipe: OperationRecipe;
}

export const thumbnailSizes = [150, 300, 600] as const;
export const compressQuality = 85;
export const watermarkDefaults = { position: 'bottom-right', opacity: 0.7, scale: 0.3 } as const;

/** Of equal looks: AVIF's scale is another one. */
const defaultQuality = { jpeg: 80, webp: 80, avif: 55, auto: 80 } as const;

/** Types that operations take, and what the result is in when nobody says otherwise. */
const ownFormat: Readonly<Record<string, ImageFormat>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/gif': 'gif',
  [svgType]: 'png',
};

export const operableTypes = Object.keys(ownFormat);

/** A drawing has no bytes of a picture that could become fewer. */
export const canCompress = (mimeType: string): boolean => mimeType !== svgType;

/**
 * What an operation on a file of `mimeType`, one of `operableTypes`, makes: for each result one recipe with nothing
 * left open, and a name that says it. The same result always has the same name and another one never has it, however it
 * was asked for; so asking twice makes one rendition.
 */
export function recipesOf(operation: Operation, mimeType: string): readonly NamedRecipe[] {
  const own = ownFormat[mimeType];
  if (!own) throw new Error(`no operation takes ${mimeType}`);
  switch (operation.type) {
    case 'compress': {
      const encoding = encode(own, { quality: compressQuality, ...present(operation.params) });
      const { quality, metadata } = encoding;
      const name = ['compress', ...(quality ? [`q${quality}`] : []), ...kept(metadata)].join('-');
      return [{ name, recipe: { type: 'compress', ...encoding } }];
    }
    case 'convert': {
      const encoding = encode(operation.params.format, operation.params);
      const { format, quality, metadata } = encoding;
      const name = ['convert', format, ...(quality ? [`q${quality}`] : []), ...kept(metadata)].join('-');
      return [{ name, recipe: { type: 'convert', ...encoding } }];
    }
    case 'thumbnails': {
      const { sizes = thumbnailSizes, fit = 'cover', format = 'auto', ...rest } = present(operation.params);
      const encoding = encode(format, rest);
      return [...new Set(sizes)].map((size) => ({
        name: ['thumbnail', size, ...(fit === 'cover' ? [] : [fit]), ...unusual(encoding, 'auto')].join('-'),
        recipe: { type: 'thumbnail', size, fit, ...encoding },
      }));
    }
    case 'resize': {
      const { width, height, fit = 'inside', format = own, ...rest } = present(operation.params);
      const encoding = encode(format, rest);
      return [resized({ width, height, fit }, encoding, own)];
    }
    case 'watermark': {
      const {
        mark,
        format = own,
        position,
        opacity,
        scale,
        ...rest
      } = {
        ...watermarkDefaults,
        ...present(operation.params),
      };
      const encoding = encode(format, rest);
      const drawn = { mark, position, opacity: hundredths(opacity), scale: hundredths(scale) };
      const name = ['watermark', hashName(describe(drawn)), ...unusual(encoding, own)].join('-');
      return [{ name, recipe: { type: 'watermark', ...drawn, ...encoding } }];
    }
  }
}

interface Box {
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly fit: 'cover' | 'inside';
}

function resized({ width, height, fit }: Box, encoding: Encoding, own: ImageFormat): NamedRecipe {
  const both = width !== undefined && height !== undefined;
  const box = both ? [`${width}x${height}`, fit] : [width === undefined ? `h${height}` : `w${width}`];
  return {
    name: ['resize', ...box, ...unusual(encoding, own)].join('-'),
    recipe: {
      type: 'resize',
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
      // Of one side alone there is nothing to cut.
      fit: both ? fit : 'inside',
      ...encoding,
    },
  };
}

function encode(format: Encoding['format'], { quality, metadata = 'strip' }: EncodingParams): Encoding {
  if (format === 'png' || format === 'gif') return { format, metadata };
  return { format, quality: quality ?? defaultQuality[format], metadata };
}

/** What of an encoding a name has to say: what is not as usual. */
const unusual = ({ format, quality, metadata }: Encoding, usual: Encoding['format']): string[] => [
  ...(format === usual ? [] : [format]),
  ...(quality === undefined || (format in defaultQuality && quality === qualityOf(format))
    ? []
    : [`q${quality}`]),
  ...kept(metadata),
];

const qualityOf = (format: Encoding['format']): number | undefined =>
  format === 'png' || format === 'gif' ? undefined : defaultQuality[format];

const kept = (metadata: Encoding['metadata']): string[] => (metadata === 'keep' ? ['keep'] : []);

const hundredths = (value: number): number => Math.round(value * 100) / 100;

const describe = (drawn: {
  readonly mark: Mark;
  readonly position: string;
  readonly opacity: number;
  readonly scale: number;
}): string => {
  const { mark, position, opacity, scale } = drawn;
  const what = 'text' in mark ? ['text', mark.text] : ['image', mark.fileId, mark.version];
  return JSON.stringify([...what, position, opacity, scale]);
};

/** Without the fields that are there and say nothing: those would hide defaults. */
const present = <T extends object>(params: T | undefined): T =>
  Object.fromEntries(Object.entries(params ?? {}).filter(([, value]) => value !== undefined)) as T;
