import type { FileRecord } from '../files/file.ts';
import type { RenditionRecipe } from '../images/recipes.ts';

/** A rendition that is to be made. */
export interface PendingRendition {
  readonly name: string;
  readonly recipe: RenditionRecipe;
  readonly onDemand?: true;
}

export interface MadeRendition {
  readonly name: string;
  readonly folder: 'thumbnails' | 'previews';
  readonly mimeType: string;
  /** With its dot. */
  readonly extension: string;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Only where it moves. */
  readonly frames?: number;
  readonly body: Uint8Array;
  /** Of the original's size; negative where it is larger. */
  readonly bytesSaved?: number;
}

/** A rendition that could not be made (`failed`), or that there is none of for such a file (`skipped`). */
export interface UnmadeRendition {
  readonly name: string;
  readonly status: 'failed' | 'skipped';
  readonly reason: string;
}

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

/**
 * What one worker does with one content. `pending` is what is to be made; the first time for a content its facts are
 * wanted as well, and renditions that only its content tells may come on top. The same file and pending always give the
 * same result.
 * @throws Unprocessable when trying again cannot help; any other error comes again with its message
 */
export type Work = (file: FileRecord, pending: readonly PendingRendition[]) => Promise<WorkResult>;

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
