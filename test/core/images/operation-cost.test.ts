import { describe, expect, it } from 'vitest';
import {
  isAffordable,
  maxOperationBytes,
  type OperationCost,
} from '../../../lambdas/core/images/operation-cost.ts';

const picture = { width: 9_600, height: 6_400 };
const cost: OperationCost = {
  source: picture,
  decodeBytesPerPixel: 1.2,
  turnedPixelBytes: 0,
  result: picture,
  format: 'jpeg',
  keptBytes: 0,
};

describe('an operation is affordable', () => {
  it('by what its watermark fills, besides the picture', () => {
    const layer = (scale: number) => ({ width: picture.width * scale, height: picture.height * scale });
    expect(isAffordable({ ...cost, layer: layer(0.3) })).toBe(true);
    expect(isAffordable({ ...cost, layer: layer(1) })).toBe(false);
  });

  it('by what the results take that are kept beside it', () => {
    expect(isAffordable({ ...cost, keptBytes: maxOperationBytes / 4 })).toBe(true);
    expect(isAffordable({ ...cost, keptBytes: maxOperationBytes * 0.6 })).toBe(false);
  });
});
