import type {
  CompletedPart,
  FilePage,
  FileQuery,
  FileRecord,
  FileStatus,
  FileStatusReport,
  FileUrl,
  FileVersionPage,
  InitiateRequest,
  InitiateResponse,
  LoginResponse,
  PartTarget,
  PublicKeySet,
  Quota,
  SignedReceipt,
  StoredParts,
  TimelineEvent,
  UnfinishedUpload,
} from './api-types.ts';
import type { HttpClient } from './http-client.ts';

/** The calls of the HTTP API that the client and a console need, typed. Each rejects with `SluiceError` only. */
export class SluiceApi {
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  /** The server's clock in milliseconds, see `HttpClient.serverNow`. */
  serverNow(): number {
    return this.#http.serverNow();
  }

  login(email: string, password: string): Promise<LoginResponse> {
    const body = { email, password };
    return this.#http.request({ method: 'POST', path: '/auth/login', body, authenticated: false });
  }

  refresh(refreshToken: string): Promise<LoginResponse> {
    return this.#http.request({
      method: 'POST',
      path: '/auth/refresh',
      body: { refreshToken },
      authenticated: false,
    });
  }

  /** The key makes it safe to ask again when no answer arrived: the server then gives the first answer once more. */
  initiate(
    request: InitiateRequest,
    idempotencyKey: string,
    signal?: AbortSignal,
  ): Promise<InitiateResponse> {
    return this.#http.request({
      method: 'POST',
      path: '/storage/multipart/initiate',
      body: request,
      headers: { 'idempotency-key': idempotencyKey },
      repeatable: true,
      signal,
    });
  }

  async partUrls(
    fileId: string,
    partNumbers: readonly number[],
    signal?: AbortSignal,
  ): Promise<readonly PartTarget[]> {
    const { parts } = await this.#http.request<{ parts: readonly PartTarget[] }>({
      method: 'POST',
      path: `${upload(fileId)}/parts/urls`,
      body: { partNumbers },
      repeatable: true,
      signal,
    });
    return parts;
  }

  storedParts(fileId: string, signal?: AbortSignal): Promise<StoredParts> {
    return this.#http.request({ method: 'GET', path: `${upload(fileId)}/parts`, signal });
  }

  unfinishedUploads(
    cursor?: string,
    signal?: AbortSignal,
  ): Promise<{ uploads: readonly UnfinishedUpload[]; nextCursor?: string | null }> {
    return this.#http.request({ method: 'GET', path: '/storage/multipart', query: { cursor }, signal });
  }

  /** One call for up to 100 uploads. `gone` are those that are open no longer. */
  heartbeat(
    fileIds: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ alive: readonly string[]; gone: readonly string[] }> {
    return this.#http.request({
      method: 'POST',
      path: '/storage/multipart/heartbeat',
      body: { fileIds },
      signal,
    });
  }

  complete(
    fileId: string,
    parts: readonly CompletedPart[],
    signal?: AbortSignal,
  ): Promise<{ fileId: string; status: FileStatus }> {
    return this.#http.request({
      method: 'POST',
      path: `${upload(fileId)}/complete`,
      body: { parts },
      repeatable: true,
      signal,
    });
  }

  abort(fileId: string): Promise<void> {
    return this.#http.request({ method: 'DELETE', path: `${upload(fileId)}/abort` });
  }

  files(query: FileQuery, signal?: AbortSignal): Promise<FilePage> {
    return this.#http.request({ method: 'GET', path: '/storage/files', query: { ...query }, signal });
  }

  file(id: string, signal?: AbortSignal): Promise<FileRecord> {
    return this.#http.request({ method: 'GET', path: file(id), signal });
  }

  fileStatus(id: string, signal?: AbortSignal): Promise<FileStatusReport> {
    return this.#http.request({ method: 'GET', path: `${file(id)}/status`, signal });
  }

  async timeline(id: string, signal?: AbortSignal): Promise<readonly TimelineEvent[]> {
    const { events } = await this.#http.request<{ events: readonly TimelineEvent[] }>({
      method: 'GET',
      path: `${file(id)}/timeline`,
      signal,
    });
    return events;
  }

  fileUrl(
    id: string,
    options: {
      rendition?: string;
      version?: number;
      disposition?: 'inline' | 'attachment';
      expirationSeconds?: number;
    } = {},
    signal?: AbortSignal,
  ): Promise<FileUrl> {
    return this.#http.request({ method: 'GET', path: `${file(id)}/url`, query: options, signal });
  }

  /** Of what the file holds now, or of a version that it keeps; `verifyReceipt` checks it. */
  receipt(id: string, version?: number): Promise<SignedReceipt> {
    return this.#http.request({ method: 'GET', path: `${file(id)}/receipt`, query: { version } });
  }

  /** What receipts are checked by. */
  publicKeys(): Promise<PublicKeySet> {
    return this.#http.request({ method: 'GET', path: '/public/keys', authenticated: false });
  }

  /** Into the trash; `hard` deletes for good. */
  deleteFile(id: string, options: { hard?: boolean } = {}): Promise<void> {
    return this.#http.request({ method: 'DELETE', path: file(id), query: options });
  }

  /** The present content first, then what it has replaced, newest first. */
  versions(id: string, cursor?: string, signal?: AbortSignal): Promise<FileVersionPage> {
    return this.#http.request({ method: 'GET', path: `${file(id)}/versions`, query: { cursor }, signal });
  }

  /** Makes a kept content the present one again; what it replaces is kept in turn. */
  restoreVersion(id: string, version: number): Promise<FileRecord> {
    return this.#http.request({ method: 'POST', path: `${file(id)}/versions/${version}/restore` });
  }

  /** Out of the trash, under a numbered name where its own was taken meanwhile. */
  restoreFile(id: string): Promise<FileRecord> {
    return this.#http.request({
      method: 'POST',
      path: `${file(id)}/restore`,
      body: { onConflict: 'rename' },
    });
  }

  quota(signal?: AbortSignal): Promise<Quota> {
    return this.#http.request({ method: 'GET', path: '/storage/quota', signal });
  }
}

const upload = (fileId: string) => `/storage/multipart/${encodeURIComponent(fileId)}`;
const file = (id: string) => `/storage/files/${encodeURIComponent(id)}`;
