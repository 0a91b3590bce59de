import type {
  CompletedPart,
  FilePage,
  FileQuery,
  FileRecord,
  FileStatus,
  FileStatusReport,
  FileUrl,
  FileVersionPage,
  ImageLinks,
  ImageOperation,
  InitiateRequest,
  InitiateResponse,
  Job,
  LoginResponse,
  PartTarget,
  PublicKeySet,
  Quota,
  SearchPage,
  SearchQuery,
  SignedReceipt,
  SimilarFiles,
  StartedOperation,
  StoredParts,
  StreamUrl,
  TimelineEvent,
  UnfinishedUpload,
} from './api-types.ts';
import type { HttpClient } from './http-client.ts';

export interface ImageOptions {
  /** Pixels; the picture may be larger, up to the next of the sizes that are made. */
  readonly w?: number;
  readonly h?: number;
  readonly fit?: 'inside' | 'cover';
  readonly format?: 'auto' | 'jpeg' | 'webp' | 'avif' | 'png';
  /** 1 to 100 */
  readonly q?: number;
  /** Links of these widths as well. */
  readonly widths?: readonly number[];
  readonly expirationSeconds?: number;
}

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

  /** Files by words of their names, tags, metadata and texts, best first. */
  search(query: SearchQuery, signal?: AbortSignal): Promise<SearchPage> {
    return this.#http.request({ method: 'GET', path: '/storage/search', query: { ...query }, signal });
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

  /** Links for `<img src>` and `srcset`: they need no sign-in, and end at `expiresAt`. */
  async imageLinks(
    id: string,
    { widths, ...query }: ImageOptions = {},
    signal?: AbortSignal,
  ): Promise<ImageLinks> {
    const { sources, ...main } = await this.#http.request<ImageLinks>({
      method: 'GET',
      path: `${file(id)}/image/url`,
      query: { ...query, ...(widths && { widths: widths.join(',') }) },
      signal,
    });
    const loadable = <Link extends { url: string }>(link: Link): Link => ({
      ...link,
      url: this.#http.urlOf(link.url),
    });
    return { ...loadable(main), ...(sources && { sources: sources.map(loadable) }) };
  }

  /**
   * Of the master playlist (HLS) of a video, for a player: it needs no sign-in. `thumbnails.vtt` and the other
   * playlists lie beside it, with the same query.
   */
  async streamUrl(
    id: string,
    options: { expirationSeconds?: number } = {},
    signal?: AbortSignal,
  ): Promise<StreamUrl> {
    const answer = await this.#http.request<StreamUrl>({
      method: 'GET',
      path: `${file(id)}/stream/url`,
      query: options,
      signal,
    });
    return { ...answer, url: this.#http.urlOf(answer.url) };
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

  /** Pictures that look like this one and that the caller may read, nearest first. */
  similar(
    id: string,
    query: { readonly maxDistance?: number; readonly limit?: number } = {},
    signal?: AbortSignal,
  ): Promise<SimilarFiles> {
    return this.#http.request({ method: 'GET', path: `${file(id)}/similar`, query, signal });
  }

  /** Other pictures of a stored image; `job` tells how far each is, `fileUrl` with its rendition opens it. */
  async process(id: string, operations: readonly ImageOperation[]): Promise<readonly StartedOperation[]> {
    const { jobs } = await this.#http.request<{ jobs: readonly StartedOperation[] }>({
      method: 'POST',
      path: `${file(id)}/process`,
      body: { operations },
    });
    return jobs;
  }

  /** How far a job is, and a page of its results. */
  job(id: string, cursor?: string, signal?: AbortSignal): Promise<Job> {
    const path = `/storage/jobs/${encodeURIComponent(id)}`;
    return this.#http.request({ method: 'GET', path, query: { cursor }, signal });
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
