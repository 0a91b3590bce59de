import type { DocumentPages } from '../content/category.ts';
import type { Details } from '../files/content-facts.ts';
import type { SecurityReport } from './security.ts';

/** What one reading may cost. A reader ends with what it has when pages or text are used up, and throws `too_complex` otherwise. */
export interface ReadBounds {
  /** Pages (slides, sheets) of which text is taken. */
  readonly maxTextPages: number;
  /** UTF-8. */
  readonly maxTextBytes: number;
  /** Pages that are drawn, from the first. */
  readonly previewPages: number;
  /** Pixels of a drawn page's longer side, at most. */
  readonly previewSide: number;
  readonly deadlineMs: number;
}

export interface ReadRequest {
  /** The inspected type. */
  readonly mimeType: string;
  /** Of text, where the inspection is certain of it. */
  readonly charset?: string;
  readonly bounds: ReadBounds;
}

export interface PagePreview {
  /** From 1. */
  readonly page: number;
  /** A PNG, JPEG or WebP that ImageProcessor opens. */
  readonly image: Uint8Array;
  readonly mimeType: 'image/png' | 'image/jpeg' | 'image/webp';
}

/** A page that could not be read or drawn; the others are not its fault. */
export interface FailedPage {
  readonly page: number;
  readonly reason: 'malformed' | 'too_complex';
}

export interface DocumentContent {
  /** Pages, slides or sheets; absent where the format has none until it is laid out. */
  readonly pages?: number;
  readonly details: Details;
  readonly text?: string;
  /** There is more text than the bounds let through. */
  readonly textTruncated: boolean;
  /** In the order of their pages; none where nothing can draw such a document. */
  readonly previews: readonly PagePreview[];
  /** Of those that were to be drawn. */
  readonly failedPages: readonly FailedPage[];
  /** How many of the drawn pages are nothing but a picture: those of scanned paper. */
  readonly scanned?: DocumentPages;
  /** What the reader itself saw; the inspection's findings are added by whoever asks. */
  readonly security?: Partial<SecurityReport>;
}

/** Reads one family of formats. The same source and request always give the same content. */
export interface DocumentReader {
  /** @throws DocumentUnreadable when the fault is the document's; trying again then cannot help */
  read(source: Uint8Array, request: ReadRequest): Promise<DocumentContent>;
}

/**
 * `encrypted`: it opens with a password only. `too_complex`: reading it takes too long, or too much memory.
 * `unsupported`: nobody here opens such a document.
 */
export type DocumentUnreadableReason = 'malformed' | 'encrypted' | 'unsupported' | 'too_complex';

/** The document itself is why it cannot be read; any other error is the machinery's. */
export class DocumentUnreadable extends Error {
  override readonly name = 'DocumentUnreadable';
  readonly reason: DocumentUnreadableReason;

  constructor(reason: DocumentUnreadableReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
