import { deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inflate } from '../../../lambdas/adapters/zlib/inflate.ts';

const zeros = Buffer.alloc(50_000_000);
const text = Buffer.from('a text of no great length, of no great length');

describe('inflating', () => {
  it('gives back what was deflated, in both formats', () => {
    for (const [format, deflated] of [
      ['raw', deflateRawSync(text)],
      ['zlib', deflateSync(text)],
    ] as const) {
      const whole = { bytes: text, complete: true, usedBytes: deflated.length };
      expect(inflate(deflated, format, 1_000)).toEqual(whole);
      expect(inflate(Buffer.concat([deflated, text]), format, 1_000)).toEqual(whole);
    }
  });

  it('makes no more than it may of what would become much, and says so', () => {
    const { bytes, complete } = inflate(deflateRawSync(zeros), 'raw', 1_000_000);
    expect(complete).toBe(false);
    expect(bytes.length).toBeGreaterThan(500_000);
    expect(bytes.length).toBeLessThanOrEqual(1_000_000);
    expect(inflate(deflateRawSync(text), 'raw', 10).bytes.length).toBeLessThanOrEqual(10);
  });

  it('gives what there is of a stream that is cut off, and throws for what is none', () => {
    const cut = deflateSync(zeros).subarray(0, 1_000);
    expect(inflate(cut, 'zlib', zeros.length).bytes.length).toBeGreaterThan(100_000);
    expect(() => inflate(Buffer.from('no deflate at all'), 'zlib', 1_000)).toThrow();
  });
});
