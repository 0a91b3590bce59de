import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SharpOptions } from 'sharp';

/**
 * The families that text is drawn with: Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Arabic and symbols. Lambda
 * brings no fonts, and a machine of ours others than the next one: these come with sharp, and nothing else is looked at.
 */
export const fontFamilies = { sans: 'DejaVu Sans', serif: 'DejaVu Serif', mono: 'DejaVu Sans Mono' } as const;

/** A text to draw. It is data: whatever it holds is drawn as it stands. */
export interface TextToDraw {
  readonly text: string;
  readonly family?: keyof typeof fontFamilies;
  readonly weight?: 'normal' | 'bold';
  /** The font's size. Without meaning where `width` and `height` decide. */
  readonly sizePixels?: number;
  /** `#rrggbb` */
  readonly colour: string;
  /** Lines are broken at this width, in pixels. */
  readonly width?: number;
  /** Together with `width`: the letters are as large as this box allows. */
  readonly height?: number;
  readonly align?: 'left' | 'centre' | 'right';
}

/** At 72 dots an inch a point is a pixel. */
const pixelsPerPoint = 72;

/** sharp's input that draws a text as RGBA, just as large as what was drawn. */
export function textInput(drawn: TextToDraw): SharpOptions {
  const { text, colour, width, height, align, family = 'sans', weight = 'normal', sizePixels } = drawn;
  // Pango finds the largest size that fits the box, and only where none is named.
  const sized = width !== undefined && height !== undefined ? '' : ` ${sizePixels ?? 16}`;
  return {
    text: {
      text: `<span foreground="${colour}">${escapeMarkup(text)}</span>`,
      font: `${fontFamilies[family]}${weight === 'bold' ? ' Bold' : ''}${sized}`,
      rgba: true,
      ...(width !== undefined && { width }),
      ...(height !== undefined ? { height } : { dpi: pixelsPerPoint }),
      ...(align && { align }),
      wrap: 'word-char',
    },
  };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Pango reads markup in every text. What XML cannot hold at all (control characters, halves of surrogate pairs) would make
 * it refuse the whole text.
 */
export const escapeMarkup = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot hold
    .replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g, '\ufffd')
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);

let configFile: string | undefined;

/**
 * fontconfig's configuration that knows these fonts alone, and where it is, as a process needs it in its environment.
 * Written once a process, with a cache beside it, so that only the first text waits until the fonts are read.
 */
export function fontEnvironment(): { readonly FONTCONFIG_FILE: string } {
  configFile ??= writeConfig();
  return { FONTCONFIG_FILE: configFile };
}

function writeConfig(): string {
  const packageFile = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json');
  const directory = mkdtempSync(join(tmpdir(), 'fonts-'));
  const file = join(directory, 'fonts.conf');
  writeFileSync(file, fontsConf(join(dirname(packageFile), 'ttf'), join(directory, 'cache')));
  return file;
}

/** The generic families, which drawings name, become ours, and so does every family that is not there. */
const fontsConf = (fonts: string, cache: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${escapeMarkup(fonts)}</dir>
  <cachedir>${escapeMarkup(cache)}</cachedir>
${(['sans', 'serif', 'mono'] as const).map(generic).join('\n')}
  <match target="pattern">
    <edit name="family" mode="append_last"><string>${fontFamilies.sans}</string></edit>
  </match>
</fontconfig>
`;

const genericNames = { sans: 'sans-serif', serif: 'serif', mono: 'monospace' } as const;

const generic = (family: keyof typeof fontFamilies): string =>
  `  <alias binding="same"><family>${genericNames[family]}</family><prefer><family>${fontFamilies[family]}</family></prefer></alias>`;
