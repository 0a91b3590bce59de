import { createHash } from 'node:crypto';
import { scannerMaxBytes } from '../../contract/scanners.ts';
import type { ScanAnswer, Scanner } from '../../core/intake/scanner.ts';
import type { OpenScanned } from '../s3/scanned-object.ts';
import { CannotLookInside, type UnpackBounds, unpack } from './unpacked.ts';

/**
 * The test string of EICAR, which every scanner calls malware. In two halves that only join at run time, so that no
 * scanner calls this file, or what is bundled of it, malware.
 */
export const eicarTestString = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''),
  'latin1',
);

const bounds: UnpackBounds = { maxDepth: 10, maxInflatedBytes: 1024 ** 3, maxMembers: 10_000 };

/** All of the largest object at 100 MB/s, twice. */
const deadlineMs = 4 * 60_000;

const engine = 'local-signatures';

export interface LocalSignaturesDeps {
  readonly open: OpenScanned;
  /** Hexadecimal SHA-256 of whole objects. */
  readonly blocked: readonly string[];
}

class Found extends Error {}

/**
 * Knows EICAR's test string, plain, zipped, gzipped and nested, and a list of checksums: enough to try what happens to
 * malware, and no protection from any. For the local stage alone.
 */
export const localSignatures = ({ open, blocked }: LocalSignaturesDeps): Scanner => ({
  engine,
  ...(scannerMaxBytes[engine] && { maxBytes: scannerMaxBytes[engine] }),
  scan: async (target): Promise<ScanAnswer> => {
    const hash = createHash('sha256');
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      await unpack(hashed(await open(target, signal), hash, signal), watchForTestString, bounds);
      const digest = hash.digest();
      if (blocked.includes(digest.toString('hex')))
        return { verdict: 'infected', engine, threat: 'Blocklist.SHA256' };
      return { verdict: 'clean', engine, sha256: digest.toString('base64') };
    } catch (error) {
      if (error instanceof Found) return { verdict: 'infected', engine, threat: 'Eicar-Test-Signature' };
      if (error instanceof CannotLookInside) return { verdict: 'unscannable', engine, detail: error.message };
      if (signal.aborted)
        return { verdict: 'unavailable', detail: `no verdict within ${deadlineMs / 1_000} s` };
      throw error;
    }
  },
});

async function* hashed(
  chunks: AsyncIterable<Uint8Array>,
  hash: { update(chunk: Uint8Array): unknown },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    hash.update(chunk);
    yield chunk;
  }
}

/** Keeps the end of each chunk, so that a border between two of them hides nothing. */
function watchForTestString(): (chunk: Buffer) => void {
  let tail = Buffer.alloc(0);
  return (chunk) => {
    const border = Buffer.concat([tail, chunk.subarray(0, eicarTestString.length - 1)]);
    if (border.includes(eicarTestString) || chunk.includes(eicarTestString)) throw new Found();
    tail =
      chunk.length >= eicarTestString.length - 1
        ? Buffer.from(chunk.subarray(1 - eicarTestString.length))
        : Buffer.from(Buffer.concat([tail, chunk]).subarray(1 - eicarTestString.length));
  };
}
