import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { parseOperationJobId, readOperationJob } from '../../lambdas/core/files/operation-jobs.ts';
import {
  type ProcessFileDeps,
  processStored,
  type RequestedOperation,
} from '../../lambdas/core/files/process.ts';
import { processFile } from '../../lambdas/core/processing/process-file.ts';
import type { MadeRendition, WorkResult } from '../../lambdas/core/processing/work.ts';
import { caller } from './domain.ts';
import { Shelf } from './shelf.ts';

export const alice = caller();
export const F1 = { fileId: 'F1' };
export const compress: RequestedOperation = { type: 'compress' };

/** A shelf with one picture, and what was sent to the workers. */
export function desk(over: Parameters<Shelf['put']>[0] = {}) {
  const shelf = new Shelf();
  shelf.put({ mimeType: 'image/jpeg', size: 1_000, ...over });
  const sent: unknown[] = [];
  const deps: ProcessFileDeps = {
    ...shelf.changing,
    queues: { process: async (message) => void sent.push(message) },
    estimates: { estimate: async (_worker, urgent) => (urgent ? 3 : 30) },
    bounds: defaultLimits.processing,
  };
  const ask = (...operations: readonly RequestedOperation[]) => processStored(deps, alice, F1, operations);
  /** The worker's run over what is pending, as `result` says. */
  const work = (result: Partial<WorkResult>) =>
    processFile(
      {
        ...shelf.dispatching,
        derived: {
          put: async (_file, { name }) => `derived/${name}`,
          putText: async () => ({ key: 'text', characters: 1, truncated: false }),
          forgetText: async () => undefined,
          deleteAll: async () => undefined,
        },
        work: async () => ({ facts: {}, made: [], unmade: [], ...result }),
      },
      { tenantId: 'acme', fileId: 'F1', version: 1 },
    );
  const job = (jobId: string, by = alice) => {
    const parsed = parseOperationJobId(jobId);
    if (!parsed) throw new Error(`${jobId} is no job of an operation`);
    return readOperationJob({ store: shelf.dispatching.store, now: deps.now }, by, parsed);
  };
  return { shelf, deps, sent, ask, work, job };
}

export const made = (name: string): MadeRendition => ({
  name,
  folder: 'thumbnails',
  mimeType: 'image/jpeg',
  extension: '.jpg',
  width: 10,
  height: 10,
  body: new Uint8Array(250),
  bytesSaved: 750,
});
