// Generated from the schemas that check requests and describe answers: npm run openapi.

export type BulkRequest =
  | {
      action: 'move';
      /**
       * @minItems 1
       * @maxItems 1000
       */
      fileIds?: string[];
      /**
       * Instead of fileIds: as in a listing. Without a status: available, of restore deleted
       */
      filter?: {
        path?: string;
        recursive?: boolean;
        status?: string;
        type?: string;
        tag?: string;
      };
      params: {
        newPath: string;
        onConflict?: 'reject' | 'rename';
      };
    }
  | {
      action: 'delete';
      /**
       * @minItems 1
       * @maxItems 1000
       */
      fileIds?: string[];
      /**
       * Instead of fileIds: as in a listing. Without a status: available, of restore deleted
       */
      filter?: {
        path?: string;
        recursive?: boolean;
        status?: string;
        type?: string;
        tag?: string;
      };
      params?: {
        hard?: boolean;
      };
    }
  | {
      action: 'restore';
      /**
       * @minItems 1
       * @maxItems 1000
       */
      fileIds?: string[];
      /**
       * Instead of fileIds: as in a listing. Without a status: available, of restore deleted
       */
      filter?: {
        path?: string;
        recursive?: boolean;
        status?: string;
        type?: string;
        tag?: string;
      };
      params?: {
        onConflict?: 'reject' | 'rename';
      };
    }
  | {
      action: 'tag';
      /**
       * @minItems 1
       * @maxItems 1000
       */
      fileIds?: string[];
      /**
       * Instead of fileIds: as in a listing. Without a status: available, of restore deleted
       */
      filter?: {
        path?: string;
        recursive?: boolean;
        status?: string;
        type?: string;
        tag?: string;
      };
      params: {
        /**
         * All that the files have afterwards
         *
         * @maxItems 20
         */
        tags?: string[];
        /**
         * @maxItems 20
         */
        add?: string[];
        /**
         * @maxItems 20
         */
        remove?: string[];
      };
    }
  | {
      action: 'process';
      /**
       * @minItems 1
       * @maxItems 1000
       */
      fileIds?: string[];
      /**
       * Instead of fileIds: as in a listing. Without a status: available, of restore deleted
       */
      filter?: {
        path?: string;
        recursive?: boolean;
        status?: string;
        type?: string;
        tag?: string;
      };
      params: {
        /**
         * @minItems 1
         * @maxItems 10
         */
        operations: (
          | {
              type: 'compress';
              /**
               * high and urgent overtake a backlog
               */
              priority?: 'low' | 'normal' | 'high' | 'urgent';
              /**
               * In its own format; quality 85 unless said
               */
              params?: {
                /**
                 * Of JPEG, WebP and AVIF
                 */
                quality?: number;
                /**
                 * keep: EXIF with the position where it was taken, XMP and colour profile; strip unless said
                 */
                metadata?: 'strip' | 'keep';
              };
            }
          | {
              type: 'thumbnails';
              /**
               * high and urgent overtake a backlog
               */
              priority?: 'low' | 'normal' | 'high' | 'urgent';
              params?: {
                /**
                 * 150, 300, 600 unless said
                 *
                 * @minItems 1
                 * @maxItems 5
                 *
                 * Items: Pixels; nothing is enlarged
                 */
                sizes?: number[];
                /**
                 * cover fills the box and cuts what sticks out, inside keeps the whole picture
                 */
                fit?: 'cover' | 'inside';
                /**
                 * WebP where it is transparent or moves, else JPEG, unless said
                 */
                format?: 'jpeg' | 'png' | 'webp' | 'avif';
                /**
                 * Of JPEG, WebP and AVIF
                 */
                quality?: number;
                /**
                 * keep: EXIF with the position where it was taken, XMP and colour profile; strip unless said
                 */
                metadata?: 'strip' | 'keep';
              };
            }
          | {
              type: 'resize';
              /**
               * high and urgent overtake a backlog
               */
              priority?: 'low' | 'normal' | 'high' | 'urgent';
              params: {
                /**
                 * Pixels; nothing is enlarged
                 */
                width?: number;
                /**
                 * Pixels; nothing is enlarged
                 */
                height?: number;
                /**
                 * cover fills the box and cuts what sticks out, inside keeps the whole picture
                 */
                fit?: 'cover' | 'inside';
                /**
                 * The original's unless said
                 */
                format?: 'jpeg' | 'png' | 'webp' | 'avif';
                /**
                 * Of JPEG, WebP and AVIF
                 */
                quality?: number;
                /**
                 * keep: EXIF with the position where it was taken, XMP and colour profile; strip unless said
                 */
                metadata?: 'strip' | 'keep';
              };
            }
          | {
              type: 'watermark';
              /**
               * high and urgent overtake a backlog
               */
              priority?: 'low' | 'normal' | 'high' | 'urgent';
              params: {
                text?: string;
                /**
                 * Instead of a text: a stored image that the caller may read
                 */
                fileId?: string;
                /**
                 * bottom-right unless said
                 */
                position?:
                  | 'top-left'
                  | 'top'
                  | 'top-right'
                  | 'left'
                  | 'center'
                  | 'right'
                  | 'bottom-left'
                  | 'bottom'
                  | 'bottom-right';
                /**
                 * 0.7 unless said
                 */
                opacity?: number;
                /**
                 * Of the picture's sides; 0.3 unless said
                 */
                scale?: number;
                /**
                 * The original's unless said
                 */
                format?: 'jpeg' | 'png' | 'webp' | 'avif';
                /**
                 * Of JPEG, WebP and AVIF
                 */
                quality?: number;
                /**
                 * keep: EXIF with the position where it was taken, XMP and colour profile; strip unless said
                 */
                metadata?: 'strip' | 'keep';
              };
            }
          | {
              type: 'convert';
              /**
               * high and urgent overtake a backlog
               */
              priority?: 'low' | 'normal' | 'high' | 'urgent';
              params: {
                format: 'jpeg' | 'png' | 'webp' | 'avif';
                /**
                 * Of JPEG, WebP and AVIF
                 */
                quality?: number;
                /**
                 * keep: EXIF with the position where it was taken, XMP and colour profile; strip unless said
                 */
                metadata?: 'strip' | 'keep';
              };
            }
        )[];
      };
    };
