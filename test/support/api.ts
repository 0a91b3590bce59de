import type {
  FilePage,
  FileRecord,
  FileStatusReport,
  FileUrl,
  InitiateRequest,
  InitiateResponse,
  LoginResponse,
  PartTarget,
  Quota,
  SearchPage,
  StoredParts,
  TimelineEvent,
  UnfinishedUpload,
} from '../../client/api-types.ts';

export type { FileRecord, InitiateResponse, PartTarget };

/** What a test may send: also what the types of the client forbid. */
export type InitiateBody = Partial<Omit<InitiateRequest, 'checksum'>> & {
  readonly checksum?: { algorithm: string; value?: string; perPart?: boolean };
  readonly [field: string]: unknown;
};

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly message: string;
  readonly requestId: string;
  readonly errors?: readonly { field: string; code: string; detail: string }[];
}

export interface Share {
  readonly userId: string;
  readonly access: 'read' | 'write';
  readonly expiresAt?: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  /** Of a success; a refusal is read by `problem`. */
  readonly body: Body;
}

export interface Call {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Batch {
  readonly batchId: string;
  readonly results: readonly { status: number; upload?: InitiateResponse; error?: Problem }[];
  readonly summary: { requested: number; accepted: number; refused: number; bytes: number };
}

export interface FileVersion {
  readonly version: number;
  readonly current: boolean;
  readonly size: number;
  readonly mimeType: string;
  readonly storedAt: string;
  readonly replacedAt?: string;
  readonly renditions: readonly { name: string; status: string }[];
}

export interface Folder {
  readonly path: string;
  readonly name: string;
  readonly files: number;
  readonly folders: number;
  readonly createdAt: string;
}

export interface FolderPage {
  readonly path: string;
  readonly files: number;
  readonly folders: readonly Folder[];
  readonly nextCursor?: string;
}

export interface Job {
  readonly jobId: string;
  readonly kind: string;
  readonly status: 'queued' | 'running' | 'done' | 'failed';
  readonly progress: { readonly total?: number; readonly done: number; readonly failed: number };
  readonly endedAt?: string;
  readonly reason?: string;
  readonly results: readonly { fileId?: string; outcome: string; code?: string; detail?: string }[];
  readonly nextCursor?: string;
}

const callTimeoutMs = 60_000;

const ifMatches = (etag: string | undefined): Pick<Call, 'headers'> =>
  etag === undefined ? {} : { headers: { 'if-match': etag } };

/** The HTTP API as one caller sees it: every answer comes back as it is, refusals too. */
export class Api {
  readonly url: string;
  readonly token: string | undefined;

  constructor(url: string, token?: string) {
    this.url = url;
    this.token = token;
  }

