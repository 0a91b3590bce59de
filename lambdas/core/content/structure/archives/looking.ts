import type { ByteSource, Finding, StructureContext } from '../structure.ts';
import { maxDepth, maxEntries, maxInflateBytes } from './bounds.ts';
import { giveUp, refuse } from './judged.ts';

/** What was counted over an archive and all the archives in it. */
export interface Tally {
  entries: number;
  /** What everything would become that somebody unpacks to the last. */
  inflatedBytes: number;
  /** What was inflated here, to look into it. */
  inflatedHereBytes: number;
  /** Reads for archives within large ones. */
  nestedReads: number;
}

/** One look at an archive, at one of its levels. */
export interface Looking {
  readonly context: StructureContext;
  readonly tally: Tally;
  readonly findings: Set<Finding>;
  /** Of the object that was uploaded. */
  readonly objectBytes: number;
  /** 0: the archive that was uploaded. */
  readonly depth: number;
  /** Looks into what lies in this one. */
  readonly lookInto: (source: ByteSource, kind: ArchiveKind, looking: Looking) => Promise<void>;
}

/** `closed`: a format that nobody here can open. */
export type ArchiveKind = 'zip' | 'tar' | 'gzip' | 'closed';

export function countEntries({ tally }: Looking, entries: number): void {
  tally.entries += entries;
  if (tally.entries > maxEntries) {
    refuse('bomb_suspected', `more than ${maxEntries} entries, with those of the archives in it`);
  }
}

export function countInflated({ tally }: Looking, bytes: number): void {
  tally.inflatedHereBytes += bytes;
  if (tally.inflatedHereBytes > maxInflateBytes) {
    giveUp(`the archives in it take more than ${maxInflateBytes} bytes to look into`);
  }
}

export function deeper(looking: Looking): Looking {
  if (looking.depth === maxDepth) {
    refuse('bomb_suspected', `archives within archives, deeper than ${maxDepth}`);
  }
  return { ...looking, depth: looking.depth + 1 };
}
