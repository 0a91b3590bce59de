import { describe, expect, it } from 'vitest';
import { bulkLines } from '../../../lambdas/adapters/opensearch/documents.ts';
import { cursorOf, searchBody } from '../../../lambdas/adapters/opensearch/query.ts';
import { searchMapping } from '../../../lambdas/contract/search-mapping.ts';
import type { IndexQuery, SearchDocument } from '../../../lambdas/core/search/ports.ts';
import { queryWords } from '../../../lambdas/core/search/words.ts';

const document: SearchDocument = {
  ownerId: 'alice',
  path: '/a/b',
  filename: 'Quarterly-Report2026.pdf',
  tags: ['Finance Q3'],
  metadata: { client: 'Müller' },
  mimeType: 'application/pdf',
  size: 100,
  status: 'ready',
  createdAt: '2026-11-20T12:00:00.000Z',
  updatedAt: '2026-11-21T12:00:00.000Z',
  text: 'The turbine hall',
};
const query: IndexQuery = { tenantId: 'acme', text: 'Report', visible: 'all', filter: {}, limit: 10 };

interface Body {
  readonly query: {
    readonly bool: { readonly filter: readonly object[]; readonly should: readonly object[] };
  };
  readonly [key: string]: unknown;
}
const bodyOf = (over: Partial<IndexQuery> = {}): Body => searchBody({ ...query, ...over }) as Body;

describe('a document', () => {
  it('has the words that the house finds, and every folder that it lies in', () => {
    const [target, indexed] = bulkLines('acme', { fileId: 'F1', revision: 7, document });
    expect(target).toEqual({
      index: { _index: 'files', _id: 'acme/F1', version: 7, version_type: 'external' },
    });
    expect(indexed).toMatchObject({
      folders: ['/', '/a', '/a/b'],
      types: ['application/pdf', 'application'],
      tag: ['Finance Q3'],
      tags: 'finance q3 q 3',
      metadata: 'muller',
      text: 'the turbine hall',
    });
    expect((indexed as { name: string }).name.split(' ')).toEqual(
      expect.arrayContaining(['quarterly', 'report2026', 'report', '2026', 'pdf']),
    );
  });

  it('has no field that the mapping does not know, since that one is strict', () => {
    const [, indexed = {}] = bulkLines('acme', { fileId: 'F1', revision: 1, document });
    expect(Object.keys(indexed).sort()).toEqual(Object.keys(searchMapping.properties).sort());
  });

  it('goes away under the version of its last change', () => {
    expect(bulkLines('acme', { fileId: 'F1', revision: 8 })).toEqual([
      { delete: { _index: 'files', _id: 'acme/F1', version: 8, version_type: 'external' } },
    ]);
  });
});

describe('a search', () => {
  it('always names the tenant, and of files of others only what is shared', () => {
    expect(bodyOf().query.bool.filter).toEqual([{ term: { tenantId: 'acme' } }]);
    const visible = { userId: 'alice', sharedFileIds: ['F2'] };
    expect(bodyOf({ visible }).query.bool.filter).toEqual([
      { term: { tenantId: 'acme' } },
      {
        bool: {
          should: [{ term: { ownerId: 'alice' } }, { terms: { fileId: ['F2'] } }],
          minimum_should_match: 1,
        },
      },
    ]);
  });

  it('scores by constants alone, so that no score tells what other tenants have', () => {
    const text = 'Report2026 hall';
    const clauses = bodyOf({ text }).query.bool.should as {
      dis_max: { queries: object[] };
    }[];
    expect(clauses).toHaveLength(queryWords(text).length);
    for (const { dis_max } of clauses) {
      for (const clause of dis_max.queries) expect(Object.keys(clause)).toEqual(['constant_score']);
    }
  });

  it('takes every filter, and bounds on both sides or one', () => {
    const filter = {
      ...{ type: 'image', path: '/a', ownerId: 'bob', statuses: ['ready'] as const, tag: 'x' },
      ...{ from: '2026-01-01T00:00:00.000Z', minBytes: 1, maxBytes: 2 },
    };
    expect(bodyOf({ filter }).query.bool.filter.slice(1)).toEqual([
      { term: { types: 'image' } },
      { term: { folders: '/a' } },
      { term: { ownerId: 'bob' } },
      { terms: { status: ['ready'] } },
      { term: { tag: 'x' } },
      { range: { createdAt: { gte: '2026-01-01T00:00:00.000Z' } } },
      { range: { size: { gte: 1, lte: 2 } } },
    ]);
  });

  it('goes on where the cursor says, and refuses one that it never gave out', () => {
    const sort = [3, 1_795_262_400_000, 'F1'] as const;
    expect(bodyOf({ cursor: cursorOf(sort) }).search_after).toEqual(sort);
    for (const cursor of ['', 'zzz', cursorOf([1, 2]), cursorOf(['a', 2, 'F1'])]) {
      expect(() => searchBody({ ...query, cursor })).toThrow(
        expect.objectContaining({ code: 'cursor_invalid' }),
      );
    }
  });
});
