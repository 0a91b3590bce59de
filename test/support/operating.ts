import sharp from 'sharp';
import { expect } from 'vitest';
import { createImageOperator } from '../../lambdas/adapters/sharp/operate.ts';
import { type Operation, recipesOf } from '../../lambdas/core/images/operations.ts';
import type { StoredMark } from '../../lambdas/core/images/ports.ts';

const operator = createImageOperator();

interface Asked {
  readonly mark?: StoredMark;
  readonly budgetMs?: number;
  readonly maxPixels?: number;
}

export const operate = (
  source: Uint8Array,
  mimeType: string,
  operations: readonly Operation[],
  asked: Asked = {},
) =>
  operator.operate(source, {
    mimeType,
    tasks: operations
      .flatMap((operation) => recipesOf(operation, mimeType))
      .map((task) => ({ ...task, ...(asked.mark && { mark: asked.mark }) })),
    maxPixels: asked.maxPixels ?? 100_000_000,
    budgetMs: asked.budgetMs ?? 60_000,
  });

/** The one result of one operation. */
export async function only(source: Uint8Array, mimeType: string, operation: Operation, asked: Asked = {}) {
  const { made, unmade } = await operate(source, mimeType, [operation], asked);
  expect(unmade).toEqual([]);
  expect(made).toHaveLength(1);
  const result = made[0] as (typeof made)[number];
  return { ...result, shown: await sharp(result.body, { pages: -1 }).metadata() };
}

/** A magenta square of 40 x 40. */
export const logo = async (): Promise<StoredMark> => ({
  mimeType: 'image/png',
  body: await sharp({ create: { width: 40, height: 40, channels: 3, background: '#ff00ff' } })
    .png()
    .toBuffer(),
});
/** One of each type. */
export const operations: readonly Operation[] = [
  { type: 'compress' },
  { type: 'thumbnails', params: { sizes: [64] } },
  { type: 'resize', params: { width: 90 } },
  { type: 'watermark', params: { mark: { text: 'mine' } } },
  { type: 'convert', params: { format: 'webp' } },
];
