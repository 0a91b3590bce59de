import type { FileRef, ScanMark } from '../files/file.ts';
import { openReplacement } from '../files/lock.ts';
import type { Status } from '../files/status.ts';
import { type WithdrawSharedDeps, withdrawFromAll } from '../files/withdraw-shared.ts';
import type { ScanAnswer, ScannedVersion, ScannerBreaker } from './scanner.ts';

/** Notes on a content, the file's or a kept version's, that it passed a scan. Its record does not count as changed. */
export interface ScanMarks {
  /** Nothing where no content of the file has these bytes any more. */
  mark(content: ScannedVersion, mark: ScanMark): Promise<void>;
}

export interface SettleRescanDeps extends WithdrawSharedDeps {
  readonly marks: ScanMarks;
  readonly breaker: ScannerBreaker;
}

export type RescanOutcome =
  | 'clean'
  | 'withdrawn'
  /** No content of the file has these bytes any more. */
  | 'ignored'
  /** The scanner could not tell. The content stays what it is: it was found clean once. */
  | 'unscannable'
  | 'unavailable';

/**
 * Takes the answer of a scanner on a content that is stored, one version of a library object.
 * @throws Error where malware was found in what may be stored in a moment, for the message to come again
 */
export async function settleRescan(
  deps: SettleRescanDeps,
  { tenantId, fileId, versionId }: FileRef & { readonly versionId: string },
  answer: Exclude<ScanAnswer, { verdict: 'requested' }>,
): Promise<RescanOutcome> {
  if (answer.verdict === 'unavailable') {
    await deps.breaker.failed();
    return 'unavailable';
  }
  await deps.breaker.succeeded();
  const { engine, definitions } = answer;
  switch (answer.verdict) {
    case 'clean':
      for (const holder of await filesWith(deps, { tenantId, fileId }, versionId)) {
        await deps.marks.mark(
          { tenantId, fileId: holder, versionId },
          { engine, at: deps.now(), ...(definitions && { definitions }) },
        );
      }
      return 'clean';
    case 'infected': {
      const { threat } = answer;
      const ref = { tenantId, fileId };
      if (await withdrawFromAll(deps, ref, versionId, { engine, threat })) return 'withdrawn';
      if (await isBeingPromoted(deps, ref)) {
        throw new Error(
          `malware in version ${versionId} of ${fileId}, which no record has as its content yet`,
        );
      }
      return 'ignored';
    }
    case 'unscannable':
      return 'unscannable';
  }
}

/** One scan is of all files that share the bytes. */
async function filesWith(
  { contents }: SettleRescanDeps,
  { tenantId, fileId }: FileRef,
  versionId: string,
): Promise<ReadonlySet<string>> {
  const content = await contents.contentIn(tenantId, versionId);
  return new Set([fileId, ...(content ? await contents.holders(content) : [])]);
}

const underInspection: readonly Status[] = ['inspecting', 'held'];

/** A copy lies in the library, and may have been scanned, before the record knows of it. */
async function isBeingPromoted({ store }: SettleRescanDeps, ref: FileRef): Promise<boolean> {
  const file = await store.file(ref);
  const uploadId = file && openReplacement(file)?.uploadId;
  const promoted = uploadId === undefined ? file : await store.file({ ...ref, uploadId });
  return promoted !== undefined && underInspection.includes(promoted.status);
}
