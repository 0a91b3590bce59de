import { createAudioReader } from '../adapters/audio/audio-reader.ts';
import { createImageProcessor } from '../adapters/sharp/image-processor.ts';
import { inflate } from '../adapters/zlib/inflate.ts';
import { otherWork } from '../core/processing/other-work.ts';
import { processingWorker } from './wire-processing.ts';

export const handler = processingWorker('other', ({ limits: { inspection }, library }) =>
  otherWork({
    library,
    audio: createAudioReader(),
    images: createImageProcessor(),
    inflate,
    bounds: inspection,
  }),
);
