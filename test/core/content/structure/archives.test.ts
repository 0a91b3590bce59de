import { describe, expect, it } from 'vitest';
import { archiveBombs } from '../../../support/bombs/archives.ts';
import { examineBytes, outcomeOf } from '../../../support/examining.ts';

/** 64 KiB at a time, 30 ms each: what one look takes while nothing but S3 is waited for. */
const maxSeconds = 3;
const secondsPerRead = 0.03;

describe('a corpus of archives', () => {
  it.each(archiveBombs.map((sample) => [sample.name, sample] as const))('%s', async (_name, sample) => {
    const bytes = await sample.bytes();
    const began = performance.now();
    const looked = await examineBytes(bytes, sample);
    const seconds = (performance.now() - began) / 1000;

    expect(outcomeOf(looked), JSON.stringify(looked.examination)).toBe(
      sample.expected === 'stored' ? 'stored' : sample.expected.reason,
    );
    expect(bytes.length).toBeLessThan(2 ** 20);
    expect(seconds + looked.reads * secondsPerRead).toBeLessThan(maxSeconds);
  });
});