export type FileStatus =
  | 'uploading'
  | 'uploaded'
  | 'inspecting'
  | 'held'
  | 'stored'
  | 'processing'
  | 'ready'
  | 'failed'
  | 'deleted'
  | 'rejected'
  | 'aborted'
  | 'expired'
  | 'purged';
export type PartUrlsRequest =
  | {
      /**
       * @minItems 1
       * @maxItems 1000
       */
      partNumbers: number[];
      expirationSeconds?: number;
    }
  | {
      /**
       * @minItems 1
       * @maxItems 1000
       */
      parts: {
        partNumber: number;
        checksum: string;
      }[];
      expirationSeconds?: number;
    };

export interface BulkResponse {
  jobId: string;
}
export interface ChangeTenantRequest {
  name?: string;
  status?: 'active' | 'suspended';
  tier?: 'basic' | 'premium' | 'enterprise';
  policy?: PolicyChange;
}
export interface PolicyChange {
  maxBytes?: number | null;
  maxConcurrentUploads?: number | null;
  maxFilesPerDay?: number | null;
  maxFileSize?: number | null;
  allowedMimeTypes?: string[] | null;
  allowedExtensions?: string[] | null;
  blockUploads?: boolean | null;
  slotsPerUser?: number | null;
  initiationsPerMinute?: number | null;
  bytesPerUser?: number | null;
  filesPerUser?: number | null;
  bytesPerHour?: number | null;
  transcodeMinutesPerMonth?: number | null;
  virusScanningRequired?: boolean | null;
  encryptionRequired?: boolean | null;
  trashDays?: number | null;
  retentionDays?: number | null;
  geoRestrictions?: {
    /**
     * @minItems 1
     * @maxItems 200
     */
    allow?: string[];
    /**
     * @minItems 1
     * @maxItems 200
     */
    deny?: string[];
  } | null;
  auditLevel?: ('minimal' | 'standard' | 'full') | null;
  complianceFrameworks?:
    | (
        | 'HIPAA'
        | 'PCI-DSS'
        | 'FERPA'
        | 'SOC2'
        | 'GDPR'
        | 'HITECH'
        | 'SOX'
        | 'ISO27001'
        | 'FedRAMP'
        | 'FISMA'
        | 'COPPA'
      )[]
    | null;
  unscannable?: ('reject' | 'hold') | null;
  svg?: ('rasterize' | 'reject') | null;
  activeContent?: ('allow' | 'reject') | null;
  encryptedContent?: ('allow' | 'reject') | null;
  dedupe?: ('off' | 'share') | null;
  dedupeQuota?: ('each' | 'once') | null;
  renditionPresets?: RenditionPreset[] | null;
  timeZone?: string | null;
  profiles?: {
    [k: string]: UploadProfile;
  } | null;
}
export interface RenditionPreset {
  name: string;
  fit: 'cover' | 'inside';
  width: number;
  height: number;
  /**
   * auto: WebP where the picture is transparent, else JPEG
   */
  format: 'auto' | 'jpeg' | 'webp';
  quality: number;
}
export interface UploadProfile {
  /**
   * @minItems 1
   * @maxItems 200
   */
  allowedTypes: string[];
  maxSize?: number;
  maxFiles: number;
  folder: string;
}
export interface ChangeUserRequest {
  tier?: ('basic' | 'premium' | 'enterprise') | null;
  role?: 'user' | 'admin' | 'root';
  status?: 'active' | 'inactive';
}
export interface ClearUserSlotsResponse {
  /**
   * Uploads that this call ended
   */
  ended: number;
  /**
   * Uploads whose bytes are being put together: they become files
   */
  left: number;
  /**
   * false: there are more than one call ends, repeat it
   */
  complete: boolean;
}
export interface CompleteRequest {
  /**
   * @maxItems 10000
   */
  parts?: {
    partNumber: number;
    etag: string;
  }[];
}
export interface CompleteResponse {
  fileId: string;
  status: FileStatus;
}
export interface ConcurrencyHealthResponse {
  consistent: boolean;
  slots: {
    counted: number;
    sessions: number;
  };
  lastSweep?: {
    startedAt: string;
    endedAt: string;
    complete: boolean;
    ageSeconds: number;
    /**
     * For root: what was done over all tenants
     */
    actions?: {
      [k: string]: number;
    };
  };
  issues: string[];
}
export interface ConcurrencyStatsResponse {
  activeUploads: number;
  maxUploads: number;
  /**
   * Of the slots, from 0 to 1
   */
  utilization: number;
  peakToday: number;
  /**
   * Those with the most open uploads first, at most 100
   */
  byUser: {
    userId: string;
    active: number;
    max: number;
  }[];
  usersActive: number;
}
export interface CreateBatchRequest {
  /**
   * @minItems 1
   * @maxItems 100
   */
  uploads: {
    path?: string;
    filename: string;
    originalName?: string;
    mimeType: string;
    size: number;
    checksum?: {
      algorithm: 'CRC64NVME' | 'CRC32' | 'SHA256';
      value?: string;
      perPart?: boolean;
    };
    /**
     * @maxItems 20
     */
    tags?: string[];
    metadata?: {
      [k: string]: string;
    };
    isPublic?: boolean;
    priority?: 'low' | 'normal' | 'high' | 'urgent';
    onConflict?: 'reject' | 'rename' | 'replace';
    profile?: string;
    expirationSeconds?: number;
    urls?: number;
    bucket?: string;
  }[];
}
export interface CreateBatchResponse {
  batchId: string;
  results: (
    | {
        status: 201;
        upload: Upload;
      }
    | {
        status: number;
        error: Problem;
      }
  )[];
  summary: {
    requested: number;
    accepted: number;
    refused: number;
    /**
     * Of the accepted uploads
     */
    bytes: number;
  };
}
export interface Upload {
  fileId: string;
  uploadId: string;
  partSize: number;
  totalParts: number;
  parts: SignedPart[];
  expiresAt: string;
  heartbeatSeconds: number;
}
export interface SignedPart {
  partNumber: number;
  /**
   * Exact bytes: a longer or shorter body is refused by S3
   */
  size: number;
  url: string;
  /**
   * What must be sent besides the bytes
   */
  headers: {
    [k: string]: string;
  };
  expiresAt: string;
}
/**
 * RFC 9457, as application/problem+json
 */
