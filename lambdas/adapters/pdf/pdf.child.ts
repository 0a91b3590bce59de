import { documentFacts } from './document-facts.ts';
import { drawPage, openForm } from './draw-page.ts';
import { type DocumentFacts, encodeFrame, type FrameHeader } from './frames.ts';
import { pageText } from './page-text.ts';
import { loadPdfium, type Pdfium } from './pdfium.ts';
import { isPicturePage } from './picture-page.ts';

/** What one child is to do. The document's bytes come by standard input. */
export interface PdfTask {
  readonly wasmFile: string;
  readonly bytes: number;
  /** Pages to draw, in this order; those behind the last are passed over. */
  readonly draw: readonly number[];
  readonly side: number;
  /** Text is taken of these pages, both included, until there is more than `maxTextBytes` of it. */
  readonly textFrom: number;
  readonly textTo: number;
  readonly maxTextBytes: number;
}

/** FPDF_ERR_PASSWORD and FPDF_ERR_SECURITY: a password, or a scheme that nobody but its makers opens. */
const encryptedErrors = [4, 5];

const say = (header: FrameHeader, body?: Uint8Array): void => {
  for (const part of encodeFrame(header, body)) process.stdout.write(part);
};

async function receive(pdfium: Pdfium, bytes: number): Promise<number> {
  const start = pdfium.wasmExports.malloc(Math.max(1, bytes));
  if (start === 0) throw new Error(`PDFium has no ${bytes} bytes for the document`);
  let at = start;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    pdfium.HEAPU8.set(chunk, at);
    at += chunk.length;
  }
  return start;
}

function read(pdfium: Pdfium, source: number, task: PdfTask): void {
  const document = pdfium._FPDF_LoadMemDocument64(source, task.bytes, 0);
  if (document === 0) {
    const isEncrypted = encryptedErrors.includes(pdfium._FPDF_GetLastError());
    say({ kind: 'refused', reason: isEncrypted ? 'encrypted' : 'malformed' });
    return;
  }
  const facts = documentFacts(pdfium, document);
  // A document without a page is a page tree that cannot be followed.
  if (facts.pages <= 0) {
    say({ kind: 'refused', reason: 'malformed' });
    return;
  }
  say({ kind: 'document', facts });
  draw(pdfium, document, facts, task);
  say({ kind: 'end', textTruncated: !takeText(pdfium, document, facts, task) });
}

function draw(pdfium: Pdfium, document: number, { pages, hasForm }: DocumentFacts, task: PdfTask): void {
  const wanted = task.draw.filter((page) => page <= pages);
  if (wanted.length === 0) return;
  const form = hasForm ? openForm(pdfium, document) : 0;
  for (const number of wanted) {
    const page = pdfium._FPDF_LoadPage(document, number - 1);
    if (page === 0) {
      say({ kind: 'failed', page: number });
      continue;
    }
    const picture = drawPage(pdfium, page, form, task.side);
    say({ kind: 'preview', page: number, isPicture: isPicturePage(pdfium, page) }, picture);
    pdfium._FPDF_ClosePage(page);
  }
}

/** @returns whether that is all text of the document */
function takeText(pdfium: Pdfium, document: number, { pages }: DocumentFacts, task: PdfTask): boolean {
  let left = task.maxTextBytes;
  for (let number = task.textFrom; number <= Math.min(task.textTo, pages); number += 1) {
    const page = pdfium._FPDF_LoadPage(document, number - 1);
    const text = Buffer.from(page === 0 ? '' : pageText(pdfium, page));
    if (page !== 0) pdfium._FPDF_ClosePage(page);
    say({ kind: 'text', page: number }, text.subarray(0, left));
    left -= text.length;
    if (left < 0) return false;
  }
  return pages <= task.textTo;
}

const task = JSON.parse(process.argv[2] ?? '') as PdfTask;
const pdfium = await loadPdfium(task.wasmFile);
const source = await receive(pdfium, task.bytes);
say({ kind: 'ready' });
try {
  read(pdfium, source, task);
} catch (error) {
  // A trap, or the end of its memory: either way the page's fault.
  process.stderr.write(error instanceof Error ? error.message : String(error));
  say({ kind: 'broken' });
}
