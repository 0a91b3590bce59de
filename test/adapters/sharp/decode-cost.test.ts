import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { decodeBytesPerPixel, type PixelCoding } from '../../../lambdas/core/images/decode-cost.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Large enough that pixels outweigh what a process takes anyway. */
const side = 3_000;
const MiB = 1024 * 1024;
/** Node with sharp in it, and what the encoders and the renditions of a small picture take. */
const processMiB = 150;

const picture = (channels: 3 | 4): Sharp =>
  sharp({
    create: { width: side, height: side, channels, background: { r: 120, g: 200, b: 30, alpha: 0.5 } },
  });

const kinds: readonly (readonly [string, PixelCoding, () => Sharp])[] = [
  [
    'progressive JPEG',
    { format: 'jpeg', coefficientBytes: 6 },
    () => picture(3).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }),
  ],
  [
    'interlaced PNG of 16 bits',
    { format: 'png', interlaced: true, pixelBytes: 8 },
    () => picture(4).toColourspace('rgb16').png({ progressive: true, compressionLevel: 1 }),
  ],
  [
    'AVIF',
    { format: 'avif', deep: false },
    () => picture(4).avif({ effort: 0, quality: 30, chromaSubsampling: '4:4:4' }),
  ],
];

const script = `
  import { createImageProcessor } from '${new URL('../../../lambdas/adapters/sharp/image-processor.ts', import.meta.url)}';
  import { defaultPresets } from '${new URL('../../../lambdas/core/images/presets.ts', import.meta.url)}';
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const options = { mimeType: 'image/any', presets: defaultPresets, maxPixels: 200_000_000 };
  await createImageProcessor().render(Buffer.concat(chunks), options);
  console.log(process.resourceUsage().maxRSS / 1024);
`;

/** Peak memory of a process that renders one picture. */
async function peakMiB(source: Buffer): Promise<number> {
  const running = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  running.child.stdin?.end(source);
  return Number((await running).stdout);
}

describe('decoding takes no more memory than its table says', () => {
  it.each(kinds)('for a %s', async (_name, coding, make) => {
    const source = await make().toBuffer();

    const peak = await peakMiB(source);

    const pixels = (decodeBytesPerPixel(coding) * side * side) / MiB;
    expect(peak).toBeLessThan(processMiB + source.length / MiB + pixels);
    expect(peak).toBeGreaterThan(pixels / 2);
  });
});
