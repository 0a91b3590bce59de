import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { LibraryLocation } from '../../core/files/shared-content.ts';
import type { EncodeSource } from '../../core/video/ports.ts';

/** An encoder reads for minutes: one connection that breaks is not to cost what was encoded before. */
const maxBreaks = 5;
const pauseMaxMs = 2_000;

/** Ranges of one version of a library object as they come; a connection that breaks is taken up where it broke. */
export function streamLibrary(
  s3: S3Client,
  Bucket: string,
  { key: Key, versionId: VersionId }: LibraryLocation,
): EncodeSource['open'] {
  const request = async (from: number, to: number, abortSignal: AbortSignal) => {
    const Range = `bytes=${from}-${to - 1}`;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId, Range }), { abortSignal });
    if (!Body) throw new Error(`S3 answered a range of ${Key} without a body`);
    return Body as AsyncIterable<Uint8Array>;
  };
  return async (range, signal) => read(request, range, signal);
}

async function* read(
  request: (from: number, to: number, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>,
  { from, to }: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let at = from;
  for (let breaks = 0; at < to; ) {
    try {
      for await (const chunk of await request(at, to, signal)) {
        at += chunk.byteLength;
        yield chunk;
      }
      if (at < to) throw new Error(`S3 sent ${at - from} bytes of ${to - from}`);
    } catch (error) {
      breaks += 1;
      if (signal.aborted || breaks > maxBreaks) throw error;
      await sleep(Math.random() * pauseMaxMs, undefined, { signal });
    }
  }
}
