import type { UnfinishedUpload } from './api-types.ts';
import { fingerprint, type ResumeStore } from './resume-store.ts';
import type { SluiceApi } from './sluice-api.ts';
import type { UploadSource } from './upload-source.ts';

/** Pages read at most; nobody has more uploads open than there are slots (100 at most). */
const MAX_PAGES = 10;

/** Uploads that the server still holds open for me and that nobody is at work on: `running` are those of this page and of other tabs. */
export async function listUnfinished(
  api: Pick<SluiceApi, 'unfinishedUploads'>,
  running: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<UnfinishedUpload[]> {
  const found: UnfinishedUpload[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { uploads, nextCursor } = await api.unfinishedUploads(cursor, signal);
    found.push(...uploads.filter((upload) => !running.has(upload.fileId)));
    if (!nextCursor) break;
    cursor = nextCursor;
  }
  return found;
}

/**
 * `same`: the very file, by its fingerprint. `plausible`: begun on another device or with storage forbidden, so that
 * name and size are all there is; good enough when a person picks the file for exactly this upload.
 */
export type Match = 'same' | 'plausible' | 'different';

export function matchSource(
  upload: UnfinishedUpload,
  source: Pick<UploadSource, 'name' | 'size' | 'lastModified'>,
  store: ResumeStore | undefined,
): Match {
  const known = store?.fingerprintOf(upload.fileId);
  if (known !== undefined) return known === fingerprint(source) ? 'same' : 'different';
  return upload.size === source.size && upload.filename === source.name ? 'plausible' : 'different';
}
