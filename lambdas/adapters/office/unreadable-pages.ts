import { DocumentUnreadable } from '../../core/documents/ports.ts';
import type { Details } from '../../core/files/content-facts.ts';

/** That a record names. */
const maxPages = 20;

/**
 * What of a document could not be read.
 * @throws DocumentUnreadable when that is all of it
 */
export function unreadable(failed: readonly number[], pages: number): Pick<Details, 'unreadablePages'> {
  if (failed.length > 0 && failed.length >= pages) {
    throw new DocumentUnreadable('malformed', 'no page of the document can be read');
  }
  return failed.length > 0 ? { unreadablePages: failed.slice(0, maxPages) } : {};
}
