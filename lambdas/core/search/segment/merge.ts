import { type DocumentRow, rowOf } from './documents.ts';
import { readHead, type Segment, type SegmentHead, termsOf, writeSegment } from './segment.ts';
import type { Postings, TermEntry } from './terms.ts';

export interface ToMerge {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly headBytes: number;
}

/**
 * Which document of several segments tells what a file is now: the one of the highest revision; of two equal ones, that
 * of the segment with the higher id. One byte a document, 1 for what counts; what is gone counts here, too.
 */
export function newestDocuments(
  segments: readonly { readonly id: string; readonly head: SegmentHead }[],
): readonly Uint8Array[] {
  const counts = segments.map(({ head }) => new Uint8Array(head.documents.count));
  const newest = new Map<string, { segment: number; index: number; revision: number }>();
  const oldestFirst = segments
    .map(({ id }, segment) => ({ id, segment }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const { segment } of oldestFirst) {
    const { fileIds, revisions, count } = (segments[segment] as { head: SegmentHead }).head.documents;
    for (let index = 0; index < count; index += 1) {
      const fileId = fileIds[index] as string;
      const revision = revisions[index] as number;
      const known = newest.get(fileId);
      if (known && known.revision > revision) continue;
      if (known) (counts[known.segment] as Uint8Array)[known.index] = 0;
      newest.set(fileId, { segment, index, revision });
      (counts[segment] as Uint8Array)[index] = 1;
    }
  }
  return counts;
}

/**
 * One segment of several, without what is superseded in them, and without what is gone since before `forgetBefore`
 * (milliseconds of the epoch): 0 where another segment may hold what would come back when that is forgotten.
 */
export function mergeSegments(inputs: readonly ToMerge[], forgetBefore: number): Segment {
  const opened = inputs.map(({ id, bytes, headBytes }) => ({
    id,
    bytes,
    headBytes,
    head: readHead(bytes, headBytes),
  }));
  const kept = newestDocuments(opened);
  const rows: DocumentRow[] = [];
  const renumbered = opened.map(({ head: { documents } }, input) => {
    // 0 for what is dropped, else its new number and one.
    const numbers = new Uint32Array(documents.count);
    for (let index = 0; index < documents.count; index += 1) {
      if (kept[input]?.[index] !== 1) continue;
      if (documents.gone[index] === 1 && (documents.updatedAt[index] as number) < forgetBefore) continue;
      rows.push(rowOf(documents, index));
      numbers[index] = rows.length;
    }
    return numbers;
  });
  const names = opened.map(({ head }) => namesOf(head));
  const bodies = opened.map(({ head, bytes }) => bodyOf(head, bytes));
  return writeSegment({ rows, names: mergeTerms(names, renumbered), body: mergeTerms(bodies, renumbered) });
}

function* namesOf({ names }: SegmentHead): Generator<TermEntry> {
  for (let index = 0; index < names.terms.length; index += 1) {
    yield [names.terms[index] as string, names.postings(index)];
  }
}

function* bodyOf({ blocks }: SegmentHead, bytes: Uint8Array): Generator<TermEntry> {
  for (const { at, length } of blocks) yield* termsOf(bytes.subarray(at, at + length));
}

/** All inputs side by side, term by term. New numbers ascend from input to input, so postings are strung together. */
function* mergeTerms(
  inputs: readonly Iterator<TermEntry>[],
  renumbered: readonly Uint32Array[],
): Generator<TermEntry> {
  const heads = inputs.map((input) => input.next());
  for (;;) {
    let least: string | undefined;
    for (const { done, value } of heads) {
      if (!done && (least === undefined || value[0] < least)) least = value[0];
    }
    if (least === undefined) return;
    const parts: { postings: Postings; numbers: Uint32Array }[] = [];
    for (let input = 0; input < inputs.length; input += 1) {
      const head = heads[input] as IteratorResult<TermEntry>;
      if (head.done || head.value[0] !== least) continue;
      parts.push({ postings: head.value[1], numbers: renumbered[input] as Uint32Array });
      heads[input] = (inputs[input] as Iterator<TermEntry>).next();
    }
    const postings = strung(parts);
    if (postings.documents.length > 0) yield [least, postings];
  }
}

function strung(parts: readonly { postings: Postings; numbers: Uint32Array }[]): Postings {
  const most = parts.reduce((sum, { postings }) => sum + postings.documents.length, 0);
  const documents = new Uint32Array(most);
  const how = new Uint8Array(most);
  let length = 0;
  for (const { postings, numbers } of parts) {
    for (let index = 0; index < postings.documents.length; index += 1) {
      const number = numbers[postings.documents[index] as number] as number;
      if (number === 0) continue;
      documents[length] = number - 1;
      how[length] = postings.how[index] as number;
      length += 1;
    }
  }
  return { documents: documents.subarray(0, length), how: how.subarray(0, length) };
}
