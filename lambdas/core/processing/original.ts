import { budgetedSource, type ReadRange } from '../content/structure/budgeted-source.ts';
import type { ByteSource } from '../content/structure/structure.ts';
import type { FileRecord } from '../files/file.ts';
import { locationOf } from './process-image.ts';

/** A stored original, read by ranges and never as a whole. */
export interface OriginalDeps {
  readonly library: {
    /** Exactly these bytes of the version. */
    readRange(
      location: { key: string; versionId: string },
      ...range: Parameters<ReadRange>
    ): ReturnType<ReadRange>;
  };
  /** What one look may cost, in requests and in bytes. */
  readonly bounds: { readonly maxReads: number; readonly maxReadBytes: number };
}

/** @throws ReadBudgetSpent when it is read as much, or as often, as one look may */
export function originalSource({ library, bounds }: OriginalDeps, file: FileRecord): ByteSource {
  const location = locationOf(file);
  return budgetedSource(file.size, (from, length) => library.readRange(location, from, length), bounds);
}
