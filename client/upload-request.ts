import type { Checksum, ConflictChoice, InitiateRequest } from './api-types.ts';
import { sha256Of } from './receipt.ts';
import { assertReadable, mimeTypeOf, type UploadSource } from './upload-source.ts';

/** URLs that the initiation brings along; those of later parts are asked for when their turn comes. */
export const INITIAL_URLS = 100;

/**
 * The bytes of one part, at most: S3 compares them with the checksum when they arrive, which costs nothing. Larger files
 * have several parts, of which the server would have to read the whole once more.
 */
export const CHECKSUM_MAX_BYTES: number = 5 * 1024 ** 2;

/** What shall be uploaded, and where to. */
export interface UploadRequest
  extends Partial<Pick<InitiateRequest, 'tags' | 'metadata' | 'isPublic' | 'priority' | 'onConflict'>> {
  readonly source: UploadSource;
  /** Folder, such as `/` or `/photos/2026`. */
  readonly path: string;
}

export function initiateRequest(
  { source, path, ...options }: UploadRequest,
  onConflict: ConflictChoice | undefined,
  checksum: Checksum | undefined,
): InitiateRequest {
  const declared = { ...options, onConflict, checksum };
  const given = Object.entries(declared).filter(([, value]) => value !== undefined);
  return {
    path,
    filename: source.name,
    originalName: source.name,
    mimeType: mimeTypeOf(source),
    size: source.size,
    urls: INITIAL_URLS,
    ...Object.fromEntries(given),
  };
}

/**
 * SHA256 of a file that is not larger than this; undefined for a larger one, and on a page without WebCrypto (plain HTTP).
 * @throws SluiceError `file_unreadable`
 */
export async function checksumOf(source: UploadSource, maxBytes: number): Promise<Checksum | undefined> {
  if (source.size > maxBytes || globalThis.crypto?.subtle === undefined) return undefined;
  try {
    return { algorithm: 'SHA256', value: await sha256Of(source.slice(0, source.size)) };
  } catch (cause) {
    await assertReadable(source);
    throw cause;
  }
}
