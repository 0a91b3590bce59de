import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { inflate } from '../../../../lambdas/adapters/zlib/inflate.ts';
import { defaultLimits } from '../../../../lambdas/contract/limits.ts';
import { budgetedSource } from '../../../../lambdas/core/content/structure/budgeted-source.ts';
import { inspectImage } from '../../../../lambdas/core/content/structure/images/inspect-image.ts';
import { inspectSvg } from '../../../../lambdas/core/content/structure/images/svg/inspect-svg.ts';
import {
  ReadBudgetSpent,
  type StructureInspector,
} from '../../../../lambdas/core/content/structure/structure.ts';
import { svg } from '../../../support/bombs/svg.ts';
import { animatedWebp, bigTiff, bmp, gif, icon, mp4, png } from '../../../support/image-writer.ts';
import { photo } from '../../../support/images.ts';

vi.setConfig({ testTimeout: 30_000 });

const context = {
  mimeType: 'image/any',
  detected: { kind: 'unknown' } as const,
  rules: { svg: 'rasterize', activeContent: 'allow', encryptedContent: 'allow' } as const,
  inflate,
};
const { maxReads, maxReadBytes } = defaultLimits.inspection;

describe('whatever the bytes are', () => {
  const picture = () => sharp({ create: { width: 24, height: 16, channels: 3, background: '#864' } });
  const seeds: readonly (readonly [
    name: string,
    inspect: StructureInspector,
    make: () => Promise<Buffer>,
  ])[] = [
    [
      'JPEG',
      inspectImage,
      async () =>
        Buffer.concat([await photo({ width: 24, height: 16, progressive: true }), mp4().subarray(0, 40)]),
    ],
    ['PNG', inspectImage, () => photo({ width: 24, height: 16, format: 'png' })],
    ['GIF', inspectImage, async () => gif(24, 16, 3, 'made by hand')],
    ['WebP', inspectImage, async () => animatedWebp(24, 16, 3)],
    ['AVIF', inspectImage, () => picture().avif({ effort: 0 }).toBuffer()],
    ['TIFF', inspectImage, () => picture().tiff().toBuffer()],
    [
      'BigTIFF',
      inspectImage,
      async () =>
        bigTiff([
          [0x100, 4, 9],
          [0x101, 4, 9],
        ]),
    ],
    ['BMP', inspectImage, async () => bmp(24, 16, 24 * 16 * 3)],
    ['icon', inspectImage, async () => icon(png({ width: 24, height: 16 }))],
    [
      'SVG',
      inspectSvg,
      async () => svg('<g id="a"><use href="#b"/></g><rect fill="url(#a)"/><style>a{}</style>'),
    ],
  ];

  it.each(seeds)(
    'a mutated %s gets a verdict, within the reads that it may cost',
    async (_name, inspect, make) => {
      const seed = await make();
      const mutation = fc.record({
        at: fc.oneof(fc.nat(seed.length - 1), fc.nat(Math.min(63, seed.length - 1))),
        bytes: fc.oneof(
          fc.uint8Array({ minLength: 1, maxLength: 8 }),
          fc.constantFrom(new Uint8Array(4), new Uint8Array(4).fill(0xff), new Uint8Array([0x80, 0, 0, 0])),
        ),
        removed: fc.constantFrom(0, 0, 1, 4, 40),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(mutation, { minLength: 1, maxLength: 4 }),
          fc.boolean(),
          async (mutations, isCut) => {
            let bytes: Buffer = Buffer.from(seed);
            for (const { at, bytes: written, removed } of mutations) {
              const kept = bytes.subarray(Math.min(bytes.length, at + written.length + removed));
              bytes = Buffer.concat([
                bytes.subarray(0, at),
                written,
                isCut ? kept.subarray(0, kept.length / 2) : kept,
              ]);
            }
            let reads = 0;
            let readBytes = 0;
            const read = async (from: number, length: number) => {
              reads += 1;
              readBytes += length;
              return bytes.subarray(from, from + length);
            };
            try {
              const { verdict } = await inspect(
                budgetedSource(bytes.length, read, { maxReads, maxReadBytes }),
                context,
              );
              expect(['sound', 'refused']).toContain(verdict);
            } catch (error) {
              if (!(error instanceof ReadBudgetSpent)) throw error;
            }
            expect(reads).toBeLessThanOrEqual(maxReads);
            expect(readBytes).toBeLessThanOrEqual(maxReadBytes);
          },
        ),
        { numRuns: 300 },
      );
    },
  );
});
