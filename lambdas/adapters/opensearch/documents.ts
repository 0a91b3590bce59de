import { searchIndexName } from '../../contract/search-mapping.ts';
import type { DocumentChange, SearchDocument } from '../../core/search/ports.ts';
import { wordsOf } from '../../core/search/words.ts';

/** One line of a bulk request, or the two of a document. */
export type BulkLines = readonly object[];

export const documentId = (tenantId: string, fileId: string): string => `${tenantId}/${fileId}`;

/**
 * The file's `revision` is the document's version, which must grow: a change that comes late changes nothing. Of what was
 * removed OpenSearch remembers the version for a minute; what comes even later is found to be gone by the reader.
 */
export function bulkLines(tenantId: string, { fileId, revision, document }: DocumentChange): BulkLines {
  const target = {
    _index: searchIndexName,
    _id: documentId(tenantId, fileId),
    version: revision,
    version_type: 'external',
  };
  return document ? [{ index: target }, indexed(tenantId, fileId, document)] : [{ delete: target }];
}

/** Whatever its version is: its tenant is gone, and no change of it comes any more. */
export const forgotten = (tenantId: string, fileId: string): BulkLines => [
  { delete: { _index: searchIndexName, _id: documentId(tenantId, fileId) } },
];

function indexed(tenantId: string, fileId: string, document: SearchDocument): object {
  const { ownerId, path, filename, tags, metadata, mimeType, size, status, text } = document;
  const { createdAt, updatedAt } = document;
  return {
    tenantId,
    fileId,
    ownerId,
    folders: foldersOf(path),
    types: [mimeType, mimeType.split('/', 1)[0]],
    status,
    tag: tags,
    size,
    createdAt,
    updatedAt,
    name: spaced(filename),
    tags: spaced(tags.join(' ')),
    metadata: spaced(Object.values(metadata).join(' ')),
    text: spaced(text),
  };
}

const spaced = (text: string): string => [...wordsOf(text)].map(({ term }) => term).join(' ');

/** `/a/b`: `/`, `/a` and `/a/b`. */
function foldersOf(path: string): readonly string[] {
  const names = path.split('/').filter(Boolean);
  return ['/', ...names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)];
}
