import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  escapeMarkup,
  fontEnvironment,
  type fontFamilies,
  textInput,
} from '../../../lambdas/adapters/sharp/fonts.ts';
import { createImageProcessor } from '../../../lambdas/adapters/sharp/image-processor.ts';
import { loadSharp } from '../../../lambdas/adapters/sharp/load.ts';
import { defaultPresets } from '../../../lambdas/core/images/presets.ts';

const draw = (drawn: Parameters<typeof textInput>[0]) =>
  loadSharp()(textInput(drawn)).png().toBuffer({ resolveWithObject: true });
/** The width of `n` letters of one kind. */
const widthOf = async (letter: string, family: keyof typeof fontFamilies) =>
  (await draw({ text: letter.repeat(20), family, sizePixels: 20, colour: '#000000' })).info.width;

describe('text that is drawn', () => {
  it('holds no markup, whatever it says, and nothing that XML refuses', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeMarkup(text);
        expect(escaped).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
        expect(escaped.isWellFormed()).toBe(true);
      }),
    );
  });

  it('is drawn whatever it says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), async (text) => {
        const { info } = await draw({ text: `x${text}`, sizePixels: 12, colour: '#ffffff' });
        expect(info.width).toBeGreaterThan(0);
      }),
      { numRuns: 50 },
    );
  });

  it('has the letters of the family that was asked for', async () => {
    const [wide, narrow] = [await widthOf('W', 'sans'), await widthOf('i', 'sans')];
    expect(wide).toBeGreaterThan(2 * narrow);
    expect(await widthOf('W', 'mono')).toBeCloseTo(await widthOf('i', 'mono'), -1);
    expect(await widthOf('W', 'serif')).not.toBe(wide);
  });

  it('fits its box', async () => {
    for (const text of ['A', 'some words', 'x'.repeat(100)]) {
      const { info } = await draw({ text, width: 200, height: 60, colour: '#000000' });
      expect(info.width).toBeLessThanOrEqual(200);
      expect(info.height).toBeLessThanOrEqual(60);
    }
  });
});

describe('the fonts', () => {
  it('are these alone, whatever the machine has', () => {
    const config = readFileSync(fontEnvironment().FONTCONFIG_FILE, 'utf8');
    expect(config.match(/<dir>/g)).toHaveLength(1);
    expect(config).toContain('dejavu-fonts-ttf');
    expect(config).not.toContain('include');
  });

  it('are there in a drawing too, whichever family that names', async () => {
    const textSvg = (family: string) =>
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="60"><text x="5" y="40" font-family="${family}" font-size="30">Hello Ωδ Жи</text></svg>`,
      );
    const drawn = async (family: string) => {
      const { renditions } = await createImageProcessor().render(textSvg(family), {
        mimeType: 'image/svg+xml',
        presets: defaultPresets.slice(0, 1),
        maxPixels: 1_000_000,
      });
      return Buffer.from(renditions[0]?.body ?? []);
    };
    const [sans, unknown, serif] = await Promise.all(['sans-serif', 'Helvetica Neue', 'serif'].map(drawn));
    const { channels } = await sharp(sans as Buffer).stats();
    expect(channels[3]?.max).toBe(255);
    expect(unknown?.equals(sans as Buffer)).toBe(true);
    expect(serif?.equals(sans as Buffer)).toBe(false);
  });
});
