import { describe, expect, it } from 'vitest';
import { inflate } from '../../../lambdas/adapters/zlib/inflate.ts';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { otherWork } from '../../../lambdas/core/processing/other-work.ts';
import type { WorkResult } from '../../../lambdas/core/processing/work.ts';
import { zip } from '../../support/archives.ts';
import { file } from '../../support/domain.ts';

const work = (bytes: Buffer, mimeType: string): Promise<WorkResult> =>
  otherWork({
    library: { readRange: async (_, from, length) => bytes.subarray(from, from + length) },
    inflate,
    bounds: defaultLimits.inspection,
  })(
    file({ mimeType, size: bytes.length, status: 'processing', libraryKey: 'k', libraryVersionId: 'v' }),
    [],
  );

describe('an archive', () => {
  it('tells what it holds, all of it as text and the beginning in its details', async () => {
    const entries = Array.from({ length: 150 }, (_, at) => ({ name: `folder/${at}.txt`, content: 'x' }));

    const { facts, text, made } = await work(zip(entries), 'application/zip');

    expect(facts.details).toMatchObject({ entries: 150, unpackedBytes: 150 });
    expect(facts.details?.names).toHaveLength(100);
    expect(text?.split('\n')).toHaveLength(150);
    expect(made).toEqual([]);
  });

  it('that nobody can list is ready all the same', async () => {
    expect(await work(Buffer.from('PK'), 'application/zip')).toEqual({
      facts: { media: {} },
      made: [],
      unmade: [],
    });
  });
});
