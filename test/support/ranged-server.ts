import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

/** What is served under a key: bytes, or a file of the disk that nobody reads as a whole. */
export type Served = Buffer | { readonly path: string; readonly size: number };

export interface RangedServer {
  readonly endpoint: string;
  serve(key: string, object: Served): void;
  forget(key: string): void;
  stop(): Promise<void>;
}

/** GET of objects and of their ranges as S3 answers them, in path style and without signatures: for measuring readers. */
export async function startRangedServer(): Promise<RangedServer> {
  const objects = new Map<string, Served>();
  const server = createServer((request, response) => {
    answer(objects, request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (key, object) => objects.set(key, object),
    forget: (key) => objects.delete(key),
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(
  objects: ReadonlyMap<string, Served>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://s3');
  const object = objects.get(decodeURIComponent(pathname.split('/').slice(2).join('/')));
  if (!object || request.method !== 'GET') {
    response.writeHead(404).end();
    return;
  }
  const size = Buffer.isBuffer(object) ? object.length : object.size;
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const from = Number(range?.[1] ?? 0);
  const to = Math.min(Number(range?.[2] ?? size - 1), size - 1);
  if (range && from >= size) {
    response.writeHead(416).end();
    return;
  }
  response.writeHead(range ? 206 : 200, {
    'content-length': to - from + 1,
    etag: '"e"',
    ...(range && { 'content-range': `bytes ${from}-${to}/${size}` }),
  });
  if (Buffer.isBuffer(object)) response.end(object.subarray(from, to + 1));
  else Readable.from(fileRange(object.path, from, to)).pipe(response);
}

async function* fileRange(path: string, from: number, to: number): AsyncGenerator<Buffer> {
  const chunkBytes = 1024 * 1024;
  const file = await open(path);
  try {
    for (let at = from; at <= to; at += chunkBytes) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, to - at + 1));
      await file.read(chunk, 0, chunk.length, at);
      yield chunk;
    }
  } finally {
    await file.close();
  }
}
