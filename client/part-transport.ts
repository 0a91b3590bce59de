/** One PUT of one part's bytes to a presigned URL. */
export interface PartRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Blob;
  readonly signal: AbortSignal;
  /** Bytes of this part that have left so far, as far as the transport can tell. */
  readonly onProgress: (sentBytes: number) => void;
}

export interface PartAnswer {
  /** HTTP status. */
  readonly status: number;
  /** undefined when the bucket's CORS rule does not expose it. */
  readonly etag: string | undefined;
  /** S3's XML, empty when it went well. */
  readonly body: string;
}

/**
 * Resolves with whatever S3 answered. Rejects with `SluiceError` `network_error` or `timeout` when no answer came,
 * and with `cancelled` when the signal aborted.
 */
export interface PartTransport {
  put(request: PartRequest): Promise<PartAnswer>;
}

/** No byte moved for this long: the connection is dead even if nobody said so. */
export const STALL_TIMEOUT_MS = 60_000;
/** A whole part may take this long and, beyond it, the time that the slowest line we serve needs for its bytes. */
export const PART_DEADLINE_MS = 120_000;
export const SLOWEST_BYTES_PER_SECOND = 16 * 1024;

export const partDeadlineMs = (bytes: number): number =>
  PART_DEADLINE_MS + Math.ceil((bytes / SLOWEST_BYTES_PER_SECOND) * 1000);
