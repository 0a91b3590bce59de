import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { ByteSource } from '../../lambdas/core/content/structure/structure.ts';

/** A file of the disk, read by ranges. */
export function fileSource(path: string): ByteSource {
  const { size } = statSync(path);
  return {
    size,
    read: async (from, length) => {
      const file = openSync(path, 'r');
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - from)));
      readSync(file, bytes, 0, bytes.length, from);
      closeSync(file);
      return bytes;
    },
  };
}

export const bytesSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (from, length) => bytes.subarray(from, from + length),
});
