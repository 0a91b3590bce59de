import { documentReaders } from '../adapters/documents/readers.ts';
import { createImageProcessor } from '../adapters/sharp/image-processor.ts';
import { documentWork } from '../core/documents/document-work.ts';
import { textMaxBytes } from '../core/processing/keep-text.ts';
import { processingWorker } from './wire-processing.ts';

export const handler = processingWorker('documents', ({ limits: { documents }, library }) =>
  documentWork({
    library,
    readerFor: documentReaders(),
    images: createImageProcessor(),
    maxBytes: documents.maxBytes,
    bounds: {
      maxTextPages: documents.textMaxPages,
      maxTextBytes: textMaxBytes,
      previewPages: documents.previewPages,
      previewSide: documents.previewSide,
      deadlineMs: documents.readSeconds * 1000,
    },
  }),
);
