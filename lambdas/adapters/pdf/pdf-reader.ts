import type { DocumentContent, DocumentReader, ReadBounds } from '../../core/documents/ports.ts';
import { childEntry, childFile } from '../child/child-code.ts';
import { type ChildLimits, runChild } from '../child/run-child.ts';
import { FrameReader } from './frames.ts';
import { PdfProgress } from './pdf-progress.ts';

const childLimits = {
  /**
   * Node alone has 580 MiB of private writable memory in the kernel's sense, 45 MiB of them in use. With PDFium's memory and a
   * drawn page that comes to some 1,150; worker and child together have 1,100 MiB in use at most.
   */
  maxDataKiB: 1_280 * 1024,
  maxHeapMiB: 96,
  maxCpuSeconds: 90,
  /** Five pages of noise, which do not compress, and the text. */
  maxOutputBytes: 96 * 1024 * 1024,
} as const;

/** Pages that may each end a child; what is left after these is not tried. */
const maxRuns = 8;

export interface PdfReaderLimits {
  /** An ordinary page is drawn in 0.1 s and read in 0.01 s; maps with a million lines take seconds. */
  readonly stallMs: number;
  /** What PDFium's memory may grow to, the document's bytes included, in pages of 64 KiB. */
  readonly maxWasmPages: number;
}

const defaultLimits: PdfReaderLimits = { stallMs: 15_000, maxWasmPages: (512 * 1024) / 64 };

/**
 * PDF by PDFium, in a process of its own that is killed at its limits. A page at which it ends is given up, and another
 * process goes on behind it.
 */
export const createPdfReader = (own: Partial<PdfReaderLimits> = {}): DocumentReader => ({
  read: (source, { bounds }) => readPdf(source, bounds, own),
});

async function readPdf(
  source: Uint8Array,
  bounds: ReadBounds,
  own: Partial<PdfReaderLimits>,
): Promise<DocumentContent> {
  const { stallMs, maxWasmPages } = { ...defaultLimits, ...own };
  const endsAt = performance.now() + bounds.deadlineMs;
  const progress = new PdfProgress(bounds);
  for (let run = 1; !progress.isComplete; run += 1) {
    const deadlineMs = endsAt - performance.now();
    if (deadlineMs <= 0 || run > maxRuns) {
      progress.giveUpRest('too_complex');
      break;
    }
    await readOn(source, progress, maxWasmPages, { ...childLimits, deadlineMs, stallMs });
  }
  return progress.content();
}

/** One child: as far as it comes. */
async function readOn(
  source: Uint8Array,
  progress: PdfProgress,
  maxWasmPages: number,
  limits: ChildLimits,
): Promise<void> {
  const task = progress.task(childFile('@hyzyla/pdfium/pdfium.wasm'), source.byteLength);
  const frames = new FrameReader();
  const args = [
    `--wasm-max-mem-pages=${maxWasmPages}`,
    childEntry('pdf.child', import.meta.url),
    JSON.stringify(task),
  ];
  let refusal: unknown;
  const end = await runChild(args, source, limits, (chunk) => {
    try {
      for (const frame of frames.push(chunk)) progress.take(frame);
    } catch (error) {
      refusal ??= error;
    }
  });
  if (refusal) throw refusal;
  if (progress.isComplete) return;
  if (end.exceeded && progress.isReady) return progress.giveUpNext('too_complex', end.words);
  if (progress.isBroken) return progress.giveUpNext('malformed', end.words);
  // The deadline came while another child was to go on: what was read is kept.
  if (end.exceeded && progress.isOpen) return progress.giveUpRest('too_complex');
  // A machine that is too busy to start it says nothing about the document, which comes again.
  const how = end.exceeded ? 'was killed before it began' : `ended with ${end.status}`;
  throw new Error(`the process that reads PDF ${how}: ${end.words}`);
}
