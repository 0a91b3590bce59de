/** Shapes of the HTTP API as the client reads and writes them. Sizes are bytes, durations seconds, times ISO 8601 UTC. */

export type FileStatus =
  | 'uploading'
  | 'uploaded'
  | 'inspecting'
  | 'held'
  | 'stored'
  | 'processing'
  | 'ready'
  | 'rejected'
  | 'failed'
  | 'aborted'
  | 'expired'
  | 'deleted'
  | 'purged';

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

export interface Checksum {
  readonly algorithm: 'CRC64NVME' | 'CRC32' | 'SHA256';
  readonly value?: string;
}

export interface InitiateRequest {
  /** Folder, such as `/` or `/photos/2026`. */
  readonly path: string;
  readonly filename: string;
  readonly originalName?: string;
  readonly mimeType: string;
  readonly size: number;
  readonly checksum?: Checksum;
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly isPublic?: boolean;
  readonly priority?: 'urgent' | 'high' | 'normal' | 'low';
  readonly onConflict?: ConflictChoice;
  readonly expirationSeconds?: number;
  /** How many part URLs the answer shall carry already (0..1,000). */
  readonly urls?: number;
}

/** What happens when the folder already holds a file of that name; without it the server refuses with `name_conflict`. */
export type ConflictChoice = 'reject' | 'rename';

export interface PartTarget {
  readonly partNumber: number;
  readonly size: number;
  readonly url: string;
  /** Sent with the bytes besides what a browser sends by itself. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

export interface InitiateResponse {
  readonly fileId: string;
  readonly uploadId: string;
  readonly partSize: number;
  readonly totalParts: number;
  readonly parts: readonly PartTarget[];
  readonly expiresAt: string;
  readonly heartbeatSeconds: number;
}

export interface StoredPart {
  readonly partNumber: number;
  readonly size: number;
  readonly etag: string;
}

/** What S3 holds of an upload, asked from S3 itself. */
export interface StoredParts {
  readonly parts: readonly StoredPart[];
  readonly partSize: number;
  readonly totalParts: number;
  readonly uploadedParts: number;
  readonly uploadedBytes: number;
  /** 0..100. */
  readonly progress: number;
}

export interface UnfinishedUpload {
  readonly fileId: string;
  readonly path: string;
  readonly filename: string;
  readonly originalName?: string;
  readonly mimeType?: string;
  readonly size: number;
  readonly partSize: number;
  readonly totalParts: number;
  readonly createdAt: string;
  readonly expiresAt?: string;
  readonly heartbeatSeconds?: number;
}

export interface CompletedPart {
  readonly partNumber: number;
  readonly etag: string;
}

export interface RenditionSummary {
  readonly name: string;
  readonly status: 'pending' | 'ready' | 'failed' | 'skipped';
  readonly reason?: string;
  readonly mimeType?: string;
  readonly width?: number;
  readonly height?: number;
  readonly size?: number;
  readonly createdAt?: string;
}

export interface MediaFacts {
  readonly width?: number;
  readonly height?: number;
  /** Seconds. */
  readonly duration?: number;
  readonly pages?: number;
  /** Flat; names carry their unit, such as `exposureSeconds`. */
  readonly exif?: Readonly<Record<string, string | number | boolean>>;
}

export interface FileRecord {
  readonly id: string;
  readonly tenantId: string;
  readonly ownerId: string;
  readonly path: string;
  readonly filename: string;
  readonly originalName: string;
  readonly mimeType: string;
  readonly size: number;
  readonly status: FileStatus;
  readonly reason?: string;
  readonly isPublic: boolean;
  readonly tags: readonly string[];
  /** Absent in listings. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly checksum?: Checksum;
  readonly etag: string;
  readonly version: number | string;
  readonly media?: MediaFacts;
  readonly renditions: readonly RenditionSummary[];
  readonly progress?: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deletedAt?: string;
}

export interface FileStatusReport {
  readonly id: string;
  readonly status: FileStatus;
  readonly progress?: number;
  readonly estimatedSeconds?: number;
  readonly reason?: string;
  readonly renditions?: readonly RenditionSummary[];
}

export interface TimelineEvent {
  readonly eventId?: string;
  /** Such as `file.stored`. */
  readonly type: string;
  readonly at: string;
  readonly data?: Readonly<Record<string, string | number | boolean>>;
}

export interface FileQuery {
  readonly status?: string;
  readonly path?: string;
  readonly recursive?: boolean;
  readonly type?: string;
  readonly tag?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export interface FilePage {
  readonly files: readonly FileRecord[];
  readonly nextCursor?: string | null;
}

export interface FileUrl {
  readonly url: string;
  readonly expiresAt: string;
}

export interface Usage {
  readonly currentUsage: number;
  readonly reserved: number;
  readonly maxQuota: number;
  readonly availableSpace: number;
  readonly filesCount: number;
  readonly maxFiles: number;
  readonly tier?: string;
  readonly maxFileSize?: number;
  readonly allowedTypes?: readonly string[];
  /** Open uploads: how many, and how many may be open at once. */
  readonly slots: { readonly used: number; readonly max: number };
}

export interface Quota extends Usage {
  readonly tenant?: Usage;
}

export interface LoginResponse {
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly refreshToken?: string;
}