export interface Problem {
  /**
   * A URN of the code
   */
  type: string;
  /**
   * What the code means
   */
  title: string;
  status: number;
  /**
   * What to act on; each call names those that it can answer
   */
  code: string;
  /**
   * What to do next
   */
  detail: string;
  /**
   * The same as detail
   */
  message: string;
  /**
   * For whoever operates Sluice
   */
  requestId: string;
  /**
   * Which fields of the request, and what is wrong with each
   */
  errors?: {
    field: string;
    code: string;
    detail: string;
  }[];
}
export interface CreateClientRequest {
  name: string;
  /**
   * @minItems 1
   * @maxItems 3
   */
  scopes: ('uploads' | 'files.read' | 'files.write')[];
  clientId?: string;
}
export interface CreateFolderRequest {
  path: string;
}
export interface CreateFolderResponse {
  path: string;
  name: string;
  /**
   * Directly in it
   */
  files: number;
  /**
   * Directly in it
   */
  folders: number;
  createdAt: string;
}
export interface CreateTenantRequest {
  tenantId: string;
  name: string;
  tier?: 'basic' | 'premium' | 'enterprise';
  policy?: PolicyChange;
}
export interface CreateUserRequest {
  email: string;
  role?: 'user' | 'admin' | 'root';
  tier?: 'basic' | 'premium' | 'enterprise';
  password?: string;
  userId?: string;
}
export interface DeleteFolderResponse {
  jobId: string;
}
export interface EraseTenantResponse {
  jobId: string;
}
export interface File {
  id: string;
  tenantId: string;
  ownerId: string;
  /**
   * Folder, as in / or /photos/2026
   */
  path: string;
  filename: string;
  originalName: string;
  /**
   * Declared until the bytes are inspected, then what they are
   */
  mimeType: string;
  size: number;
  status: FileStatus;
  /**
   * Why it was rejected or failed
   */
  reason?: string;
  isPublic: boolean;
  sensitivity: 'public' | 'internal' | 'confidential' | 'restricted';
  tags: string[];
  checksum?: {
    algorithm: string;
    value?: string;
    perPart?: boolean;
  };
  /**
   * For If-Match: changes with every change of the file
   */
  etag: string;
  /**
   * Counts the contents
   */
  version: number;
  renditions: Rendition[];
  progress: number;
  createdAt: string;
  updatedAt: string;
  /**
   * In the trash since then
   */
  deletedAt?: string;
  /**
   * When the trash forgets it
   */
  purgeAt?: string;
  /**
   * It can be neither deleted nor replaced
   */
  legalHold?: {
    reason: string;
    since: string;
    by: string;
  };
  /**
   * What a reader of the content should know before opening it
   */
  findings?: (
    | 'javascript'
    | 'launch_action'
    | 'embedded_files'
    | 'external_references'
    | 'macros'
    | 'encrypted'
    | 'trailing_data'
  )[];
  /**
   * The last malware scan that the content has passed
   */
  scan?: {
    engine: string;
    at: string;
    definitions?: string;
  };
  /**
   * Contents that a later scan found infected, oldest first: they are gone
   */
  withdrawals?: {
    version: number;
    threat: string;
    engine: string;
    at: string;
  }[];
  metadata: {
    [k: string]: string;
  };
  /**
   * What kind of thing it is, as its content tells
   */
  category?:
    'photo' | 'screenshot' | 'scan' | 'document' | 'spreadsheet' | 'archive' | 'audio' | 'video' | 'other';
  media?: {
    width?: number;
    height?: number;
    /**
     * Seconds
     */
    duration?: number;
    pages?: number;
    format?: string;
    frames?: number;
    hasAlpha?: boolean;
    /**
     * ThumbHash, base64: a blurred picture to show until the real one is there
     */
    placeholder?: string;
    exif?: {
      [k: string]: string | number | boolean;
    };
    /**
     * What it says about itself: title, author, artist, sheets, what is not safe in it
     */
    details?: {
      [k: string]: unknown;
    };
    text?: {
      /**
       * Its beginning, 10,000 characters at most
       */
      excerpt: string;
      characters: number;
      /**
       * There is more text than search looks at
       */
      truncated: boolean;
    };
  };
  /**
   * The upload that is replacing the content, or the last one that came to nothing
   */
  replacement?: {
    uploadId: string;
    startedAt: string;
    /**
     * What became of it; absent while it is under way
     */
    endedAs?:
      | 'uploading'
      | 'uploaded'
      | 'inspecting'
      | 'held'
      | 'stored'
      | 'processing'
      | 'ready'
      | 'failed'
      | 'deleted'
      | 'rejected'
      | 'aborted'
      | 'expired'
      | 'purged';
    reason?: string;
  };
}
export interface Rendition {
  name: string;
  status: 'pending' | 'ready' | 'failed' | 'skipped';
  /**
   * Why it failed or was skipped
   */
  reason?: string;
  mimeType?: string;
  width?: number;
  height?: number;
  /**
   * Only where it moves
   */
  frames?: number;
  /**
   * Seconds
   */
  duration?: number;
  size?: number;
  /**
   * Of the original's size, where it is made to save some; negative where it is larger
   */
  bytesSaved?: number;
  /**
   * Its size as a part of the original's, to four digits
   */
  ratio?: number;
  /**
   * Somebody asked for it
   */
  onDemand?: true;
  createdAt?: string;
}
export interface FileStatusResponse {
  id: string;
  status: FileStatus;
  reason?: string;
  progress: number;
  /**
   * Until it is ready; 0 when it is or will not be
   */
  estimatedSeconds: number;
  renditions: Rendition[];
  /**
   * Of the content that it serves
   */
  version: number;
  /**
   * The upload that is replacing the content, or the last one that came to nothing; absent once the file has taken the new content over
   */
  replacement?: {
    uploadId: string;
    status: FileStatus;
    reason?: string;
    progress: number;
    /**
     * Until it is ready; 0 when it is or will not be
     */
    estimatedSeconds: number;
  };
}
export interface FileTimelineResponse {
  events: {
    eventId: string;
    type: string;
    at: string;
    data: {
      [k: string]: string | number | boolean;
    };
  }[];
  nextCursor?: string;
}
export interface FileVersion {
  version: number;
  current: boolean;
  originalName: string;
  mimeType: string;
  size: number;
  checksum?: {
    algorithm: string;
    value?: string;
    perPart?: boolean;
  };
  renditions: Rendition[];
  /**
   * Since when it is, or was, the file's content
   */
  storedAt?: string;
  /**
   * When other content took its place; absent of the current one
   */
  replacedAt?: string;
}
/**
 * What API Gateway answers by itself, before any function is asked.
 */
