import {
  type DocumentContent,
  DocumentUnreadable,
  type FailedPage,
  type PagePreview,
  type ReadBounds,
} from '../../core/documents/ports.ts';
import { detailsOf, securityOf } from './details.ts';
import type { DocumentFacts, Frame } from './frames.ts';
import type { PdfTask } from './pdf.child.ts';

type Reason = FailedPage['reason'];

/**
 * What the children have told of a document so far, and what is left to do. Pages are drawn first and then read, one after
 * the other, so that the page at which a child ended is known.
 */
export class PdfProgress {
  isComplete = false;
  /** Of the child that runs: it has begun to read. */
  isReady = false;
  isBroken = false;
  readonly #bounds: ReadBounds;
  #facts: DocumentFacts | undefined;
  #draw: number[];
  #textFrom = 1;
  #textTruncated = false;
  readonly #texts: string[] = [];
  readonly #previews: PagePreview[] = [];
  readonly #failed: FailedPage[] = [];
  #pictures = 0;

  constructor(bounds: ReadBounds) {
    this.#bounds = bounds;
    this.#draw = Array.from({ length: bounds.previewPages }, (_, index) => index + 1);
  }

  /** Some child has opened the document. */
  get isOpen(): boolean {
    return this.#facts !== undefined;
  }

  task(wasmFile: string, bytes: number): PdfTask {
    this.isReady = false;
    this.isBroken = false;
    const used = this.#texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    return {
      wasmFile,
      bytes,
      draw: this.#draw,
      side: this.#bounds.previewSide,
      textFrom: this.#textFrom,
      textTo: this.#bounds.maxTextPages,
      maxTextBytes: Math.max(0, this.#bounds.maxTextBytes - used),
    };
  }

  /** @throws DocumentUnreadable where PDFium does not open the document */
  take({ header, body }: Frame): void {
    switch (header.kind) {
      case 'ready':
        this.isReady = true;
        return;
      case 'document':
        this.#facts = header.facts;
        this.#draw = this.#draw.filter((page) => page <= header.facts.pages);
        return;
      case 'refused':
        throw new DocumentUnreadable(header.reason, 'PDFium does not open it');
      case 'preview':
        this.#draw = this.#draw.filter((page) => page !== header.page);
        if (header.isPicture) this.#pictures += 1;
        this.#previews.push({ page: header.page, image: body, mimeType: 'image/png' });
        return;
      case 'failed':
        this.#fail(header.page, 'malformed');
        return;
      case 'text': {
        this.#textFrom = header.page + 1;
        // A text that was cut at its bound may end within a character, which a stream keeps back.
        const text = new TextDecoder().decode(body, { stream: true });
        if (text) this.#texts.push(text);
        return;
      }
      case 'broken':
        this.isBroken = true;
        return;
      case 'end':
        this.isComplete = true;
        this.#textTruncated ||= header.textTruncated;
    }
  }

  /**
   * The child ended at what is next: that is given up, and the next child goes on behind it.
   * @throws DocumentUnreadable when it ended before the document was open
   */
  giveUpNext(reason: Reason, words: string): void {
    if (!this.#facts)
      throw new DocumentUnreadable(reason, `PDFium ended while it opened the document. ${words}`);
    const page = this.#draw[0];
    if (page !== undefined) this.#fail(page, reason);
    else {
      this.#textFrom += 1;
      this.#textTruncated = true;
    }
  }

  /** No more children: what is left is not to be had. */
  giveUpRest(reason: Reason): void {
    for (const page of [...this.#draw]) this.#fail(page, reason);
    this.#textTruncated = true;
    this.isComplete = true;
  }

  content(): DocumentContent {
    if (!this.#facts) throw new Error('the process that reads PDF ended without a word about the document');
    const text = this.#texts.join('\n\n');
    return {
      pages: this.#facts.pages,
      details: detailsOf(this.#facts),
      ...(text && { text }),
      textTruncated: this.#textTruncated,
      previews: this.#previews,
      failedPages: this.#failed,
      scanned: { lookedAt: this.#previews.length, pictures: this.#pictures },
      security: securityOf(this.#facts),
    };
  }

  #fail(page: number, reason: Reason): void {
    this.#draw = this.#draw.filter((other) => other !== page);
    this.#failed.push({ page, reason });
  }
}
