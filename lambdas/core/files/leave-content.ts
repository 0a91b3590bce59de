import type { FileRecord } from './file.ts';
import {
  type ContentMove,
  contentOf,
  holdingOf,
  type LibraryLocation,
  left,
  paidByOthers,
  type SharedContents,
} from './shared-content.ts';

/** What becomes of a file's holdings in a change. */
export interface Leaving {
  readonly contents: readonly ContentMove[];
  readonly set: Pick<FileRecord, 'holdings' | 'spares' | 'remains'>;
}

/**
 * A file that is purged leaves every content that it has. Objects that others still have it spares, also those that lie
 * below its own keys; those that nobody has any longer are its to remove, wherever they lie.
 */
export async function leaveAll(store: SharedContents, file: FileRecord): Promise<Leaving | undefined> {
  const { tenantId, holdings = [], withdrawals = [] } = file;
  // Of what was withdrawn a moment ago the bytes may be there still.
  const withdrawn = withdrawals.flatMap(({ left: its }) => (its && !its.shared ? [its] : []));
  if (holdings.length + withdrawn.length === 0) return undefined;
  const contents = await Promise.all(holdings.map((holding) => store.content(contentOf(tenantId, holding))));
  const moves = contents.flatMap((content) => (content ? [left(content)] : []));
  return {
    contents: moves,
    set: {
      holdings: [],
      spares: sparesAfter(file, moves),
      remains: [...objectsOf(moves, 'end'), ...withdrawn.map(({ key, versionId }) => ({ key, versionId }))],
    },
  };
}

/**
 * A file leaves a content in which malware was found. Under legal hold it stays with it, unread: its bytes are evidence.
 * `isLast`: they are nobody's any more, or must not be seen.
 */
export async function leaveInfected(
  store: SharedContents,
  file: FileRecord,
  libraryVersionId: string,
): Promise<(Leaving & { readonly isLast: boolean }) | undefined> {
  const { tenantId, holdings = [] } = file;
  const holding = holdingOf(file, libraryVersionId);
  const content = holding && (await store.content(contentOf(tenantId, holding)));
  if (!content) return undefined;
  if (file.legalHold) {
    const move = paidByOthers(content);
    return { contents: move ? [move] : [], set: {}, isLast: true };
  }
  const move = left(content);
  return {
    contents: [move],
    set: { holdings: holdings.filter((one) => one !== holding), spares: sparesAfter(file, [move]) },
    isLast: move.kind === 'end',
  };
}

const objectsOf = (moves: readonly ContentMove[], kind: ContentMove['kind']): readonly LibraryLocation[] =>
  moves.flatMap((move) => (move.kind === kind ? [move.content.location] : []));

const sparesAfter = (
  { spares = [] }: FileRecord,
  moves: readonly ContentMove[],
): readonly LibraryLocation[] => [...spares, ...objectsOf(moves, 'leave')];
