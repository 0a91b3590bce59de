import type { MoveFacts } from '../files/change.ts';
import type { FileRecord } from '../files/file.ts';
import {
  type ContentMove,
  type ContentRef,
  found,
  type Holding,
  holds,
  joined,
  type LibraryLocation,
  maxHolders,
  maxHoldings,
  type SharedContents,
} from '../files/shared-content.ts';
import type { DedupePolicy } from '../tenancy/policy.ts';

/** The content of an upload as other files of its tenant may have it. */
export interface Shareable {
  readonly ref: ContentRef;
  readonly quota: DedupePolicy['dedupeQuota'];
}

/** Where the content of a file is to lie, and what the change that brings it there says of it. */
export interface Place {
  readonly location: LibraryLocation;
  readonly set: Pick<FileRecord, 'holdings'>;
  readonly contents?: MoveFacts['contents'];
}

/**
 * Undefined where the file's bytes stay its own: the tenant does not share, their SHA-256 is not known, or the stage has
 * Object Lock. That locks an object: the retention of one file would forbid to delete the other, too.
 */
export function shareable(
  { tenantId, size, encryptionKey }: FileRecord,
  sha256: string | undefined,
  { dedupe, dedupeQuota }: DedupePolicy,
  hasObjectLock: boolean,
): Shareable | undefined {
  if (dedupe !== 'share' || sha256 === undefined || hasObjectLock) return undefined;
  return { ref: { tenantId, sha256, size, ...(encryptionKey && { encryptionKey }) }, quota: dedupeQuota };
}

/**
 * In the object that files with these bytes have already, else in the file's `own` copy, which others may share from
 * then on. Undefined where there is neither. What one file would have twice lies in two objects: its contents come and
 * go one by one.
 */
export async function placeContent(
  store: SharedContents,
  file: FileRecord,
  { ref, quota }: Shareable,
  own?: LibraryLocation,
): Promise<Place | undefined> {
  const { holdings = [], spares = [] } = file;
  const alone = own && { location: own, set: {} };
  if (holds(file, ref) || holdings.length + spares.length >= maxHoldings) return alone;
  const content = await store.content(ref);
  if (!content) return own && placed(file, found(ref, own));
  if (content.closed || content.paid + content.unpaid >= maxHolders) return alone;
  return placed(file, joined(content, quota));
}

function placed({ holdings = [] }: FileRecord, move: ContentMove): Place {
  const { sha256, size, encryptionKey, location } = move.content;
  const holding: Holding = { sha256, size, location, ...(encryptionKey && { encryptionKey }) };
  return { location, set: { holdings: [...holdings, holding] }, contents: [move] };
}
