import type { FileRecord } from '../files/file.ts';
import type { FileStore } from '../ports.ts';
import { isBeingProcessed, isGoneForGood } from '../processing/deliver.ts';
import type { EncodedFile } from './encoded.ts';
import type { VideoOutputs } from './outputs.ts';
import type { RefusalReason } from './probe.ts';
import type { Transcode, TranscodeRef, TranscodeStore } from './transcode.ts';

export interface CurrentWorkDeps {
  readonly store: Pick<FileStore, 'file'>;
  readonly transcodes: Pick<TranscodeStore, 'transcode' | 'save'>;
}

/** Every step but the last ends so where the file was deleted, has another content, or another attempt counts. */
export interface Gone {
  readonly outcome: 'gone';
}

export interface Refused {
  readonly outcome: 'refused';
  readonly reason: RefusalReason;
}

export const gone: Gone = { outcome: 'gone' };

/** What a step works on; undefined where its attempt counts no more. */
export async function currentWork(
  { store, transcodes }: CurrentWorkDeps,
  job: TranscodeRef,
): Promise<{ readonly file: FileRecord; readonly transcode: Transcode } | undefined> {
  const [file, transcode] = await Promise.all([
    store.file({ tenantId: job.tenantId, fileId: job.fileId }),
    transcodes.transcode(job),
  ]);
  if (!isBeingProcessed(file, job.version) || transcode?.attempt !== job.attempt) return undefined;
  return { file, transcode };
}

export interface OutputsDeps extends CurrentWorkDeps {
  readonly outputs: Pick<VideoOutputs, 'deleteAll'>;
}

/** Keeps what lies in the bucket by now; of a file that was purged meanwhile nothing stays. False where its attempt counts no more. */
export async function keepFiles(
  { store, transcodes, outputs }: OutputsDeps,
  job: TranscodeRef,
  files: readonly EncodedFile[],
): Promise<boolean> {
  const isKept = await transcodes.save(job, { files });
  const file = await store.file({ tenantId: job.tenantId, fileId: job.fileId });
  if (!isGoneForGood(file, job.version)) return isKept;
  await outputs.deleteAll(job);
  return false;
}

/** Keeps the reason for who settles the file. */
export async function refuse(
  { transcodes }: Pick<CurrentWorkDeps, 'transcodes'>,
  job: TranscodeRef,
  reason: RefusalReason,
): Promise<Refused | Gone> {
  return (await transcodes.save(job, { refused: reason })) ? { outcome: 'refused', reason } : gone;
}
