import { errors } from '../../core/errors.ts';
import type { IndexQuery, SearchFilter, Visible } from '../../core/search/ports.ts';
import { queryWords } from '../../core/search/words.ts';

/** What a match is worth, by where the word is found and how. */
const worth = { name: 10, namePrefix: 6, nameTypo: 3, tags: 5, metadata: 3, text: 1 } as const;

/** A typo is one letter from four letters on, two from eight on; the first one is right. */
const fuzziness = 'AUTO:4,8';
const typoPrefixLetters = 1;
/** Terms of the index that a typo is compared to, at most. */
const typoMaxTerms = 50;

/** The place after which a page begins: score, time of the last change, id. */
type SortValues = readonly [number, number, string];

/** The body of one search. It names no words of other tenants in its scores: see searchMapping. */
export function searchBody(query: IndexQuery): object {
  const { tenantId, text, visible, filter, limit, cursor } = query;
  return {
    // One more than a page tells whether there are more.
    size: limit + 1,
    _source: ['fileId'],
    track_total_hits: false,
    query: {
      bool: {
        filter: [{ term: { tenantId } }, ...visibleTo(visible), ...filters(filter)],
        should: queryWords(text).map(wordClause),
        minimum_should_match: 1,
      },
    },
    sort: [{ _score: 'desc' }, { updatedAt: 'desc' }, { fileId: 'asc' }],
    ...(cursor !== undefined && { search_after: sortValuesOf(cursor) }),
  };
}

/** Documents of a tenant, whatever they are. */
export const allOf = (tenantId: string, size: number): object => ({
  size,
  _source: ['fileId'],
  query: { bool: { filter: [{ term: { tenantId } }] } },
});

const wordClause = (word: string): object => ({
  dis_max: {
    queries: [
      constant(worth.name, { term: { name: word } }),
      constant(worth.namePrefix, { prefix: { name: word } }),
      constant(worth.nameTypo, {
        fuzzy: {
          name: {
            value: word,
            fuzziness,
            prefix_length: typoPrefixLetters,
            max_expansions: typoMaxTerms,
            transpositions: true,
          },
        },
      }),
      constant(worth.tags, { term: { tags: word } }),
      constant(worth.metadata, { term: { metadata: word } }),
      constant(worth.text, { term: { text: word } }),
    ],
  },
});

const constant = (boost: number, filter: object): object => ({ constant_score: { filter, boost } });

const visibleTo = (visible: Visible): readonly object[] =>
  visible === 'all'
    ? []
    : [
        {
          bool: {
            should: [
              { term: { ownerId: visible.userId } },
              { terms: { fileId: [...visible.sharedFileIds] } },
            ],
            minimum_should_match: 1,
          },
        },
      ];

function filters(filter: SearchFilter): readonly object[] {
  const { type, path, ownerId, statuses, tag, from, to, minBytes, maxBytes } = filter;
  return [
    ...(type === undefined ? [] : [{ term: { types: type } }]),
    ...(path === undefined ? [] : [{ term: { folders: path } }]),
    ...(ownerId === undefined ? [] : [{ term: { ownerId } }]),
    ...(statuses === undefined ? [] : [{ terms: { status: [...statuses] } }]),
    ...(tag === undefined ? [] : [{ term: { tag } }]),
    ...range('createdAt', from, to),
    ...range('size', minBytes, maxBytes),
  ];
}

const range = <T>(field: string, gte: T | undefined, lte: T | undefined): readonly object[] =>
  gte === undefined && lte === undefined
    ? []
    : [{ range: { [field]: { ...(gte !== undefined && { gte }), ...(lte !== undefined && { lte }) } } }];

export const cursorOf = (sort: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(sort)).toString('base64url');

/** A forged one stays in its own search: tenant and rights are none of it. @throws cursor_invalid */
function sortValuesOf(cursor: string): SortValues {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (isSortValues(values)) return values;
  } catch {
    // Not JSON: said below.
  }
  throw errors.cursorInvalid();
}

const isSortValues = (values: unknown): values is SortValues =>
  Array.isArray(values) &&
  values.length === 3 &&
  ['number', 'number', 'string'].every((type, index) => typeof values[index] === type);
