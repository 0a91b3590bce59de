import type { FileRecord, FileRef, FileVersion } from '../files/file.ts';
import { keptContent, keptVersions } from '../files/kept-content.ts';
import { contentStatuses } from '../files/withdraw.ts';
import type { RescanQueue } from '../ports.ts';
import { askScanner, type ScanDeps } from './scan-version.ts';
import type { LibraryTarget } from './scanner.ts';
import { type RescanOutcome, type SettleRescanDeps, settleRescan } from './settle-rescan.ts';

/** A stored file that the scanner is to look at again. */
export interface RescanRequest extends FileRef {
  /** Of the library object: only the content which has these bytes. Absent: all that the file has and keeps. */
  readonly versionId?: string | undefined;
  /** What passed with these definitions already is left alone. */
  readonly unlessScannedWith?: string | undefined;
}

export interface RescanDeps extends Omit<ScanDeps, 'scans'>, SettleRescanDeps {
  readonly queues: SettleRescanDeps['queues'] & RescanQueue;
}

/**
 * Asks the scanner again about a content that is stored. A scanner that answers at once is settled at once; of another
 * the result comes to `settleRescan`.
 * @throws Error where the scanner cannot be asked, for the message to come again: it is not known that all is well
 */
export async function rescan(
  deps: RescanDeps,
  { tenantId, fileId, versionId, unlessScannedWith }: RescanRequest,
): Promise<RescanOutcome | 'scanning' | 'scanned' | 'split'> {
  const file = await deps.store.file({ tenantId, fileId });
  if (!file?.libraryKey || !contentStatuses.includes(file.status)) return 'ignored';
  if (versionId === undefined && (await split(deps, file, unlessScannedWith))) return 'split';
  const content = await contentOf(deps, file, versionId);
  if (!content?.libraryKey || !content.libraryVersionId) return 'ignored';
  if (unlessScannedWith !== undefined && content.scan?.definitions === unlessScannedWith) return 'scanned';
  const { version, size, libraryKey: key } = content;
  const target: LibraryTarget = {
    ...{ bucket: 'library', tenantId, fileId, version, size, key },
    versionId: content.libraryVersionId,
  };
  const answer = await askScanner(deps, target, 0);
  if (answer.verdict === 'requested') return 'scanning';
  if (answer.verdict === 'unavailable') throw new Error(`the scanner gave no answer: ${answer.detail}`);
  return settleRescan(deps, target, answer);
}

const contentOf = async (
  deps: RescanDeps,
  file: FileRecord,
  versionId: string | undefined,
): Promise<FileRecord | FileVersion | undefined> =>
  versionId === undefined || file.libraryVersionId === versionId
    ? file
    : keptContent(deps.store, file, versionId);

/** A message for each content of a file that keeps versions, so that each is tried again by itself. */
async function split(
  { store, queues }: RescanDeps,
  file: FileRecord,
  unlessScannedWith: string | undefined,
): Promise<boolean> {
  const { tenantId, fileId } = file;
  const send = (versionId: string) =>
    queues.rescan({ tenantId, fileId, versionId, ...(unlessScannedWith && { unlessScannedWith }) });
  let found = false;
  for await (const kept of keptVersions(store, file)) {
    found = true;
    await send(kept.libraryVersionId);
  }
  if (found && file.libraryVersionId) await send(file.libraryVersionId);
  return found;
}
