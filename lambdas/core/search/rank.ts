import { errors } from '../errors.ts';
import { below } from '../files/list.ts';
import type { Audience, OpenSegment, WordMatches } from './matches.ts';
import type { IndexHit, SearchFilter } from './ports.ts';
import type { DocumentTable } from './segment/documents.ts';

/** Where a hit stands: by score, then newest first, then by id. */
export interface Place {
  readonly score: number;
  readonly updatedAt: number;
  readonly fileId: string;
}

/** Scores are compared by these decimals, so that the order in which numbers are added up makes none. */
const scoreDecimals = 4;

/** A word that more than half of the files have says little: it orders what the other words find, and finds nothing. */
const commonAbove = 0.5;
/** Among fewer files half of them is soon reached. */
const commonFrom = 20;

interface Weighed {
  readonly worth: readonly Float64Array[];
  readonly rarity: number;
  readonly finds: boolean;
}

/**
 * The best `limit` hits after `after`. A file's score is the sum of its words' worth by how rare each is (BM25's idf),
 * and less by the square of what is missing of all words' rarity: who has every word comes first, who lacks but a common
 * one right behind.
 */
export function rank(
  segments: readonly OpenSegment[],
  audience: Audience,
  words: readonly WordMatches[],
  { filter, limit, after }: { filter: SearchFilter; limit: number; after?: Place | undefined },
): readonly Place[] {
  const weighed = weigh(words, audience.total);
  const rarest = weighed.reduce((sum, { rarity }) => sum + rarity, 0);
  const best: Place[] = [];
  segments.forEach(({ head: { documents } }, segment) => {
    const admits = filterOf(filter, documents);
    for (let index = 0; index < documents.count; index += 1) {
      const score = scoreOf(weighed, segment, index, rarest);
      if (score === 0 || !admits(index)) continue;
      const place = {
        score,
        updatedAt: documents.updatedAt[index] as number,
        fileId: documents.fileIds[index] as string,
      };
      if (!after || compare(after, place) < 0) insert(best, place, limit);
    }
  });
  return best;
}

function weigh(words: readonly WordMatches[], total: number): readonly Weighed[] {
  const found = words.filter(({ documents }) => documents > 0);
  const isCommon = ({ documents }: WordMatches): boolean =>
    total >= commonFrom && documents > total * commonAbove;
  const allCommon = found.every(isCommon);
  return found.map((word) => ({
    worth: word.worth,
    rarity: Math.log(1 + (total - word.documents + 0.5) / (word.documents + 0.5)),
    finds: allCommon || !isCommon(word),
  }));
}

function scoreOf(weighed: readonly Weighed[], segment: number, index: number, rarest: number): number {
  let sum = 0;
  let covered = 0;
  let isFound = false;
  for (const { worth, rarity, finds } of weighed) {
    const value = (worth[segment] as Float64Array)[index] as number;
    if (value === 0) continue;
    sum += value * rarity;
    covered += rarity;
    isFound ||= finds;
  }
  if (!isFound) return 0;
  const share = covered / rarest;
  // What is found is above 0, however common its words.
  return Math.max(10 ** -scoreDecimals, Number((sum * share * share).toFixed(scoreDecimals)));
}

/** Below 0 when the first comes first. */
const compare = (a: Place, b: Place): number =>
  b.score - a.score || b.updatedAt - a.updatedAt || (a.fileId < b.fileId ? -1 : a.fileId > b.fileId ? 1 : 0);

function insert(best: Place[], place: Place, limit: number): void {
  if (best.length === limit && compare(place, best[limit - 1] as Place) > 0) return;
  let at = best.length;
  while (at > 0 && compare(place, best[at - 1] as Place) < 0) at -= 1;
  best.splice(at, 0, place);
  if (best.length > limit) best.pop();
}

/** What repeats is decided once for each value of its table. */
function filterOf(filter: SearchFilter, documents: DocumentTable): (index: number) => boolean {
  const { type, path, ownerId, statuses, tag, from, to, minBytes, maxBytes } = filter;
  const { names } = documents;
  const tests: ((index: number) => boolean)[] = [];
  const among = (column: Uint32Array, values: readonly string[], holds: (value: string) => boolean): void => {
    const flags = values.map(holds);
    tests.push((index) => flags[column[index] as number] === true);
  };
  if (type !== undefined) among(documents.mimeTypes, names.mimeTypes, (value) => isOfType(value, type));
  if (path !== undefined) among(documents.paths, names.paths, (value) => isWithin(value, path));
  if (ownerId !== undefined) among(documents.owners, names.owners, (value) => value === ownerId);
  if (statuses) among(documents.statuses, names.statuses, (value) => statuses.includes(value as never));
  if (from !== undefined || to !== undefined) {
    const [first, last] = [from ? Date.parse(from) : 0, to ? Date.parse(to) : Number.MAX_SAFE_INTEGER];
    tests.push((index) => within(documents.createdAt[index] as number, first, last));
  }
  if (minBytes !== undefined || maxBytes !== undefined) {
    const [least, most] = [minBytes ?? 0, maxBytes ?? Number.MAX_SAFE_INTEGER];
    tests.push((index) => within(documents.sizes[index] as number, least, most));
  }
  if (tag !== undefined) {
    const wanted = names.tags.indexOf(tag);
    const { tags, tagsFrom } = documents;
    tests.push((index) => {
      for (let at = tagsFrom[index] as number; at < (tagsFrom[index + 1] as number); at += 1) {
        if (tags[at] === wanted) return true;
      }
      return false;
    });
  }
  return (index) => tests.every((holds) => holds(index));
}

export const isOfType = (mimeType: string, type: string): boolean =>
  type.includes('/') ? mimeType === type : mimeType.startsWith(`${type}/`);

export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(below(folder));

const within = (value: number, least: number, most: number): boolean => value >= least && value <= most;

/** `given`: how many hits the pages before have had. */
export const encodePlace = ({ score, updatedAt, fileId }: Place, given: number): string =>
  btoa(JSON.stringify([score, updatedAt, fileId, given]))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** @throws cursor_invalid */
export function decodePlace(cursor: string): { readonly after: Place; readonly given: number } {
  try {
    const [score, updatedAt, fileId, given, ...more]: unknown[] = JSON.parse(
      atob(cursor.replaceAll('-', '+').replaceAll('_', '/')),
    );
    const numbers = [score, updatedAt, given].every((part) => typeof part === 'number' && part >= 0);
    if (numbers && typeof fileId === 'string' && more.length === 0) {
      const after = { score: Number(score), updatedAt: Number(updatedAt), fileId };
      return { after, given: Number(given) };
    }
  } catch {
    // falls through to the one answer for every malformed cursor
  }
  throw errors.cursorInvalid();
}

export const hitOf = ({ fileId, score }: Place): IndexHit => ({ fileId, score });
