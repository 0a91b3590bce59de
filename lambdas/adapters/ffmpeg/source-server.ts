import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { EncodeSource } from '../../core/video/ports.ts';
import { SourceBlocks } from './source-blocks.ts';

export interface ServedSource {
  readonly url: string;
  /** Ends every connection and every read. */
  close(): Promise<void>;
}

const loopback = '127.0.0.1';

/**
 * Serves the original to an encoder of this machine, which reads nothing but files and HTTP. On loopback alone, and under a
 * path that nobody else can guess. `onFailure` gets what the original throws: the encoder only sees a connection that
 * breaks off, which it takes for the end of the source.
 */
export async function serveSource(
  source: Pick<EncodeSource, 'bytes' | 'open'>,
  onFailure: (error: unknown) => void,
): Promise<ServedSource> {
  const path = `/${randomBytes(16).toString('hex')}`;
  const blocks = new SourceBlocks(source);
  let closing = false;
  const failed = (error: unknown) => {
    if (!closing) onFailure(error);
  };
  const server = createServer((request, response) => {
    if (request.url !== path) return void response.writeHead(404).end();
    answer(request, response, source.bytes, (from, to) => chunks(blocks, from, to, failed));
  });
  server.listen(0, loopback);
  await once(server, 'listening');
  return {
    url: `http://${loopback}:${(server.address() as AddressInfo).port}${path}`,
    close: () => {
      closing = true;
      blocks.close();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: number,
  read: (from: number, to: number) => AsyncIterable<Buffer>,
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end();
  const range = rangeOf(request.headers.range, bytes);
  if (!range) return void response.writeHead(416, { 'content-range': `bytes */${bytes}` }).end();
  const { from, to } = range;
  response.writeHead(request.headers.range ? 206 : 200, {
    'accept-ranges': 'bytes',
    'content-length': to - from,
    ...(request.headers.range && { 'content-range': `bytes ${from}-${to - 1}/${bytes}` }),
  });
  if (request.method === 'HEAD') return void response.end();
  // An encoder that jumps elsewhere closes its connection: that ends the reading too, and is no failure.
  pipeline(read(from, to), response).catch(() => response.destroy());
}

/** What is read and not yet taken is one block. */
async function* chunks(
  blocks: SourceBlocks,
  from: number,
  to: number,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    const chunk = await blocks.read(at, to).catch((error) => {
      onFailure(error);
      throw error;
    });
    at += chunk.byteLength;
    yield chunk;
  }
}

/** From a byte up to, but without, another one; undefined where there is nothing. */
function rangeOf(header: string | undefined, bytes: number): { from: number; to: number } | undefined {
  if (header === undefined) return { from: 0, to: bytes };
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header) ?? [];
  if (first === undefined) return undefined;
  const from = Number(first);
  const to = Math.min(last ? Number(last) + 1 : bytes, bytes);
  return from < to ? { from, to } : undefined;
}