  async call<Body>(method: string, path: string, { body, query = {}, headers = {} }: Call = {}) {
    const url = new URL(`${this.url}${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const response = await fetch(url, {
      method,
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(callTimeoutMs),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text && response.headers.get('content-type')?.includes('json')
        ? JSON.parse(text)
        : text) as Body,
    };
  }

  login(email: string, password: string) {
    return this.call<LoginResponse>('POST', '/auth/login', { body: { email, password } });
  }
  initiate(body: InitiateBody, idempotencyKey?: string) {
    return this.call<InitiateResponse>('POST', '/storage/multipart/initiate', {
      body,
      ...(idempotencyKey !== undefined && { headers: { 'idempotency-key': idempotencyKey } }),
    });
  }
  batch(uploads: readonly InitiateBody[]) {
    return this.call<Batch>('POST', '/storage/uploads/batch', { body: { uploads } });
  }
  batchState(batchId: string) {
    type State = { files: { fileId: string; filename: string; status: string; progress: number }[] };
    return this.call<State>('GET', `/storage/uploads/batch/${batchId}`);
  }
  partUrl(fileId: string, n: number | string, call: Call = {}) {
    type Url = PartTarget & { expirationSeconds: number };
    return this.call<Url>('POST', `/storage/multipart/${fileId}/part/${n}/url`, call);
  }
  partUrls(fileId: string, body: unknown) {
    return this.call<{ parts: PartTarget[] }>('POST', `/storage/multipart/${fileId}/parts/urls`, { body });
  }
  parts(fileId: string) {
    return this.call<StoredParts>('GET', `/storage/multipart/${fileId}/parts`);
  }
  uploads(query: Call['query'] = {}) {
    type Page = { uploads: UnfinishedUpload[]; nextCursor?: string };
    return this.call<Page>('GET', '/storage/multipart', { query });
  }
  heartbeat(fileId: string) {
    return this.call<''>('POST', `/storage/multipart/${fileId}/heartbeat`);
  }
  heartbeats(fileIds: readonly string[]) {
    type Beats = { alive: string[]; gone: string[] };
    return this.call<Beats>('POST', '/storage/multipart/heartbeat', { body: { fileIds } });
  }
  complete(fileId: string, parts?: readonly { partNumber: number; etag: string }[]) {
    const body = parts ? { parts } : {};
    return this.call<{ fileId: string; status: string }>('POST', `/storage/multipart/${fileId}/complete`, {
      body,
    });
  }
  abort(fileId: string) {
    return this.call<''>('DELETE', `/storage/multipart/${fileId}/abort`);
  }
  files(query: Call['query'] = {}) {
    return this.call<FilePage>('GET', '/storage/files', { query });
  }
  search(query: Call['query'] = {}) {
    return this.call<SearchPage>('GET', '/storage/search', { query });
  }
  file(id: string) {
    return this.call<FileRecord>('GET', `/storage/files/${id}`);
  }
  status(id: string) {
    return this.call<FileStatusReport>('GET', `/storage/files/${id}/status`);
  }
  rescan(id: string) {
    return this.call<{ fileId: string; status: string }>('POST', `/storage/files/${id}/rescan`);
  }
  timeline(id: string) {
    return this.call<{ events: TimelineEvent[] }>('GET', `/storage/files/${id}/timeline`);
  }
  downloadUrl(id: string, query: Call['query'] = {}) {
    return this.call<FileUrl>('GET', `/storage/files/${id}/url`, { query });
  }
  shares(id: string) {
    return this.call<{ shares: Share[] }>('GET', `/storage/files/${id}/shares`);
  }
  share(id: string, userId: string, body: Record<string, unknown> = { access: 'read' }) {
    return this.call<Share>('PUT', `/storage/files/${id}/shares/${userId}`, { body });
  }
  endShare(id: string, userId: string) {
    return this.call<''>('DELETE', `/storage/files/${id}/shares/${userId}`);
  }
  /** Without a sign-in, whoever asks. */
  publicUrl(id: string, call: Call = {}) {
    return new Api(this.url).call<FileUrl>('GET', `/public/storage/files/${id}/url`, call);
  }
  changeFile(
    id: string,
    what: 'move' | 'rename' | 'visibility' | 'tags' | 'metadata' | 'legal-hold',
    body: unknown,
    ifMatch?: string,
  ) {
    return this.call<FileRecord>('PUT', `/storage/files/${id}/${what}`, { body, ...ifMatches(ifMatch) });
  }
  deleteFile(id: string, query: Call['query'] = { hard: true }, ifMatch?: string) {
    return this.call<''>('DELETE', `/storage/files/${id}`, { query, ...ifMatches(ifMatch) });
  }
  restoreFile(id: string, body?: unknown, ifMatch?: string) {
    return this.call<FileRecord>('POST', `/storage/files/${id}/restore`, { body, ...ifMatches(ifMatch) });
  }
  versions(id: string, query: Call['query'] = {}) {
    type Page = { versions: FileVersion[]; nextCursor?: string };
    return this.call<Page>('GET', `/storage/files/${id}/versions`, { query });
  }
  restoreVersion(id: string, version: number, ifMatch?: string) {
    return this.call<FileRecord>('POST', `/storage/files/${id}/versions/${version}/restore`, {
      ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }),
    });
  }
  folders(query: Call['query'] = {}) {
    return this.call<FolderPage>('GET', '/storage/folders', { query });
  }
  createFolder(path: string) {
    return this.call<Folder>('POST', '/storage/folders', { body: { path } });
  }
  moveFolder(body: { path: string; newPath: string; onConflict?: 'rename' }) {
    return this.call<{ jobId: string }>('PUT', '/storage/folders/move', { body });
  }
  deleteFolder(query: { path: string; hard?: boolean }) {
    return this.call<{ jobId: string }>('DELETE', '/storage/folders', { query });
  }
  bulk(body: Record<string, unknown>) {
    return this.call<{ jobId: string }>('POST', '/storage/files/bulk', { body });
  }
  job(jobId: string, query: Call['query'] = {}) {
    return this.call<Job>('GET', `/storage/jobs/${jobId}`, { query });
  }
  quota() {
    return this.call<Quota & { tenant: Quota }>('GET', '/storage/quota');
  }
}

/** The body of a success; throws with what the API said otherwise. */
export function ok<Body>(answer: Answer<Body>): Body {
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw new Error(`the API answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}
