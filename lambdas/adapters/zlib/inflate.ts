import { constants, inflateRawSync, inflateSync } from 'node:zlib';
import type { Inflate } from '../../core/content/structure/structure.ts';

/** No byte of a deflate stream makes more than this many: a match of 258 bytes takes 2 bits at least. */
const maxRatio = 1_032;

/** By zlib, which stops at the bound instead of making what is beyond it. */
export const inflate: Inflate = (deflated, format, maxBytes) => {
  const run = (format === 'raw' ? inflateRawSync : inflateSync) as unknown as RunWithInfo;
  // A stream that is cut off gives what there is of it.
  const options = { maxOutputLength: maxBytes, finishFlush: constants.Z_SYNC_FLUSH, info: true } as const;
  try {
    return { ...result(run(deflated, options)), complete: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
  }
  // Of so few bytes the bound is never passed, so that there is something to look at.
  const head = deflated.subarray(0, Math.floor(maxBytes / maxRatio));
  return { ...result(run(head, options)), complete: false };
};

/** With `info` Node gives its engine as well; its types do not say so. */
type RunWithInfo = (
  deflated: Uint8Array,
  options: { readonly info: true; readonly maxOutputLength: number; readonly finishFlush: number },
) => { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };

const result = ({ buffer, engine }: ReturnType<RunWithInfo>) => ({
  bytes: buffer,
  usedBytes: engine.bytesWritten,
});
