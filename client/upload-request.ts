import type { ConflictChoice, InitiateRequest } from './api-types.ts';
import { mimeTypeOf, type UploadSource } from './upload-source.ts';

/** URLs that the initiation brings along; those of later parts are asked for when their turn comes. */
export const INITIAL_URLS = 100;

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
): InitiateRequest {
  const declared = { ...options, onConflict };
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
