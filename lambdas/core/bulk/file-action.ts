import { SluiceError } from '../errors.ts';
import type { FileRecord } from '../files/file.ts';
import type { JobResult } from '../jobs/job.ts';
import type { FileStore } from '../ports.ts';
import type { Need } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';

/** What a job does with each of many files: the use case of the single call. */
export interface FileAction {
  readonly need: Need;
  apply(caller: Caller, fileId: string): Promise<unknown>;
  /** Whether the file is what `apply` would make of it; undefined: there is no such file (any more). */
  isDone(file: FileRecord | undefined): boolean;
}

/**
 * Files of one step. They run at once over a store that puts their reads and their commits together: 96 are four
 * transactions of 24 moves, or three of 32 deletions, and take a second or two.
 */
export const filesPerStep = 96;

/** Applies the action to each file; a refusal is that file's result and stops none of the others. */
export async function applyToAll(
  store: Pick<FileStore, 'file'>,
  caller: Caller,
  action: FileAction,
  fileIds: readonly string[],
): Promise<readonly JobResult[]> {
  return allEnded(fileIds.map((fileId) => applyToOne(store, caller, action, fileId)));
}

/** All have come to an end before a step is given up: nothing of it still works when the step is repeated. */
export async function allEnded<T>(running: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(running);
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

async function applyToOne(
  store: Pick<FileStore, 'file'>,
  caller: Caller,
  action: FileAction,
  fileId: string,
): Promise<JobResult> {
  try {
    await action.apply(caller, fileId);
    return { fileId, outcome: 'done' };
  } catch (error) {
    const refusal = refusalOf(error);
    // A repeated step finds what it had done before it was killed.
    const file = await store.file({ tenantId: caller.tenantId, fileId });
    return action.isDone(file) ? { fileId, outcome: 'done' } : { fileId, ...refusal };
  }
}

/** What is refused is a result; what went wrong is not. */
export function refusalOf(error: unknown): Pick<JobResult, 'outcome' | 'code' | 'detail'> {
  if (!(error instanceof SluiceError) || error.status >= 500) throw error;
  return { outcome: 'failed', code: error.code, detail: error.message };
}
