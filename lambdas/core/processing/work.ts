import type { FileRecord } from '../files/file.ts';
import type { RenditionRecipe } from '../images/recipes.ts';

/** A rendition that is to be made. */
export interface PendingRendition {
  readonly name: string;
  readonly recipe: RenditionRecipe;
  readonly onDemand?: true;
}

interface RenditionFacts {
  readonly name: string;
  readonly mimeType: string;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Only where it moves. */
  readonly frames?: number;
  /** Seconds. */
  readonly duration?: number;
  /** Of the original's size; negative where it is larger. */
  readonly bytesSaved?: number;
}

export interface MadeRendition extends RenditionFacts {
  readonly folder: 'thumbnails' | 'previews';
  /** With its dot. */
  readonly extension: string;
  readonly body: Uint8Array;
}

/** One that lies in the bucket already: an encoder wrote it there itself. */
export interface StoredRendition extends RenditionFacts {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

/** A rendition that could not be made (`failed`), or that there is none of for such a file (`skipped`). */
export interface UnmadeRendition {
  readonly name: string;
  readonly status: 'failed' | 'skipped';
  readonly reason: string;
}

/** Why there is none of these. */
export const skipped = (pending: readonly PendingRendition[], reason: string): readonly UnmadeRendition[] =>
  pending.map(({ name }) => ({ name, status: 'skipped', reason }));

/** What a worker found out about a content and made of it. */
export interface WorkResult {
  readonly facts: Partial<Pick<FileRecord, 'media' | 'exif' | 'category' | 'details' | 'perceptualHash'>>;
  /** All text of it that is worth finding, 1 MiB of UTF-8 at most. */
  readonly text?: string;
  /** There is more text than `text`. */
  readonly textTruncated?: boolean;
  readonly made: readonly MadeRendition[];
  readonly unmade: readonly UnmadeRendition[];
}

/** What is recorded of a content: what a worker made, or an encoder. */
export interface Delivery extends Omit<WorkResult, 'made'> {
  readonly made: readonly (MadeRendition | StoredRendition)[];
  /** Numbers that the event of its end tells besides. */
  readonly told?: Readonly<Record<string, number>>;
}

/**
 * What one worker does with one content. `pending` is what is to be made; the first time for a content its facts are
 * wanted as well, and renditions that only its content tells may come on top. The same file and pending always give the
 * same result.
 * @throws Unprocessable when trying again cannot help; any other error comes again with its message
 */
export type Work<Result extends Delivery = Delivery> = (
  file: FileRecord,
  pending: readonly PendingRendition[],
) => Promise<Result>;

/** The content itself is why nothing can be made of it. */
export class Unprocessable extends Error {
  override readonly name = 'Unprocessable';
  readonly reason: string;
  readonly status: 'failed' | 'skipped';

  constructor(reason: string, status: 'failed' | 'skipped', options?: ErrorOptions) {
    super(`${status}: ${reason}`, options);
    this.reason = reason;
    this.status = status;
  }
}
