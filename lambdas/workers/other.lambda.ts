import { inflate } from '../adapters/zlib/inflate.ts';
import { otherWork } from '../core/processing/other-work.ts';
import { processingWorker } from './wire-processing.ts';

export const handler = processingWorker('other', ({ limits: { inspection }, library }) =>
  otherWork({ library, inflate, bounds: inspection }),
);
