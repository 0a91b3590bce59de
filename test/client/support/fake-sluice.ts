import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** The remote side of the client: the upload calls of API.md and a storage that takes PUTs, in one small process. */
export interface FakeUpload {
  readonly fileId: string;
  readonly path: string;
  readonly filename: string;
  readonly size: number;
  readonly totalParts: number;
  readonly parts: Map<number, { size: number; etag: string; body: Buffer }>;
  state: 'open' | 'completed' | 'aborted' | 'expired';
  polls: number;
}

export interface RecordedCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Takes the place of the ordinary answer; undefined lets the call through. */
export type Interception = (call: RecordedCall) => Answer | 'drop' | undefined;

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

export class FakeSluice {
  readonly calls: RecordedCall[] = [];
  readonly uploads = new Map<string, FakeUpload>();
  /** Part numbers in the order in which their bytes arrived, `fileId/partNumber`. */
  readonly puts: string[] = [];
  partSize = 4;
  slots = { used: 0, max: 20 };
  heartbeatSeconds = 30;
  urlLifetimeMs = 3_600_000;
  putDelayMs = 0;
  exposeEtag = true;
  /** Statuses that /status tells one after the other; the last one stays. */
  statuses = ['uploaded', 'stored', 'ready'];
  intercept: Interception = () => undefined;
  interceptPut: (fileId: string, partNumber: number, attempt: number) => Answer | 'drop' | undefined = () =>
    undefined;
  putsInFlight = 0;
  maxPutsInFlight = 0;
  #server: Server | undefined;
  #ids = 0;
  readonly #attempts = new Map<string, number>();
  readonly #idempotent = new Map<string, string>();

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

  /** Calls of the API whose `METHOD path` matches. */
  called(pattern: RegExp): RecordedCall[] {
    return this.calls.filter((call) => pattern.test(`${call.method} ${call.path}`));
  }

  bytesOf(fileId: string): Buffer {
    const parts = [...(this.uploads.get(fileId)?.parts ?? [])].sort(([a], [b]) => a - b);
    return Buffer.concat(parts.map(([, part]) => part.body));
  }

