/** The one index of an OpenSearch collection that holds the files of all tenants. */
export const searchIndexName = 'files';

/**
 * Words come as core/search/words.ts makes them, so that both indexes know the same ones; here they are only told apart
 * by the space between them. Every clause scores by itself: how rare a word is would be counted over all tenants, and
 * scores would tell one of them what the others have.
 */
const words = { type: 'text', analyzer: 'whitespace', norms: false } as const;
const keyword = { type: 'keyword' } as const;

export const searchMapping = {
  dynamic: 'strict',
  properties: {
    tenantId: keyword,
    fileId: keyword,
    ownerId: keyword,
    /** Its folder and every one above it. */
    folders: keyword,
    /** The MIME type and its first half. */
    types: keyword,
    status: keyword,
    tag: keyword,
    size: { type: 'long' },
    createdAt: { type: 'date' },
    updatedAt: { type: 'date' },
    name: words,
    tags: words,
    metadata: words,
    text: words,
  },
} as const;
