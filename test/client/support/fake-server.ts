import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordedCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** As it came; `body` is what of it is JSON. */
  readonly bytes: Buffer;
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** `drop` breaks the connection instead of answering. */
export type Reply = Answer | 'drop';

export const problem = (status: number, code: string, extra: Record<string, unknown> = {}): Answer => ({
  status,
  body: {
    type: 'about:blank',
    title: code,
    status,
    code,
    detail: `detail of ${code}`,
    requestId: 'req-1',
    ...extra,
  },
  headers: { 'content-type': 'application/problem+json' },
});

/** HTTP on a free port: reads calls whole and writes what its subclass replies. */
export abstract class FakeServer {
  #server: Server | undefined;

  get url(): string {
    if (!this.#server) throw new Error('not started');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<this> {
    const server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** @param read takes the body in: the call is under way while it arrives, and rejects when it breaks off. */
  protected abstract reply(path: string, read: () => Promise<RecordedCall>): Promise<Reply>;

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const answer = await this.reply(url.pathname, async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const bytes = Buffer.concat(chunks);
      const isJson = bytes.length > 0 && request.headers['content-type']?.includes('json');
      return {
        method: request.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        bytes,
        body: isJson ? JSON.parse(bytes.toString()) : undefined,
      };
    });
    if (answer === 'drop') {
      response.destroy();
      return;
    }
    const { status, headers, body = '' } = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }
}
