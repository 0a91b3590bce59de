import type * as api from './api-schema.ts';

/**
 * Shapes of the HTTP API as the client reads and writes them, by the names that it uses. They come from the API's own
 * schemas (api-schema.ts). Sizes are bytes, durations seconds, times ISO 8601 UTC.
 */
type DeepReadonly<T> = T extends readonly (infer Element)[]
  ? readonly DeepReadonly<Element>[]
  : T extends object
    ? { readonly [Name in keyof T]: DeepReadonly<T[Name]> }
    : T;

export type FileStatus = api.FileStatus;

export type RejectionReason =
  | 'size_mismatch'
  | 'checksum_mismatch'
  | 'type_mismatch'
  | 'malware_found'
  | 'bomb_suspected'
  | 'pixels_exceeded'
  | 'active_content'
  | 'encrypted_content'
  | 'unscannable'
  | 'malformed';

export type InitiateRequest = DeepReadonly<api.InitiateRequest>;
/** What happens when the folder already holds a file of that name; without it the server refuses with `name_conflict`. */
export type ConflictChoice = NonNullable<InitiateRequest['onConflict']>;
export type Checksum = NonNullable<InitiateRequest['checksum']>;
export type InitiateResponse = DeepReadonly<api.Upload>;
export type PartTarget = DeepReadonly<api.SignedPart>;
/** What S3 holds of an upload, asked from S3 itself. */
export type StoredParts = DeepReadonly<api.ListPartsResponse>;
export type StoredPart = StoredParts['parts'][number];
export type UnfinishedUpload = DeepReadonly<api.UnfinishedUpload>;

export interface CompletedPart {
  readonly partNumber: number;
  readonly etag: string;
}

/** As a listing shows it, or with what only its own record holds: metadata, EXIF. */
export type FileRecord = DeepReadonly<api.ListedFile> &
  Partial<
    Pick<DeepReadonly<api.File>, 'metadata' | 'media' | 'replacement' | 'findings' | 'scan' | 'withdrawals'>
  >;
export type RenditionSummary = DeepReadonly<api.Rendition>;
export type FileStatusReport = DeepReadonly<api.FileStatusResponse>;
export type FilePage = DeepReadonly<api.ListFilesResponse>;
export type FileVersionPage = DeepReadonly<api.ListVersionsResponse>;
export type FileVersion = FileVersionPage['versions'][number];
export type SimilarFiles = DeepReadonly<api.SimilarFilesResponse>;
export type ImageOperation = DeepReadonly<api.ProcessFileRequest>['operations'][number];
export type StartedOperation = DeepReadonly<api.ProcessFileResponse>['jobs'][number];
export type Job = DeepReadonly<api.GetJobResponse>;
export type FileUrl = DeepReadonly<api.SignedUrl>;
/** A picture for an `<img>`, and the size that it has; `sources` are those of other widths. */
export type ImageLinks = DeepReadonly<api.ImageLinks>;
export type StreamUrl = DeepReadonly<api.StreamUrl>;
export type Receipt = DeepReadonly<api.Receipt>;
export type SignedReceipt = DeepReadonly<api.SignedReceipt>;
/** The public keys that check receipts, as a JWK Set. */
export type PublicKeySet = DeepReadonly<api.PublicKeySet>;
export type TimelineEvent = DeepReadonly<api.FileTimelineResponse>['events'][number];
export type Quota = DeepReadonly<api.QuotaResponse>;
export type LoginResponse = DeepReadonly<api.Tokens>;

/** Query of GET /storage/files. */
export interface FileQuery {
  readonly status?: string;
  readonly path?: string;
  readonly recursive?: boolean;
  readonly type?: string;
  readonly category?: NonNullable<api.ListedFile['category']>;
  readonly tag?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** Query of GET /storage/search. */
export interface SearchQuery {
  readonly q: string;
  readonly type?: string;
  /** A folder: files in it and below it. */
  readonly path?: string;
  /** `self`, or the id of a user of the tenant. */
  readonly owner?: string;
  readonly from?: string;
  readonly to?: string;
  readonly minSize?: number;
  readonly maxSize?: number;
  readonly status?: string;
  readonly tag?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export type SearchPage = DeepReadonly<api.SearchFilesResponse>;
export type SearchHit = SearchPage['hits'][number];
/** Where a hit matches, as pieces of plain text: how a match looks is up to whoever shows it. */
export type Highlight = SearchHit['highlights'][number];

export type Metrics = DeepReadonly<api.GetMetricsResponse>;
export type MetricsWindow = Metrics['window'];
export type QueueState = DeepReadonly<api.ListQueuesResponse>['queues'][number];
export type AuditPage = DeepReadonly<api.SearchAuditResponse>;
export type AuditRecord = AuditPage['records'][number];
export type Tenant = DeepReadonly<api.Tenant>;
export type TenantChange = DeepReadonly<api.ChangeTenantRequest>;
export type TenantUser = DeepReadonly<api.TenantUser>;
export type UserChange = DeepReadonly<api.ChangeUserRequest>;
export type ConcurrencyStats = DeepReadonly<api.ConcurrencyStatsResponse>;
