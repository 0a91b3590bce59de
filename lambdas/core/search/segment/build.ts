import type { DocumentChange, SearchDocument } from '../ports.ts';
import { runsOf, wordsOf } from '../words.ts';
import type { DocumentRow } from './documents.ts';
import { type Segment, writeSegment } from './segment.ts';
import { inMetadata, inName, inTags, maxCount, type TermEntry } from './terms.ts';

/** Where each term occurs, as it is collected: documents come in ascending order. */
type Collected = Map<string, { documents: number[]; how: number[] }>;

/** A segment of these changes; of several changes of one file the newest counts. `now`: milliseconds of the epoch. */
export function buildSegment(changes: readonly DocumentChange[], now: number): Segment {
  const names: Collected = new Map();
  const body: Collected = new Map();
  const rows = newestOfEach(changes).map(({ fileId, revision, document }, index): DocumentRow => {
    if (!document) return { fileId, revision, goneSince: now };
    const lengths = collect(names, body, index, document);
    const { ownerId, path, mimeType, status, tags, size, createdAt, updatedAt } = document;
    const times = { createdAt: Date.parse(createdAt), updatedAt: Date.parse(updatedAt) };
    return {
      fileId,
      revision,
      facts: { ownerId, path, mimeType, status, tags, size, ...times, ...lengths },
    };
  });
  return writeSegment({ rows, names: sorted(names), body: sorted(body) });
}

function newestOfEach(changes: readonly DocumentChange[]): readonly DocumentChange[] {
  const newest = new Map<string, DocumentChange>();
  for (const change of changes) {
    const known = newest.get(change.fileId);
    if (!known || known.revision <= change.revision) newest.set(change.fileId, change);
  }
  return [...newest.values()].sort((a, b) => (a.fileId < b.fileId ? -1 : 1));
}

function collect(names: Collected, body: Collected, index: number, document: SearchDocument) {
  const inNames = new Map<string, number>();
  const mark = (text: string, flag: number): void => {
    for (const { term } of wordsOf(text)) inNames.set(term, (inNames.get(term) ?? 0) | flag);
  };
  mark(document.filename, inName);
  for (const tag of document.tags) mark(tag, inTags);
  for (const [term, how] of inNames) append(names, term, index, how);

  const inBody = new Map<string, number>();
  for (const { term } of wordsOf(document.text)) {
    const count = inBody.get(term) ?? 0;
    if (count < maxCount) inBody.set(term, count + 1);
  }
  for (const field of Object.entries(document.metadata)) {
    for (const text of field) {
      for (const { term } of wordsOf(text)) inBody.set(term, (inBody.get(term) ?? 0) | inMetadata);
    }
  }
  for (const [term, how] of inBody) append(body, term, index, how);
  return { nameLength: count(runsOf(document.filename)), textLength: count(runsOf(document.text)) };
}

function append(to: Collected, term: string, document: number, how: number): void {
  const known = to.get(term);
  if (known) {
    known.documents.push(document);
    known.how.push(how);
  } else to.set(term, { documents: [document], how: [how] });
}

const sorted = (collected: Collected): TermEntry[] =>
  [...collected.keys()].sort().map((term): TermEntry => {
    const { documents, how } = collected.get(term) as { documents: number[]; how: number[] };
    return [term, { documents: Uint32Array.from(documents), how: Uint8Array.from(how) }];
  });

function count(words: Iterable<unknown>): number {
  let total = 0;
  for (const _ of words) total += 1;
  return total;
}
