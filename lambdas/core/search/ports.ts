import type { FileRecord } from '../files/file.ts';
import type { Status } from '../files/status.ts';

/**
 * The full-text index behind GET /storage/search. What implements it: segments in S3 (adapters/search-segments), which
 * cost nothing when idle; an engine of its own for tenants who outgrow that.
 *
 * The index is a guide to file ids and never the truth about a file: whoever searches reads the found files from the
 * table, consistently, and decides anew who may see them (core/search/search.ts). So an index may be some seconds late,
 * and may still know a file that is gone; it must never mix tenants, and never count what `visible` leaves out.
 */
export interface SearchIndex {
  /**
   * Takes what some files of one tenant are now. Idempotent, in any order: of two changes of a file the one with the
   * higher `revision` holds, whichever comes first, and a removal is a change like any other. Done when it returns: a
   * search that begins later finds it.
   */
  update(tenantId: string, changes: readonly DocumentChange[]): Promise<void>;
  /**
   * Of a tenant that was erased, once nothing of it changes any more. What lies in the tenant's buckets goes with these.
   */
  forget(tenantId: string): Promise<void>;
  /** One page, best first. @throws cursor_invalid, validation_failed (a result window beyond what the index serves) */
  search(query: IndexQuery): Promise<IndexPage>;
}

/** What one file is to the index from `revision` on. */
export interface DocumentChange {
  readonly fileId: string;
  /** The file's `revision` as it was read: counts the changes of its record. */
  readonly revision: number;
  /** Absent: the file is not to be found any more. */
  readonly document?: SearchDocument;
}

/** What can be searched and filtered of a file. */
export interface SearchDocument
  extends Pick<
    FileRecord,
    'ownerId' | 'path' | 'filename' | 'tags' | 'metadata' | 'mimeType' | 'size' | 'status'
  > {
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Of its content, at most `search.textMaxCharacters`; empty where there is none. */
  readonly text: string;
}

export interface IndexQuery {
  readonly tenantId: string;
  /** What was typed, as it is; at least one word of it can be searched (core/search/words.ts). */
  readonly text: string;
  readonly visible: Visible;
  readonly filter: SearchFilter;
  /** Hits of a page, 1 or more. */
  readonly limit: number;
  /** `nextCursor` of the page before, for the same text, filter and caller. Opaque to whoever searches. */
  readonly cursor?: string;
}

/**
 * Which files count at all: everything of the tenant (admins), or one's own and those that are shared with one. Not a
 * filter: how rare a word is, and so every score, is judged among these alone. Else scores would tell of the contents of
 * files which the caller may not see.
 */
export type Visible = 'all' | { readonly userId: string; readonly sharedFileIds: readonly string[] };

/** What hits must be besides; all that are given hold together. */
export interface SearchFilter {
  /** A MIME type, or its first half, as in `image`. */
  readonly type?: string;
  /** A folder: files in it and below it. */
  readonly path?: string;
  readonly ownerId?: string;
  readonly statuses?: readonly Status[];
  /** One of the file's tags, exactly. */
  readonly tag?: string;
  /** Bounds of createdAt, both inclusive, ISO 8601 UTC with milliseconds. */
  readonly from?: string;
  readonly to?: string;
  /** Bounds of the size, both inclusive. */
  readonly minBytes?: number;
  readonly maxBytes?: number;
}

export interface IndexHit {
  readonly fileId: string;
  /** Above 0; comparable within one query only. */
  readonly score: number;
}

/**
 * By score, then by the time of the last change, newest first, then by id, so that pages of an index that does not change
 * neither repeat nor leave out a file.
 */
export interface IndexPage {
  readonly hits: readonly IndexHit[];
  /** Absent: there is no more. */
  readonly nextCursor?: string;
}
