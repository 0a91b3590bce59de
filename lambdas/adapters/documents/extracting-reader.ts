import {
  type DocumentContent,
  type DocumentReader,
  DocumentUnreadable,
  type PagePreview,
  type ReadRequest,
} from '../../core/documents/ports.ts';
import { childEntry } from '../child/child-code.ts';
import { type ChildLimits, runChild } from '../child/run-child.ts';
import { drawSketch } from './draw-sketch.ts';
import type { ExtractAnswer, Extraction, ExtractRequest } from './extraction.ts';

export interface ExtractLimits {
  readonly maxDataKiB: number;
  readonly maxHeapMiB: number;
}

/**
 * A document of 64 MiB, decoded to two bytes a character, with what is made of it. What is private and writable of Node is
 * 580 MiB before it does anything.
 */
const ownLimits: ExtractLimits = { maxDataKiB: 1_536 * 1024, maxHeapMiB: 512 };
const maxCpuSeconds = 90;
/** The text as JSON, which may double it, and the picture. */
const maxOutputBytes = 16 * 1024 * 1024;

/**
 * Everything but PDF: taken apart in a process of its own, which has no environment and is killed at its limits. The first page
 * is the picture that the author's program left of it, else a drawing of its beginning.
 */
export const createExtractingReader = (limits: Partial<ExtractLimits> = {}): DocumentReader => ({
  read: async (source, request) => {
    const extraction = await extract(source, request, { ...ownLimits, ...limits });
    const { pages, details, text, textTruncated } = extraction;
    const previews = request.bounds.previewPages > 0 ? await firstPage(extraction, request) : [];
    const content: DocumentContent = {
      ...(pages !== undefined && { pages }),
      details,
      ...(text.trim() !== '' && { text }),
      textTruncated,
      previews,
      failedPages: [],
    };
    return content;
  },
});

async function extract(
  source: Uint8Array,
  { mimeType, charset, bounds }: ReadRequest,
  limits: ExtractLimits,
): Promise<Extraction> {
  const { deadlineMs, maxTextPages, maxTextBytes } = bounds;
  const task: ExtractRequest = {
    mimeType,
    ...(charset && { charset }),
    bounds: { maxTextPages, maxTextBytes },
  };
  const childLimits: ChildLimits = { deadlineMs, ...limits, maxCpuSeconds, maxOutputBytes };
  const chunks: Buffer[] = [];
  const args = [childEntry('extract.child', import.meta.url), JSON.stringify(task)];
  const end = await runChild(args, source, childLimits, (chunk) => chunks.push(chunk));
  if (end.exceeded) throw new DocumentUnreadable('too_complex', `reading it takes too much. ${end.words}`);
  if (end.status !== 0)
    throw new Error(`the process that reads documents ended with ${end.status}: ${end.words}`);
  return understand(Buffer.concat(chunks));
}

function understand(output: Buffer): Extraction {
  const lineEnd = output.indexOf('\n');
  const said = JSON.parse(output.toString('utf8', 0, lineEnd)) as ExtractAnswer;
  if (said.kind === 'refused') throw new DocumentUnreadable(said.reason, said.words);
  const { extraction, picture } = said;
  return {
    ...extraction,
    ...(picture && { picture: { image: output.subarray(lineEnd + 1), mimeType: picture } }),
  };
}

async function firstPage(
  { picture, sketch }: Extraction,
  { bounds }: ReadRequest,
): Promise<readonly PagePreview[]> {
  if (picture) return [{ page: 1, ...picture }];
  const drawn = sketch && (await drawSketch(sketch, bounds.previewSide));
  return drawn ? [{ page: 1, image: drawn, mimeType: 'image/png' }] : [];
}
