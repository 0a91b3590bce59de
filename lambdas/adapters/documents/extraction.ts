import type { DocumentUnreadableReason, ReadBounds } from '../../core/documents/ports.ts';
import type { Details } from '../../core/files/content-facts.ts';

/** What the child gets to know besides the document's bytes. */
export interface ExtractRequest {
  readonly mimeType: string;
  readonly charset?: string;
  readonly bounds: Pick<ReadBounds, 'maxTextPages' | 'maxTextBytes'>;
}

/** What is drawn where a document brings no picture of its first page. */
export type Sketch =
  /** `fixed`: all letters have the same width, and lines stand as they are. */
  | { readonly kind: 'page'; readonly blocks: readonly SketchBlock[]; readonly fixed?: true }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[]; readonly hasHeader: boolean };

export interface SketchBlock {
  readonly text: string;
  readonly style: 'title' | 'heading' | 'body' | 'code';
}

/** What is read out of a document that is not a PDF. */
export interface Extraction {
  readonly pages?: number;
  readonly details: Details;
  readonly text: string;
  readonly textTruncated: boolean;
  readonly sketch?: Sketch;
  /** The first page as its author's program drew it. */
  readonly picture?: { readonly image: Uint8Array; readonly mimeType: 'image/png' | 'image/jpeg' };
}

export type Extractor = (source: Buffer, request: ExtractRequest) => Promise<Extraction>;

/** The child's answer: one line of JSON; the picture's bytes follow where there is one. */
export type ExtractAnswer =
  | {
      readonly kind: 'extracted';
      readonly extraction: Omit<Extraction, 'picture'>;
      readonly picture?: 'image/png' | 'image/jpeg';
    }
  | { readonly kind: 'refused'; readonly reason: DocumentUnreadableReason; readonly words: string };