  /** An upload that an earlier page has left behind with these parts in S3. */
  leaveBehind(filename: string, bytes: Buffer, partNumbers: readonly number[]): FakeUpload {
    const upload = this.#open({ path: '/', filename, size: bytes.length });
    for (const partNumber of partNumbers) {
      const body = bytes.subarray((partNumber - 1) * this.partSize, partNumber * this.partSize);
      upload.parts.set(partNumber, { size: body.length, etag: `"etag-${partNumber}"`, body });
    }
    return upload;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://fake').pathname;
    const chunks: Buffer[] = [];
    const put = /^\/s3\/([^/]+)\/(\d+)$/.exec(path);
    if (put) this.maxPutsInFlight = Math.max(this.maxPutsInFlight, ++this.putsInFlight);
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const answer = put
        ? await this.#put(
            put[1] ?? '',
            Number(put[2]),
            Number(new URL(request.url ?? '', 'http://f').searchParams.get('expires')),
            body,
          )
        : this.#api({
            method: request.method ?? 'GET',
            path,
            headers: request.headers,
            body: body.length > 0 ? JSON.parse(body.toString()) : undefined,
          });
      if (answer === 'drop') {
        response.destroy();
        return;
      }
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(
        answer.body === undefined
          ? ''
          : typeof answer.body === 'string'
            ? answer.body
            : JSON.stringify(answer.body),
      );
    } finally {
      if (put) this.putsInFlight--;
    }
  }

  async #put(fileId: string, partNumber: number, expires: number, body: Buffer): Promise<Answer | 'drop'> {
    if (this.putDelayMs > 0) await delay(this.putDelayMs);
    const key = `${fileId}/${partNumber}`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    const intercepted = this.interceptPut(fileId, partNumber, attempt);
    if (intercepted) return intercepted;
    if (expires < Date.now()) {
      return {
        status: 403,
        body: '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
      };
    }
    const upload = this.uploads.get(fileId);
    if (upload?.state !== 'open') return { status: 404, body: '<Error><Code>NoSuchUpload</Code></Error>' };
    const etag = `"etag-${partNumber}"`;
    upload.parts.set(partNumber, { size: body.length, etag, body });
    this.puts.push(key);
    return { status: 200, ...(this.exposeEtag && { headers: { etag } }) };
  }

  #api(call: RecordedCall): Answer | 'drop' {
    this.calls.push(call);
    const intercepted = this.intercept(call);
    if (intercepted) return intercepted;
    const [, , , id = ''] = call.path.split('/');
    const route = `${call.method} ${call.path.replace(id === '' ? '\0' : `/${id}`, `/${knownSegment(id)}`)}`;
    const body = (call.body ?? {}) as Record<string, unknown>;
    switch (route) {
      case 'GET /storage/quota':
        return { status: 200, body: { currentUsage: 0, reserved: 0, maxQuota: 1e9, slots: this.slots } };
      case 'POST /storage/multipart/initiate':
        return this.#initiate(body, String(call.headers['idempotency-key']));
      case 'POST /storage/multipart/heartbeat': {
        const ids = body.fileIds as string[];
        const alive = ids.filter((fileId) => this.uploads.get(fileId)?.state === 'open');
        return { status: 200, body: { alive, gone: ids.filter((fileId) => !alive.includes(fileId)) } };
      }
      case 'GET /storage/multipart': {
        const open = [...this.uploads.values()].filter((upload) => upload.state === 'open');
        return { status: 200, body: { uploads: open.map((upload) => this.#view(upload)) } };
      }
      case 'GET /storage/files/{id}/status': {
        const upload = this.uploads.get(id);
        if (!upload) return problem(404, 'not_found');
        const settled = upload.state === 'completed';
        const status = settled
          ? this.statuses[Math.min(upload.polls++, this.statuses.length - 1)]
          : 'uploading';
        return {
          status: 200,
          body: { id, status, reason: status === 'rejected' ? 'malware_found' : undefined },
        };
      }
    }
    const upload = this.uploads.get(id);
    if (!upload) return problem(404, 'not_found');
    if (upload.state === 'expired') return problem(410, 'upload_expired');
    return this.#session(route, upload, body);
  }

  #session(route: string, upload: FakeUpload, body: Record<string, unknown>): Answer {
    switch (route) {
      case 'GET /storage/multipart/{id}/parts': {
        const parts = [...upload.parts].map(([partNumber, { size, etag }]) => ({ partNumber, size, etag }));
        const uploadedBytes = parts.reduce((sum, part) => sum + part.size, 0);
        const { totalParts } = upload;
        return {
          status: 200,
          body: { parts, partSize: this.partSize, totalParts, uploadedParts: parts.length, uploadedBytes },
        };
      }
      case 'POST /storage/multipart/{id}/parts/urls': {
        const numbers = body.partNumbers as number[];
        return { status: 200, body: { parts: numbers.map((number) => this.#target(upload, number)) } };
      }
      case 'POST /storage/multipart/{id}/complete': {
        const given = body.parts as Array<{ partNumber: number; etag: string }>;
        const wrong = Array.from({ length: upload.totalParts }, (_, index) => index + 1).filter(
          (number) =>
            given.find((part) => part.partNumber === number)?.etag !== upload.parts.get(number)?.etag,
        );
        if (wrong.length > 0) {
          const errors = wrong.map((number) => ({
            field: `parts.${number}`,
            code: 'missing',
            detail: 'missing',
          }));
          return problem(409, 'upload_incomplete', { errors });
        }
        this.#close(upload, 'completed');
        return { status: 202, body: { fileId: upload.fileId, status: 'uploaded' } };
      }
      case 'DELETE /storage/multipart/{id}/abort':
        this.#close(upload, 'aborted');
        return { status: 204 };
    }
    return problem(404, 'not_found');
  }

  #initiate(body: Record<string, unknown>, key: string): Answer {
    const replay = this.uploads.get(this.#idempotent.get(key) ?? '');
    if (!replay && this.slots.used >= this.slots.max) {
      return { ...problem(429, 'concurrency_limit_exceeded'), headers: { 'retry-after': '0.02' } };
    }
    const upload = replay ?? this.#open(body as unknown as Pick<FakeUpload, 'path' | 'filename' | 'size'>);
    this.#idempotent.set(key, upload.fileId);
    const urls = Math.min(Number(body.urls ?? 100), upload.totalParts);
    return {
      status: 201,
      body: {
        ...this.#view(upload),
        uploadId: upload.fileId,
        parts: Array.from({ length: urls }, (_, index) => this.#target(upload, index + 1)),
        heartbeatSeconds: this.heartbeatSeconds,
      },
    };
  }

  #open({ path, filename, size }: Pick<FakeUpload, 'path' | 'filename' | 'size'>): FakeUpload {
    const upload: FakeUpload = {
      fileId: `file-${++this.#ids}`,
      path,
      filename,
      size,
      totalParts: Math.max(1, Math.ceil(size / this.partSize)),
      parts: new Map(),
      state: 'open',
      polls: 0,
    };
    this.uploads.set(upload.fileId, upload);
    this.slots.used++;
    return upload;
  }

  #close(upload: FakeUpload, state: FakeUpload['state']): void {
    if (upload.state === 'open') this.slots.used--;
    upload.state = state;
  }

  #view({ fileId, path, filename, size, totalParts }: FakeUpload) {
    return {
      fileId,
      path,
      filename,
      size,
      partSize: this.partSize,
      totalParts,
      createdAt: '2026-01-01T00:00:00Z',
      expiresAt: '2026-01-08T00:00:00Z',
    };
  }

  #target(upload: FakeUpload, partNumber: number) {
    const expires = Date.now() + this.urlLifetimeMs;
    return {
      partNumber,
      size: Math.min(this.partSize, upload.size - (partNumber - 1) * this.partSize),
      url: `${this.url}/s3/${upload.fileId}/${partNumber}?expires=${expires}`,
      headers: {},
      expiresAt: new Date(expires).toISOString(),
    };
  }
}

const FIXED_SEGMENTS = new Set(['initiate', 'heartbeat', '']);
const knownSegment = (segment: string) => (FIXED_SEGMENTS.has(segment) ? segment : '{id}');
