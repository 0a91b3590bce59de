import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { createImageProcessor } from '../../../lambdas/adapters/sharp/image-processor.ts';
import { loadSharp } from '../../../lambdas/adapters/sharp/load.ts';
import { ImageUnreadable } from '../../../lambdas/core/images/ports.ts';
import { defaultPresets } from '../../../lambdas/core/images/presets.ts';
import { svg, svgBombs } from '../../support/bombs/svg.ts';
import { colourAt, colourDistance } from '../../support/images.ts';

vi.setConfig({ testTimeout: 60_000 });

const render = (source: Uint8Array, deadlineMs?: number) =>
  createImageProcessor(deadlineMs).render(source, {
    mimeType: 'image/svg+xml',
    presets: defaultPresets,
    maxPixels: 100_000_000,
  });
const reasonFor = (source: Uint8Array, deadlineMs?: number) =>
  render(source, deadlineMs).then(
    () => 'rendered',
    (error: unknown) => (error instanceof ImageUnreadable ? error.reason : error),
  );
const preview = async (content: string) => {
  const { renditions } = await render(svg(content));
  return renditions[3]?.body ?? new Uint8Array();
};
const isBlank = async (picture: Uint8Array) => {
  const { channels } = await sharp(picture).stats();
  return channels[3]?.max === 0;
};

/** Seconds of blurring and growing for every pixel. */
const slow = svg(
  `<filter id="f">${'<feMorphology operator="dilate" radius="190"/><feMorphology operator="erode" radius="190"/>'.repeat(20)}</filter><rect width="90" height="90" filter="url(#f)"/>`,
);

describe('a drawing', () => {
  it('becomes sharp renditions, however small it calls itself, and tells its own size', async () => {
    const image = await render(
      svg('<rect width="12" height="24" fill="#c81e1e"/>', 'width="24" height="24"'),
    );

    expect(image.media).toMatchObject({ format: 'svg', width: 24, height: 24, hasAlpha: true });
    expect(
      image.renditions.map(({ name, width, height, extension }) => `${name} ${width}x${height} ${extension}`),
    ).toEqual([
      'small 150x150 .webp',
      'medium 300x300 .webp',
      'large 800x600 .webp',
      'preview 1080x1080 .webp',
    ]);
    const body = image.renditions[3]?.body ?? new Uint8Array();
    const flat = await sharp(body).flatten({ background: '#ffffff' }).toBuffer();
    expect(colourDistance(await colourAt(flat, 0.45, 0.5), [200, 30, 30])).toBeLessThan(5);
    expect(colourDistance(await colourAt(flat, 0.55, 0.5), [255, 255, 255])).toBeLessThan(5);
  });

  it.each([
    ['without a size', '<rect width="50%" height="50%"/>', ''],
    ['of the largest size', '<rect width="50%" height="50%"/>', 'width="100000" height="100000"'],
    [
      'of a size in millimetres',
      '<rect width="50%" height="50%"/>',
      'width="210mm" height="297mm" viewBox="0 0 210 297"',
    ],
  ])('%s is rendered', async (_name, content, attributes) => {
    expect(await reasonFor(svg(content, attributes))).toBe('rendered');
  });

  it('loads no file and no address', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-svg-'));
    try {
      const file = join(directory, 'red.png');
      const red = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
        .png()
        .toBuffer();
      await writeFile(file, red);
      const drawing = (address: string) =>
        `<image width="100" height="100" href="${address}" xlink:href="${address}"/>`;
      const data = `data:image/png;base64,${red.toString('base64')}`;
      expect(await isBlank(await preview(drawing(data)))).toBe(false);
      for (const address of [
        file,
        pathToFileURL(file).href,
        'red.png',
        `../../../../../..${file}`,
        'http://127.0.0.1:9/red.png',
      ]) {
        expect(await isBlank(await preview(drawing(address)))).toBe(true);
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('that takes too long is killed at the deadline, and nothing stays behind', async () => {
    const startedAt = performance.now();

    expect(await reasonFor(slow, 1_500)).toBe('too_complex');

    expect(performance.now() - startedAt).toBeLessThan(5_000);
    const running = execFileSync('ps', ['-eo', 'ppid=,args='], { encoding: 'utf8' });
    const own = running.split('\n').filter((line) => line.trim().startsWith(`${process.pid} `));
    expect(own.join('\n')).not.toContain('svg.child');
  });

  it('that takes too much memory ends its own process only', async () => {
    // Each layer is a picture of its own.
    const layers = 190;
    const content = `${'<g opacity="0.5"><rect width="100%" height="100%"/>'.repeat(layers)}${'</g>'.repeat(layers)}`;
    expect(await reasonFor(svg(content, 'width="1000" height="1000"'))).toBe('too_complex');
    expect(await reasonFor(svg('<rect width="9" height="9"/>'))).toBe('rendered');
  });

  it('that is broken is malformed', async () => {
    expect(await reasonFor(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><rect'))).toBe('malformed');
    expect(await reasonFor(Buffer.alloc(0))).toBe('malformed');
  });

  it('that the inspection would have refused does no harm, should it ever come so far', async () => {
    const deadlineMs = 1_500;
    const dangerous = svgBombs.filter(({ name }) =>
      /entities|use each other|elements|huge radius/.test(name),
    );
    expect(dangerous).toHaveLength(4);
    for (const { bytes } of dangerous) {
      expect(['rendered', 'malformed', 'too_complex']).toContain(await reasonFor(await bytes(), deadlineMs));
    }
  });

  it('is never opened in the process that serves everybody', async () => {
    await expect(loadSharp()(svg('<rect/>')).metadata()).rejects.toThrow();
  });
});
