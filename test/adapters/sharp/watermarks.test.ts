import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import type { Operation } from '../../../lambdas/core/images/operations.ts';
import { watermarkPositions } from '../../../lambdas/core/images/recipes.ts';
import { colourAt, colourDistance, plain } from '../../support/images.ts';
import { logo, only, operate } from '../../support/operating.ts';

vi.setConfig({ testTimeout: 60_000 });

describe('a watermark', () => {
  const blue = plain([20, 40, 160]).png().toBuffer();
  it.each(watermarkPositions)('lies %s', async (position) => {
    const { body } = await only(
      await blue,
      'image/png',
      { type: 'watermark', params: { mark: { fileId: 'L', version: 1 }, position, opacity: 1 } },
      { mark: await logo() },
    );
    const at = (near: string, far: string) =>
      position.includes(near) ? 0.06 : position.includes(far) ? 0.94 : 0.5;
    const mark = await colourAt(body, at('left', 'right'), at('top', 'bottom'));
    expect(colourDistance(mark, [255, 0, 255])).toBeLessThan(6);
    const { data } = await sharp(body).raw().toBuffer({ resolveWithObject: true });
    const marked = data.filter((value, index) => index % 3 === 0 && value > 200).length;
    expect(marked).toBe(40 * 40);
  });

  it('shows what is behind it', async () => {
    const { body } = await only(
      await blue,
      'image/png',
      { type: 'watermark', params: { mark: { fileId: 'L', version: 1 }, position: 'center' } },
      { mark: await logo() },
    );
    expect(colourDistance(await colourAt(body, 0.5, 0.5), [185, 12, 227])).toBeLessThan(6);
  });

  it('of a drawing fills its share of the picture', async () => {
    const drawing =
      '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4" fill="#ff00ff"/></svg>';
    const { body } = await only(
      await blue,
      'image/png',
      {
        type: 'watermark',
        params: { mark: { fileId: 'L', version: 1 }, position: 'center', opacity: 1, scale: 1 },
      },
      { mark: { mimeType: 'image/svg+xml', body: Buffer.from(drawing) } },
    );
    for (const x of [0.2, 0.8])
      expect(colourDistance(await colourAt(body, x, 0.5), [255, 0, 255])).toBeLessThan(6);
  });

  const drawn = async (text: string) => {
    const mark = { text };
    const { body } = await only(await blue, 'image/png', {
      type: 'watermark',
      params: { mark, opacity: 1, scale: 1 },
    });
    return body;
  };
  it('draws markup as the letters that it consists of', async () => {
    // Bold, red or unescaped it would have other letters than these, which are drawn one by one.
    const [markup, entity] = [await drawn('<b>A</b>'), await drawn('&lt;b&gt;A&lt;/b&gt;')];
    expect(markup).not.toEqual(entity);
    const plainLetters = await drawn('A');
    for (const text of [
      '<b>A</b>',
      '<span foreground="red">A</span>',
      'A & B',
      '<',
      '\'"',
      '&amp;',
      '<!-- A -->',
    ]) {
      expect(await drawn(text), text).not.toEqual(plainLetters);
    }
    const { channels } = await sharp(await drawn('<span foreground="red">AAAA</span>')).stats();
    // White letters and black shadow on blue: nothing is redder than it is green.
    expect(channels[0]?.max).toBeLessThanOrEqual((channels[1]?.max ?? 0) + 2);
  });

  it.each(['Ωμέγα', 'Привет', 'Łódź ñ ß', '\u0007\u0000', '\ud800', 'x'.repeat(200), 'سلام', '日本'])(
    'draws %j',
    async (text) => {
      const { channels } = await sharp(await drawn(text)).stats();
      expect(channels[0]?.max).toBeGreaterThan(200);
    },
  );

  it.each([1, 2, 9])('finds room on a picture of %i pixels', async (side) => {
    const tiny = await sharp({ create: { width: side, height: side, channels: 3, background: '#123' } })
      .png()
      .toBuffer();
    for (const position of watermarkPositions) {
      const { shown } = await only(tiny, 'image/png', {
        type: 'watermark',
        params: { mark: { text: 'A long text' }, position },
      });
      expect([shown.width, shown.height]).toEqual([side, side]);
    }
  });

  it('that is no picture holds up no other operation', async () => {
    const mark = { mimeType: 'image/png', body: Buffer.from('nothing of the kind') };
    const wanted: Operation[] = [
      { type: 'watermark', params: { mark: { fileId: 'L', version: 1 } } },
      { type: 'resize', params: { width: 10 } },
    ];
    const { made, unmade } = await operate(await blue, 'image/png', wanted, { mark });
    expect(made.map(({ name }) => name)).toEqual(['resize-w10']);
    expect(unmade).toMatchObject([{ status: 'skipped', reason: 'watermark_unreadable' }]);
  });
});
