import type { FileRecord } from '../files/file.ts';
import { type OperationJob, operationJobId, whyNotMade } from '../files/operation-jobs.ts';
import { type ProcessFileDeps, processStored, type RequestedOperation } from '../files/process.ts';
import { availableStatuses } from '../files/status.ts';
import { askerOf } from '../jobs/asker.ts';
import type { JobKind, JobResult, JobStep } from '../jobs/job.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { BulkJobParams } from './bulk-request.ts';
import { allEnded, type FileAction, refusalOf } from './file-action.ts';
import { type FindDeps, findMore, type Place } from './find-files.ts';

export type ProcessJobDeps = FindDeps &
  Omit<ProcessFileDeps, 'bounds' | 'estimates'> & {
    readonly processing: {
      readonly bounds: ProcessFileDeps['bounds'];
      /** Files that are being processed for one job at the same time. */
      readonly processWindowFiles: number;
      readonly processPollMaxSeconds: number;
    };
  };

/** Whoever asks for many files is told by the job how far it is. */
const estimates: ProcessFileDeps['estimates'] = { estimate: async () => 0 };

interface Cursor {
  /** Found, and not asked for yet. */
  readonly pending: readonly string[];
  /** What was asked for and has not ended: ids of operation jobs, one a file. */
  readonly asked: readonly string[];
  readonly place?: Place;
  /** Looks in a row that found nothing new. */
  readonly idle: number;
}

const start: Cursor = { pending: [], asked: [], place: {}, idle: 0 };

/** Anybody may who may change the file; whether it can be done, and is done already, the operations say. */
const search: Pick<FileAction, 'need' | 'isDone'> = { need: 'write', isDone: () => false };

/**
 * Has operations made of many files. A bounded window of files is under way, and a step looks how they are doing instead
 * of waiting for them: the slice ends, and the next comes later. A file's result is how its operations ended; one that
 * never ends, the sweep ends. Asking a second time, after a crash, finds what was asked for.
 */
export const processJob = (deps: ProcessJobDeps): JobKind => ({
  step: async (job): Promise<JobStep> => {
    const params = job.params as BulkJobParams;
    if (params.asked.action !== 'process') throw new Error(`no job to process files: ${job.kind}`);
    const { operations } = params.asked;
    const { pending, asked, place, idle } = (job.cursor as Cursor | undefined) ?? start;
    const caller = await askerOf(deps, job);
    const looked = await lookAt(deps, caller, asked);
    const room = Math.max(0, deps.processing.processWindowFiles - looked.waiting.length);
    const next = await askFor(deps, caller, pending.slice(0, room), operations);
    const left = pending.slice(room);
    // What is found is kept first and asked for in the next step: a repeated one finds the same files.
    const found =
      place && left.length === 0 ? await findMore(deps, caller, search, params, place) : undefined;
    const results = [...looked.results, ...next.results, ...(found?.results ?? [])];
    const nextPlace = found ? found.place : place;
    const moved = results.length > 0 || next.asked.length > 0 || found !== undefined;
    const cursor: Cursor = {
      pending: found?.pending ?? left,
      asked: [...looked.waiting, ...next.asked],
      ...(nextPlace && { place: nextPlace }),
      idle: moved ? 0 : idle + 1,
    };
    if (cursor.pending.length === 0 && cursor.asked.length === 0 && !nextPlace) {
      return { results, finished: true, total: job.done + job.failed + results.length };
    }
    return { results, cursor, finished: false, ...waitOf(deps, cursor) };
  },
});

/** Nothing while there are files to ask for, and room for them. */
function waitOf(
  { processing }: ProcessJobDeps,
  { pending, asked, place, idle }: Cursor,
): Pick<JobStep, 'waitSeconds'> {
  const isFull = asked.length >= processing.processWindowFiles;
  if (!isFull && (pending.length > 0 || place)) return {};
  return { waitSeconds: Math.min(processing.processPollMaxSeconds, 2 ** idle) };
}

async function askFor(
  deps: ProcessJobDeps,
  caller: Caller,
  fileIds: readonly string[],
  operations: readonly RequestedOperation[],
): Promise<{ readonly asked: readonly string[]; readonly results: readonly JobResult[] }> {
  const single = { ...deps, estimates, bounds: deps.processing.bounds };
  const answers = await allEnded(
    fileIds.map(async (fileId) => {
      try {
        const started = await processStored(single, caller, { fileId }, operations);
        return { jobId: oneOf(started.map(({ jobId }) => jobId)) };
      } catch (error) {
        return { result: { fileId, ...refusalOf(error) } };
      }
    }),
  );
  return {
    asked: answers.flatMap(({ jobId }) => jobId ?? []),
    results: answers.flatMap(({ result }) => result ?? []),
  };
}

/** What an operation job's id is made of. */
function partsOf(jobId: string): OperationJob {
  const [fileId = '', version, names = ''] = jobId.split('.');
  return { fileId, version: Number(version), names: names.split('~') };
}

/** The jobs of several operations on one content, as one. */
function oneOf(jobIds: readonly string[]): string {
  const [first, ...others] = jobIds.map(partsOf);
  if (!first) throw new Error('an operation without a job');
  const names = [first, ...others].flatMap((operation) => operation.names);
  return operationJobId({ ...first, names: [...new Set(names)] });
}

async function lookAt(
  deps: ProcessJobDeps,
  { tenantId }: Caller,
  asked: readonly string[],
): Promise<{ readonly waiting: readonly string[]; readonly results: readonly JobResult[] }> {
  const looked = await allEnded(
    asked.map(async (jobId) => {
      const operation = partsOf(jobId);
      const file = await deps.store.file({ tenantId, fileId: operation.fileId });
      return { jobId, result: resultOf(operation, file) };
    }),
  );
  return {
    waiting: looked.flatMap(({ jobId, result }) => (result ? [] : jobId)),
    results: looked.flatMap(({ result }) => result ?? []),
  };
}

/** Undefined while one of the renditions is pending. */
function resultOf(
  { fileId, version, names }: OperationJob,
  file: FileRecord | undefined,
): JobResult | undefined {
  if (!file || file.version !== version || !availableStatuses.includes(file.status)) {
    const detail = 'The file was deleted, or its content replaced, before the operations had ended.';
    return { fileId, outcome: 'failed', code: 'upload_state_conflict', detail };
  }
  const renditions = names.map((name) => file.renditions[name]);
  if (renditions.some((rendition) => rendition?.status === 'pending')) return undefined;
  const failed = renditions.find(
    (rendition) => rendition?.status !== 'ready' && rendition?.status !== 'skipped',
  );
  const skipped = renditions.find((rendition) => rendition?.status === 'skipped');
  const reason = (failed ?? skipped)?.reason;
  const why = reason ? { code: reason, detail: whyNotMade(reason) } : {};
  if (failed) return { fileId, outcome: 'failed', ...why };
  return renditions.every((rendition) => rendition?.status === 'skipped')
    ? { fileId, outcome: 'skipped', ...why }
    : { fileId, outcome: 'done' };
}
