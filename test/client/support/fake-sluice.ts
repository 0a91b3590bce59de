import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, FakeServer, problem, type RecordedCall, type Reply } from './fake-server.ts';

export interface FakeUpload {
  readonly fileId: string;
  readonly uploadId: string;
  /** It brings new content for a file that is there. */
  readonly replaces: boolean;
  readonly path: string;
  readonly filename: string;
  readonly size: number;
  readonly totalParts: number;
  readonly parts: Map<number, { size: number; etag: string; body: Buffer }>;
  state: 'open' | 'completed' | 'aborted' | 'expired';
  polls: number;
}

type Opening = Pick<FakeUpload, 'path' | 'filename' | 'size'> & { readonly onConflict?: string };

/** Takes the place of the ordinary answer; undefined lets the call through. */
export type Interception = (call: RecordedCall) => Reply | undefined;

/** Until then a file serves the content that it had. */
const TAKEN_OVER: readonly string[] = ['stored', 'processing', 'ready'];

/** The remote side of the client: the upload calls of API.md and a storage that takes PUTs, in one small process. */
export class FakeSluice extends FakeServer {
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
  interceptPut: (fileId: string, partNumber: number, attempt: number) => Reply | undefined = () => undefined;
  putsInFlight = 0;
  maxPutsInFlight = 0;
  #ids = 0;
  readonly #attempts = new Map<string, number>();
  readonly #idempotent = new Map<string, string>();

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

  protected async reply(path: string, read: () => Promise<RecordedCall>): Promise<Reply> {
    const [, fileId, partNumber] = /^\/s3\/([^/]+)\/(\d+)$/.exec(path) ?? [];
    if (!fileId) return this.#api(await read());
    this.maxPutsInFlight = Math.max(this.maxPutsInFlight, ++this.putsInFlight);
    try {
      const { query, bytes } = await read();
      return await this.#put(fileId, Number(partNumber), Number(query.get('expires')), bytes);
    } finally {
      this.putsInFlight--;
    }
  }

  async #put(fileId: string, partNumber: number, expires: number, body: Buffer): Promise<Reply> {
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

  #api(call: RecordedCall): Reply {
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
      case 'GET /storage/files/{id}/status':
        return this.#status(id);
    }
    const upload = this.uploads.get(id);
    if (!upload) return problem(404, 'not_found');
    if (upload.state === 'expired') return problem(410, 'upload_expired');
    return this.#session(route, upload, body);
  }

  #status(id: string): Answer {
    const upload = this.uploads.get(id);
    if (!upload) return problem(404, 'not_found');
    const settled = upload.state === 'completed';
    const status = settled ? this.statuses[Math.min(upload.polls++, this.statuses.length - 1)] : 'uploading';
    const progress = { status, reason: status === 'rejected' ? 'malware_found' : undefined };
    const body =
      upload.replaces && !TAKEN_OVER.includes(status ?? '')
        ? { id, status: 'ready', version: 1, replacement: { uploadId: upload.uploadId, ...progress } }
        : { id, ...progress, version: upload.replaces ? 2 : 1 };
    return { status: 200, body };
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
    const upload = replay ?? this.#open(body as unknown as Opening);
    this.#idempotent.set(key, upload.fileId);
    const urls = Math.min(Number(body.urls ?? 100), upload.totalParts);
    return {
      status: 201,
      body: {
        ...this.#view(upload),
        parts: Array.from({ length: urls }, (_, index) => this.#target(upload, index + 1)),
        heartbeatSeconds: this.heartbeatSeconds,
      },
    };
  }

  #open({ path, filename, size, onConflict }: Opening): FakeUpload {
    const id = ++this.#ids;
    const replaced =
      onConflict === 'replace' && [...this.uploads.values()].find((other) => other.filename === filename);
    const upload: FakeUpload = {
      fileId: replaced ? replaced.fileId : `file-${id}`,
      uploadId: `upload-${id}`,
      replaces: Boolean(replaced),
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

  #view({ fileId, uploadId, path, filename, size, totalParts }: FakeUpload) {
    return {
      fileId,
      uploadId,
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
