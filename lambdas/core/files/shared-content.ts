import type { DedupePolicy } from '../tenancy/policy.ts';
import type { FileRecord } from './file.ts';

/** Where a content lies in the library. */
export interface LibraryLocation {
  readonly key: string;
  readonly versionId: string;
}

/** Bytes that files of one tenant may share: those of one verified SHA-256, of one size, under one key. */
export interface ContentRef {
  readonly tenantId: string;
  /** base64 */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** ARN of the tenant's key under which they lie; absent: the bucket's default. */
  readonly encryptionKey?: string;
}

/**
 * The one object in which such bytes lie, and how many files have it. The tenant's quota counts it once for each of the
 * `paid` ones, of which there is always one; for the `unpaid` ones it does not count.
 */
export interface SharedContent extends ContentRef {
  readonly location: LibraryLocation;
  readonly paid: number;
  readonly unpaid: number;
  /** Malware was found in it: nobody comes to it any more. */
  readonly closed?: true;
}

/** A content that the file has, as the present one or as a kept version, and that other files may have, too. */
export interface Holding extends Omit<ContentRef, 'tenantId'> {
  readonly location: LibraryLocation;
}

/**
 * What a change of a file does to a content. `found`, `join`: the file has it from now on, as the first or as one more.
 * `leave`, `end`: it has it no longer, and others still do, or nobody does. `pay`: it keeps it without counting in any
 * quota, so that one of the others counts in its place.
 */
export interface ContentMove {
  readonly kind: 'found' | 'join' | 'leave' | 'end' | 'pay';
  readonly content: SharedContent;
  /** What comes to those numbers of the content, or goes. */
  readonly paid: number;
  readonly unpaid: number;
}

/** A file's record stays small, and all that it leaves when it is purged fits into one transaction. */
export const maxHoldings = 20;
/** Of one content: so many files are withdrawn by one message when malware is found in it. */
export const maxHolders = 1_000;

export const found = (ref: ContentRef, location: LibraryLocation): ContentMove => ({
  kind: 'found',
  content: { ...ref, location, paid: 1, unpaid: 0 },
  paid: 1,
  unpaid: 0,
});

export const joined = (content: SharedContent, quota: DedupePolicy['dedupeQuota']): ContentMove => ({
  kind: 'join',
  content,
  ...(quota === 'once' ? { paid: 0, unpaid: 1 } : { paid: 1, unpaid: 0 }),
});

/** Who leaves is one that counts, as long as another one does: a content that somebody has counts at least once. */
export function left(content: SharedContent): ContentMove {
  const { paid, unpaid } = content;
  if (paid > 1) return { kind: 'leave', content, paid: -1, unpaid: 0 };
  if (unpaid > 0) return { kind: 'leave', content, paid: 0, unpaid: -1 };
  return { kind: 'end', content, paid: -1, unpaid: 0 };
}

/** Undefined where the content counts for each of its files anyway. */
export const paidByOthers = (content: SharedContent): ContentMove | undefined =>
  content.unpaid > 0 ? { kind: 'pay', content, paid: 1, unpaid: -1 } : undefined;

/** What the tenant's counter moves by beside the owner's: it is the sum of its users', less what is unpaid. */
export const tenantBytes = (moves: readonly ContentMove[] = []): number =>
  moves.reduce((sum, { content, unpaid }) => sum - unpaid * content.size, 0);

/** The file's holding of the content with these bytes in the library. */
export const holdingOf = (
  { holdings = [] }: Pick<FileRecord, 'holdings'>,
  libraryVersionId: string,
): Holding | undefined => holdings.find(({ location }) => location.versionId === libraryVersionId);

export const contentOf = (tenantId: string, { location: _, ...holding }: Holding): ContentRef => ({
  tenantId,
  ...holding,
});

export const holds = ({ holdings = [] }: Pick<FileRecord, 'holdings'>, ref: ContentRef): boolean =>
  holdings.some(
    ({ sha256, size, encryptionKey }) =>
      sha256 === ref.sha256 && size === ref.size && encryptionKey === ref.encryptionKey,
  );

/** Strongly consistent. */
export interface SharedContents {
  content(ref: ContentRef): Promise<SharedContent | undefined>;
}

/** Finds all that have what lies in one object, for who takes it away from them. Strongly consistent. */
export interface ContentHolders {
  contentIn(tenantId: string, versionId: string): Promise<ContentRef | undefined>;
  /** From now on nobody comes to it; nothing where it has ended. */
  closeContent(ref: ContentRef): Promise<void>;
  /** Ids of files. */
  holders(ref: ContentRef): Promise<readonly string[]>;
}
