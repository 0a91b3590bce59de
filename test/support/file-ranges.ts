import { createReadStream } from 'node:fs';
import type { EncodeSource } from '../../lambdas/core/video/ports.ts';

/** The original of an encoder, of a file of the disk that nobody reads as a whole. */
export const fileRanges =
  (path: string): EncodeSource['open'] =>
  async ({ from, to }, signal) =>
    createReadStream(path, { start: from, end: to - 1, signal });