export interface GatewayAnswer {
  message?: string;
}
export interface GetBatchResponse {
  batchId: string;
  createdAt: string;
  files: {
    fileId: string;
    filename: string;
    status: FileStatus;
    reason?: string;
    progress: number;
  }[];
}
export interface GetJobResponse {
  jobId: string;
  kind: string;
  status: 'queued' | 'running' | 'done' | 'failed';
  progress: {
    /**
     * Once it is known
     */
    total?: number;
    /**
     * Skipped ones too
     */
    done: number;
    failed: number;
  };
  createdAt: string;
  endedAt?: string;
  /**
   * Why the job itself failed
   */
  reason?: string;
  detail?: string;
  results: {
    fileId?: string;
    /**
     * What is no file
     */
    subject?: string;
    /**
     * skipped: there was nothing to do
     */
    outcome: 'done' | 'skipped' | 'failed';
    /**
     * As the single call would have answered; of a rendition its reason
     */
    code?: string;
    detail?: string;
    rendition?: Rendition1;
  }[];
  nextCursor?: string;
}
/**
 * What an operation on a file has made
 */
export interface Rendition1 {
  name: string;
  status: 'pending' | 'ready' | 'failed' | 'skipped';
  /**
   * Why it failed or was skipped
   */
  reason?: string;
  mimeType?: string;
  width?: number;
  height?: number;
  /**
   * Only where it moves
   */
  frames?: number;
  /**
   * Seconds
   */
  duration?: number;
  size?: number;
  /**
   * Of the original's size, where it is made to save some; negative where it is larger
   */
  bytesSaved?: number;
  /**
   * Its size as a part of the original's, to four digits
   */
  ratio?: number;
  /**
   * Somebody asked for it
   */
  onDemand?: true;
  createdAt?: string;
}
export interface GetMetricsResponse {
  window: '1h' | '24h' | '30d';
  /**
   * The beginning of the first full hour or day that is counted
   */
  from: string;
  to: string;
  /**
   * Absent: the whole stage
   */
  tenantId?: string;
  uploads: {
    /**
     * Initiated
     */
    total: number;
    successful: number;
    /**
     * Stored, but could not be processed
     */
    failed: number;
    rejected: number;
    expired: number;
    aborted: number;
    /**
     * Open now
     */
    active: number;
  };
  /**
   * Of the uploads that ended without being aborted, from 0 to 1; null when none did
   */
  successRate: number | null;
  /**
   * Seconds; percentiles are within 9.1 % of the exact ones. null: there was nothing to measure
   */
  uploadSeconds: {
    average: number;
    p95: number;
    p99: number;
  } | null;
  /**
   * Seconds; percentiles are within 9.1 % of the exact ones. null: there was nothing to measure
   */
  processingSeconds: {
    average: number;
    p95: number;
    p99: number;
  } | null;
  /**
   * Stored
   */
  bytes: number;
  throughput: {
    bytesPerSecond: number;
    uploadsPerHour: number;
  };
  peakConcurrent: number;
  /**
   * Malware found
   */
  detections: number;
  /**
   * Rejected for what the file contains
   */
  blocked: number;
  /**
   * Security alerts
   */
  alerts: number;
  /**
   * Of output that videos and recordings became, by rung of the ladder
   */
  transcodedMinutes: {
    '1080p': number;
    '720p': number;
    '480p': number;
    '360p': number;
    audio: number;
  };
  storage: {
    bytes: number;
    files: number;
    /**
     * For the whole stage: the 100 largest
     */
    byTenant?: {
      tenantId: string;
      bytes: number;
      files: number;
    }[];
  };
  /**
   * For the whole stage
   */
  queues?: {
    name: string;
    visible: number;
    inFlight: number;
    delayed: number;
    deadLetters: number;
  }[];
  top: {
    types: {
      type: string;
      uploads: number;
      bytes: number;
    }[];
    regions?: {
      region: string;
      uploads: number;
      bytes: number;
    }[];
    tenants?: {
      tenantId: string;
      uploads: number;
      bytes: number;
    }[];
    /**
     * false: there were more tenants or regions than one answer reads
     */
    complete: boolean;
  };
  health: {
    /**
     * 0 to 100
     */
    score: number;
    reasons: string[];
  };
  /**
   * A point for each hour, or each day of 30d, oldest first
   */
  series: {
    at: string;
    uploads: number;
    successful: number;
    failed: number;
    rejected: number;
    bytes: number;
    peakConcurrent: number;
    /**
     * On average
     */
    uploadSeconds: number | null;
  }[];
}
export interface HealthResponse {
  status: 'healthy' | 'degraded' | 'critical';
  issues: string[];
  checks: {
    name: string;
    ok: boolean;
    ms: number;
  }[];
  /**
   * Of the last hour; absent where too few uploads ended to say anything
   */
  numbers?: {
    /**
     * From 0 to 1
     */
    successRate: number;
    averageUploadSeconds?: number;
  };
}
export interface HeartbeatsRequest {
  /**
   * @minItems 1
   * @maxItems 100
   */
  fileIds: string[];
}
export interface HeartbeatsResponse {
  alive: string[];
  gone: string[];
}
export interface Highlight {
  field: 'name' | 'tags' | 'metadata' | 'text';
  /**
   * Of metadata: the name of the field
   */
  key?: string;
  /**
   * In order: the name, the tag, the value, or a passage of the text. Plain text, never markup
   */
  fragments: {
    text: string;
    match: boolean;
  }[];
}
export interface ImageLink {
  /**
   * From the API's address on; for an `<img>`, without a sign-in
   */
  url: string;
  expiresAt: string;
  width: number;
  height: number;
}
export interface ImageLinks {
  /**
   * From the API's address on; for an `<img>`, without a sign-in
   */
  url: string;
  expiresAt: string;
  width: number;
  height: number;
  /**
   * Of `widths`, by width, each once
   */
  sources?: ImageLink[];
}
export interface InitiateRequest {
  path?: string;
  filename: string;
  originalName?: string;
  mimeType: string;
  size: number;
  checksum?: {
    algorithm: 'CRC64NVME' | 'CRC32' | 'SHA256';
    value?: string;
    perPart?: boolean;
  };
  /**
   * @maxItems 20
   */
  tags?: string[];
  metadata?: {
    [k: string]: string;
  };
  isPublic?: boolean;
  priority?: 'low' | 'normal' | 'high' | 'urgent';
  onConflict?: 'reject' | 'rename' | 'replace';
  profile?: string;
  expirationSeconds?: number;
  urls?: number;
  bucket?: string;
}
export interface ListClientsResponse {
  clients: MachineClient[];
  nextCursor?: string;
}
export interface MachineClient {
  clientId: string;
  tenantId: string;
  name: string;
  scopes: string[];
  status: 'active' | 'removed';
  createdAt: string;
}
export interface ListFilesResponse {
  files: ListedFile[];
  nextCursor?: string;
}
export interface ListedFile {
  id: string;
  tenantId: string;
  ownerId: string;
  /**
   * Folder, as in / or /photos/2026
   */
  path: string;
  filename: string;
  originalName: string;
  /**
   * Declared until the bytes are inspected, then what they are
   */
  mimeType: string;
  size: number;
  status: FileStatus;
  /**
   * Why it was rejected or failed
   */
  reason?: string;
  isPublic: boolean;
  sensitivity: 'public' | 'internal' | 'confidential' | 'restricted';
  tags: string[];
  checksum?: {
    algorithm: string;
    value?: string;
    perPart?: boolean;
  };
  /**
   * For If-Match: changes with every change of the file
   */
  etag: string;
  /**
   * Counts the contents
   */
  version: number;
  renditions: Rendition[];
  progress: number;
  createdAt: string;
  updatedAt: string;
  /**
   * In the trash since then
   */
  deletedAt?: string;
  /**
   * When the trash forgets it
   */
  purgeAt?: string;
  /**
   * It can be neither deleted nor replaced
   */
  legalHold?: {
    reason: string;
    since: string;
    by: string;
  };
  /**
   * What kind of thing it is, as its content tells
   */
  category?:
    'photo' | 'screenshot' | 'scan' | 'document' | 'spreadsheet' | 'archive' | 'audio' | 'video' | 'other';
  media?: {
    width?: number;
    height?: number;
    /**
     * Seconds
     */
    duration?: number;
    pages?: number;
    format?: string;
    frames?: number;
    hasAlpha?: boolean;
    /**
     * ThumbHash, base64: a blurred picture to show until the real one is there
     */
    placeholder?: string;
  };
  /**
   * With shared=true: how it is shared with the caller
   */
  share?: {
    access: 'read' | 'write';
    createdAt: string;
    expiresAt?: string;
  };
}
export interface ListFoldersResponse {
  path: string;
  /**
   * Directly in it
   */
  files: number;
  /**
   * Directly in it, by name
   */
  folders: {
    path: string;
    name: string;
    /**
     * Directly in it
     */
    files: number;
    /**
     * Directly in it
     */
    folders: number;
    createdAt: string;
  }[];
  nextCursor?: string;
}
export interface ListPartsResponse {
  parts: {
    partNumber: number;
    size: number;
    etag: string;
  }[];
  partSize: number;
  totalParts: number;
  uploadedParts: number;
  uploadedBytes: number;
  progress: number;
}
export interface ListQueuesResponse {
  queues: {
    name: string;
    visible: number;
    inFlight: number;
    delayed: number;
    dlq: {
      visible: number;
      /**
       * Age of the oldest message of `failed`
       */
      oldestSeconds?: number;
    };
    /**
     * Up to 10 dead letters
     */
    failed: {
      messageId: string;
      receives: number;
      at: string;
      tenantId?: string;
      fileId?: string;
      reason?: 'malformed';
    }[];
  }[];
}
export interface ListSharesResponse {
  shares: Share[];
}
export interface Share {
  userId: string;
  access: 'read' | 'write';
  expiresAt?: string;
  createdAt: string;
  /**
   * Who shared it
   */
  createdBy: string;
}
export interface ListTenantsResponse {
  tenants: Tenant[];
  nextCursor?: string;
}
export interface Tenant {
  tenantId: string;
  name: string;
  status: 'active' | 'suspended' | 'erasing';
  tier: 'basic' | 'premium' | 'enterprise';
  policy: PolicyOverrides;
  effectivePolicy: TenantPolicy;
  userCount: number;
  /**
   * ARN of the tenant's own KMS key, since its policy first asked for one
   */
  encryptionKey?: string;
  createdAt: string;
}
export interface PolicyOverrides {
  maxBytes?: number;
  maxConcurrentUploads?: number;
  maxFilesPerDay?: number;
  maxFileSize?: number;
  /**
   * @minItems 1
   * @maxItems 200
   */
  allowedMimeTypes?: string[];
  /**
   * @minItems 1
   * @maxItems 200
   */
  allowedExtensions?: string[];
  blockUploads?: boolean;
  slotsPerUser?: number;
  initiationsPerMinute?: number;
  bytesPerUser?: number;
  filesPerUser?: number;
  bytesPerHour?: number;
  transcodeMinutesPerMonth?: number;
  virusScanningRequired?: boolean;
  encryptionRequired?: boolean;
  trashDays?: number;
  retentionDays?: number;
  geoRestrictions?: {
    /**
     * @minItems 1
     * @maxItems 200
     */
    allow?: string[];
    /**
     * @minItems 1
     * @maxItems 200
     */
    deny?: string[];
  };
  auditLevel?: 'minimal' | 'standard' | 'full';
  /**
   * @maxItems 11
   */
  complianceFrameworks?: (
    | 'HIPAA'
    | 'PCI-DSS'
    | 'FERPA'
    | 'SOC2'
    | 'GDPR'
    | 'HITECH'
    | 'SOX'
    | 'ISO27001'
    | 'FedRAMP'
    | 'FISMA'
    | 'COPPA'
  )[];
  unscannable?: 'reject' | 'hold';
  svg?: 'rasterize' | 'reject';
  activeContent?: 'allow' | 'reject';
  encryptedContent?: 'allow' | 'reject';
  dedupe?: 'off' | 'share';
  dedupeQuota?: 'each' | 'once';
  /**
   * @minItems 1
   * @maxItems 6
   */
  renditionPresets?: RenditionPreset[];
  timeZone?: string;
  profiles?: {
    [k: string]: UploadProfile;
  };
}
export interface TenantPolicy {
  maxBytes: number;
  maxConcurrentUploads: number;
  maxFilesPerDay: number;
  maxFileSize: number;
  /**
   * @minItems 1
   * @maxItems 200
   */
  allowedMimeTypes: string[];
  allowedExtensions: string[] | null;
  blockUploads: boolean;
  slotsPerUser: number;
  initiationsPerMinute: number;
  bytesPerUser: number;
  filesPerUser: number;
  bytesPerHour: number | null;
  transcodeMinutesPerMonth: number;
  virusScanningRequired: boolean;
  encryptionRequired: boolean;
  trashDays: number;
  retentionDays: number;
  geoRestrictions: {
    /**
     * @minItems 1
     * @maxItems 200
     */
    allow?: string[];
    /**
     * @minItems 1
     * @maxItems 200
     */
    deny?: string[];
  };
  auditLevel: 'minimal' | 'standard' | 'full';
  /**
   * @maxItems 11
   */
  complianceFrameworks: (
    | 'HIPAA'
    | 'PCI-DSS'
    | 'FERPA'
    | 'SOC2'
    | 'GDPR'
    | 'HITECH'
    | 'SOX'
    | 'ISO27001'
    | 'FedRAMP'
    | 'FISMA'
    | 'COPPA'
  )[];
  unscannable: 'reject' | 'hold';
  svg: 'rasterize' | 'reject';
  activeContent: 'allow' | 'reject';
  encryptedContent: 'allow' | 'reject';
  dedupe: 'off' | 'share';
  dedupeQuota: 'each' | 'once';
  /**
   * @minItems 1
   * @maxItems 6
   */
  renditionPresets: RenditionPreset[];
  timeZone: string;
  profiles: {
    [k: string]: UploadProfile;
  };
}
export interface ListUploadsResponse {
  uploads: UnfinishedUpload[];
  nextCursor?: string;
}
export interface UnfinishedUpload {
  fileId: string;
  uploadId: string;
  path: string;
  filename: string;
  mimeType: string;
  size: number;
  partSize: number;
  totalParts: number;
  createdAt: string;
  lastActivityAt: string;
  expiresAt: string;
}
export interface ListUsersResponse {
  users: TenantUser[];
  nextCursor?: string;
}
export interface TenantUser {
  userId: string;
  tenantId: string;
  email: string;
  role: 'user' | 'admin' | 'root';
  status: 'active' | 'inactive' | 'removed';
  tier?: 'basic' | 'premium' | 'enterprise';
  createdAt: string;
}
export interface ListVersionsResponse {
  versions: FileVersion[];
  nextCursor?: string;
}
export interface LoginRequest {
  email: string;
  password: string;
}
export interface MachineToken {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
  scope: string;
}
export interface MoveFileRequest {
  newPath: string;
  onConflict?: 'reject' | 'rename';
}
export interface MoveFolderRequest {
  path: string;
  newPath: string;
  onConflict?: 'reject' | 'rename';
}
export interface MoveFolderResponse {
  jobId: string;
}
export interface NewMachineClient {
  clientId: string;
  tenantId: string;
  name: string;
  scopes: string[];
  status: 'active' | 'removed';
  createdAt: string;
  clientSecret?: string;
}
export interface OpenapiResponse {
  openapi: string;
  [k: string]: unknown;
}
export interface PartUrlRequest {
  checksum?: string;
}
export interface PartUrlResponse {
  partNumber: number;
  /**
   * Exact bytes: a longer or shorter body is refused by S3
   */
  size: number;
  url: string;
  /**
   * What must be sent besides the bytes
   */
  headers: {
    [k: string]: string;
  };
  expiresAt: string;
  expirationSeconds: number;
}
export interface PartUrlsResponse {
  parts: SignedPart[];
}
export interface ProcessFileRequest {
  /**
   * @minItems 1
   * @maxItems 10
   */
  operations: (
    | {
        type: 'compress';
        /**
         * high and urgent overtake a backlog
         */
        priority?: 'low' | 'normal' | 'high' | 'urgent';
        /**
         * In its own format; quality 85 unless said
         */
        params?: {
          /**
           * Of JPEG, WebP and AVIF
           */
          quality?: number;
          /**
           * keep: EXIF with the position where it was taken, XMP and colour profile; strip unless said
           */
          metadata?: 'strip' | 'keep';
        };
      }
    | {
        type: 'thumbnails';
        /**
         * high and urgent overtake a backlog
         */
        priority?: 'low' | 'normal' | 'high' | 'urgent';
        params?: {
          /**
           * 150, 300, 600 unless said
           *
           * @minItems 1
           * @maxItems 5
           *
           * Items: Pixels; nothing is enlarged
           */
          sizes?: number[];
          /**
           * cover fills the box and cuts what sticks out, inside keeps the whole picture
           */
          fit?: 'cover' | 'inside';
          /**
           * WebP where it is transparent or moves, else JPEG, unless said
           */
          format?: 'jpeg' | 'png' | 'webp' | 'avif';
          /**
           * Of JPEG, WebP and AVIF
           */
          quality?: number;
          /**
           * keep: EXIF with the position where it was taken, XMP and colour profile; strip unless said
           */
          metadata?: 'strip' | 'keep';
        };
      }
    | {
        type: 'resize';
        /**
         * high and urgent overtake a backlog
         */
        priority?: 'low' | 'normal' | 'high' | 'urgent';
        params: {
          /**
           * Pixels; nothing is enlarged
           */
          width?: number;
          /**
           * Pixels; nothing is enlarged
           */
          height?: number;
          /**
           * cover fills the box and cuts what sticks out, inside keeps the whole picture
           */
          fit?: 'cover' | 'inside';
          /**
           * The original's unless said
           */
          format?: 'jpeg' | 'png' | 'webp' | 'avif';
          /**
           * Of JPEG, WebP and AVIF
           */
          quality?: number;
          /**
           * keep: EXIF with the position where it was taken, XMP and colour profile; strip unless said
           */
          metadata?: 'strip' | 'keep';
        };
      }
    | {
        type: 'watermark';
        /**
         * high and urgent overtake a backlog
         */
        priority?: 'low' | 'normal' | 'high' | 'urgent';
        params: {
          text?: string;
          /**
           * Instead of a text: a stored image that the caller may read
           */
          fileId?: string;
          /**
           * bottom-right unless said
           */
          position?:
            | 'top-left'
            | 'top'
            | 'top-right'
            | 'left'
            | 'center'
            | 'right'
            | 'bottom-left'
            | 'bottom'
            | 'bottom-right';
          /**
           * 0.7 unless said
           */
          opacity?: number;
          /**
           * Of the picture's sides; 0.3 unless said
           */
          scale?: number;
          /**
           * The original's unless said
           */
          format?: 'jpeg' | 'png' | 'webp' | 'avif';
          /**
           * Of JPEG, WebP and AVIF
           */
          quality?: number;
          /**
           * keep: EXIF with the position where it was taken, XMP and colour profile; strip unless said
           */
          metadata?: 'strip' | 'keep';
        };
      }
    | {
        type: 'convert';
        /**
         * high and urgent overtake a backlog
         */
        priority?: 'low' | 'normal' | 'high' | 'urgent';
        params: {
          format: 'jpeg' | 'png' | 'webp' | 'avif';
          /**
           * Of JPEG, WebP and AVIF
           */
          quality?: number;
          /**
           * keep: EXIF with the position where it was taken, XMP and colour profile; strip unless said
           */
          metadata?: 'strip' | 'keep';
        };
      }
  )[];
}
export interface ProcessFileResponse {
  jobs: {
    /**
     * For GET /storage/jobs/{jobId}
     */
    jobId: string;
    type: string;
    /**
     * The lane that it waits in
     */
    queue: string;
    /**
     * Until the result is expected; 0 where it is there already
     */
    estimatedSeconds: number;
  }[];
}
export interface PublicKeySet {
  keys: {
    kty: string;
    crv: string;
    x: string;
    y: string;
    kid: string;
    use: 'sig';
    alg: 'ES256';
  }[];
}
export interface PutShareRequest {
  access: 'read' | 'write';
  expiresAt?: string;
}
export interface QuotaResponse {
  currentUsage: number;
  /**
   * Of uploads that are under way
   */
  reserved: number;
  maxQuota: number;
  availableSpace: number;
  filesCount: number;
  maxFiles: number;
  tier: string;
  maxFileSize: number;
  allowedTypes: string[];
  slots: {
    used: number;
    max: number;
  };
  /**
   * The caller's own
   */
  role: 'user' | 'admin' | 'root';
  tenant: {
    currentUsage: number;
    /**
     * Of uploads that are under way
     */
    reserved: number;
    maxQuota: number;
    availableSpace: number;
    filesCount: number;
    maxFiles: number;
    tier: string;
    maxFileSize: number;
    allowedTypes: string[];
    slots: {
      used: number;
      max: number;
    };
    /**
     * Minutes of output, of all rungs together, in this calendar month (UTC)
     */
    transcodeMinutes: {
      used: number;
      max: number;
    };
  };
}
export interface RebuildSearchResponse {
  jobId: string;
}
export interface Receipt {
  /**
   * Of the shape of receipts
   */
  schemaVersion: number;
  tenantId: string;
  ownerId: string;
  fileId: string;
  version: number;
  uploadId: string;
  /**
   * The name that the upload gave it
   */
  originalName: string;
  /**
   * As the inspection found it
   */
  mimeType: string;
  size: number;
  /**
   * Of the whole content, base64 by algorithm: SHA256, CRC64NVME, CRC32
   */
  checksums: {
    [k: string]: string;
  };
  /**
   * Of the object that was uploaded, as S3 gave it
   */
  contentEtag?: string;
  uploadedAt?: string;
  storedAt?: string;
  issuedAt: string;
}
export interface ReconcileTenantResponse {
  jobId: string;
}
export interface RedriveQueueResponse {
  /**
   * Messages sent back, at most 1,000 a call
   */
  moved: number;
}
export interface RefreshRequest {
  refreshToken: string;
}
export interface RenameFileRequest {
  newFilename: string;
}
export interface RescanFileResponse {
  fileId: string;
  status: FileStatus;
}
export interface RestoreFileRequest {
  onConflict?: 'reject' | 'rename';
}
export interface SearchAuditResponse {
  records: {
    recordId: string;
    /**
     * When it happened
     */
    at: string;
    /**
     * When the record was made
     */
    recordedAt: string;
    tenantId: string;
    actor: {
      kind: 'user' | 'machine' | 'public' | 'system';
      userId?: string;
      role?: 'user' | 'admin' | 'root';
      clientId?: string;
      address?: string;
      country?: string;
      requestId?: string;
    };
    type:
      | 'file.initiated'
      | 'file.uploaded'
      | 'file.held'
      | 'file.stored'
      | 'file.rejected'
      | 'file.withdrawn'
      | 'file.processing'
      | 'file.ready'
      | 'file.failed'
      | 'file.expired'
      | 'file.aborted'
      | 'file.deleted'
      | 'file.restored'
      | 'file.purged'
      | 'file.shared'
      | 'file.moved'
      | 'file.changed'
      | 'quota.low'
      | 'security.alert'
      | 'tenant.created'
      | 'tenant.changed'
      | 'tenant.erased'
      | 'user.created'
      | 'user.changed'
      | 'user.removed'
      | 'client.created'
      | 'client.removed'
      | 'folder.created'
      | 'folder.moved'
      | 'folder.deleted'
      | 'uploads.cleared'
      | 'queue.redriven'
      | 'counters.repaired'
      | 'access.download'
      | 'access.read'
      | 'access.refused';
    operation: 'upload' | 'download' | 'delete' | 'share' | 'sensitive_access' | 'other';
    outcome: 'success' | 'refused' | 'failed';
    fileId?: string;
    ownerId?: string;
    /**
     * From 0 to 1
     */
    risk: number;
    /**
     * What raised the risk beside the operation
     */
    factors: string[];
    data: {
      [k: string]: string | number | boolean;
    };
    /**
     * Its number in the hash chain; absent until it is sealed
     */
    seq?: number;
  }[];
  nextCursor?: string;
}
export interface SearchFilesResponse {
  hits: {
    file: File;
    /**
     * How well it answers the question; to be compared within one search
     */
    score: number;
    highlights: Highlight[];
  }[];
  nextCursor?: string;
}
export interface SetLegalHoldRequest {
  hold: boolean;
  reason?: string;
}
export interface SetMetadataRequest {
  metadata: {
    [k: string]: string;
  };
  sensitivity?: 'public' | 'internal' | 'confidential' | 'restricted';
}
export interface SetTagsRequest {
  /**
   * @maxItems 20
   */
  tags: string[];
}
export interface SetVisibilityRequest {
  isPublic: boolean;
}
export interface SignedReceipt {
  receipt: Receipt;
  /**
   * What to believe: the receipt as canonical JSON, signed by ES256, in the compact serialization of RFC 7515
   */
  jws: string;
  /**
   * The kid of the key that signed
   */
  keyId: string;
  /**
   * Where the public keys are, from the API's address on
   */
  keysUrl: string;
}
export interface SignedUrl {
  url: string;
  expiresAt: string;
}
export interface SimilarFilesResponse {
  files: {
    file: ListedFile;
    /**
     * 0: looks the same
     */
    distance: number;
  }[];
}
export interface StorageHealthResponse {
  status: 'healthy' | 'degraded' | 'critical';
  issues: string[];
  checks: {
    name: string;
    ok: boolean;
    ms: number;
  }[];
  /**
   * Of the last hour; absent where too few uploads ended to say anything
   */
  numbers?: {
    /**
     * From 0 to 1
     */
    successRate: number;
    averageUploadSeconds?: number;
  };
}
export interface StreamUrl {
  /**
   * Of the master playlist, from the API's address on; for a player, without a sign-in
   */
  url: string;
  expiresAt: string;
}
export interface TokenRequest {
  grant_type: 'client_credentials';
  client_id?: string;
  client_secret?: string;
  scope?: string;
}
export interface Tokens {
  accessToken: string;
  /**
   * Seconds
   */
  expiresIn: number;
  refreshToken?: string;
}
