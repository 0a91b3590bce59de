import type { DocumentReader } from '../../core/documents/ports.ts';
import { createPdfReader } from '../pdf/pdf-reader.ts';
import { extractedTypes } from './extracted-types.ts';
import { createExtractingReader } from './extracting-reader.ts';

/** Who reads which type. */
export function documentReaders(): (mimeType: string) => DocumentReader | undefined {
  const extracting = createExtractingReader();
  const readers = new Map<string, DocumentReader>([
    ['application/pdf', createPdfReader()],
    ...extractedTypes.map((mimeType) => [mimeType, extracting] as const),
  ]);
  return (mimeType) => readers.get(mimeType);
}
