import type { Limits } from '../../contract/limits.ts';
import { searchAnswer, searchSchemas } from '../schemas/search.ts';
import { type OperationsOf, success } from './operation.ts';

export const searchOperations = (limits: Limits): OperationsOf<'search'> => ({
  searchFiles: {
    summary: 'Files by words of their names, tags, metadata and text, best first',
    description:
      "The caller's own files and those shared with the caller; for admins, all of the tenant. Of names and tags the beginning of a word is enough, and a word that is nowhere is looked for with a mistake or two. A change can be found some seconds later; deleted files are gone at once. Follow `nextCursor` until it is absent: a page may hold fewer hits than `limit`.",
    query: searchSchemas(limits).searchFiles,
    success: success(200, 'A page of hits', searchAnswer),
    refusals: ['cursor_invalid'],
  },
});
