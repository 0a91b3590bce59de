import { createImageProcessor } from '../adapters/sharp/image-processor.ts';
import { createImageOperator } from '../adapters/sharp/operate.ts';
import { imageWork } from '../core/processing/process-image.ts';
import { processingWorker } from './wire-processing.ts';

export const handler = processingWorker('images', ({ limits: { pipeline, processing }, store, library }) =>
  imageWork({
    store,
    library,
    images: { ...createImageProcessor(), ...createImageOperator() },
    maxPixels: pipeline.imageMaxPixels,
    maxBytes: pipeline.imageMaxBytes,
    watermarkMaxBytes: processing.watermarkMaxBytes,
    operationsBudgetMs: processing.operationsBudgetMs,
    monotonicMs: () => performance.now(),
  }),
);
