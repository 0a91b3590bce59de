import type { FileRecord } from '../files/file.ts';
import type { FileQueues } from '../ports.ts';
import {
  type DeliverDeps,
  deliver,
  isBeingProcessed,
  isGoneForGood,
  type ProcessOutcome,
  pendingOf,
} from '../processing/deliver.ts';
import { givenUpReason } from '../processing/give-up.ts';
import { giveUpOnFile } from '../processing/process-file.ts';
import type { EncoderLeases } from './lease.ts';
import { type OutputName, outputSeconds } from './output-minutes.ts';
import type { VideoOutputs } from './outputs.ts';
import type { Transcode, TranscodeBudget, TranscodeRef, TranscodeStore } from './transcode.ts';
import { type TranscodeResultDeps, transcodeResult } from './transcode-result.ts';

export interface SettleDeps extends DeliverDeps, TranscodeResultDeps {
  readonly transcodes: Pick<TranscodeStore, 'transcode'>;
  readonly budget: Pick<TranscodeBudget, 'giveBack'>;
  readonly leases: Pick<EncoderLeases, 'release'>;
  readonly outputs: VideoOutputs;
  /** Keeps a message of the worker among its dead letters, from where an operator sends it back. */
  readonly deadLetters: { keep(message: Parameters<FileQueues['process']>[0]): Promise<void> };
}

export interface SettleRequest extends TranscodeRef {
  /** A step failed for good, for no reason that the source has. */
  readonly failed?: true | undefined;
}

export interface Settled {
  readonly outcome: 'ready' | 'failed' | 'gone';
  /** Seconds that were made of each output, by the run that has recorded them; to be counted once. */
  readonly seconds?: Partial<Record<OutputName, number>>;
}

/**
 * The end of every attempt: records what was made, or why nothing was, and gives the encoder back. It settles once, whatever
 * is repeated; each part of it finds what is left to be done.
 */
export async function settleTranscode(deps: SettleDeps, { failed, ...job }: SettleRequest): Promise<Settled> {
  // First of all: nobody encodes any more, whatever becomes of the rest.
  await deps.leases.release(job);
  const [file, transcode] = await Promise.all([fileOf(deps, job), deps.transcodes.transcode(job)]);
  // A later attempt writes to the same keys by now.
  if (transcode && transcode.attempt !== job.attempt) return { outcome: 'gone' };
  const settled =
    transcode && isBeingProcessed(file, job.version)
      ? await settleFile(deps, file, transcode, failed)
      : 'ignored';
  return closeUp(deps, job, settled === 'ready' ? transcode : undefined);
}

const fileOf = (
  { store }: Pick<SettleDeps, 'store'>,
  { tenantId, fileId }: TranscodeRef,
): Promise<FileRecord | undefined> => store.file({ tenantId, fileId });

async function settleFile(
  deps: SettleDeps,
  file: FileRecord,
  transcode: Transcode,
  failed: true | undefined,
): Promise<ProcessOutcome> {
  if (failed || transcode.refused) {
    // Nothing of it will be recorded, so nothing of it stays, and the tenant has its minutes back.
    await deps.outputs.deleteAll(transcode);
    await deps.budget.giveBack(transcode);
  }
  if (failed) return giveUpOnFile(deps, transcode);
  if (!transcode.files && !transcode.refused) throw new Error(`file ${file.fileId} has not been encoded`);
  const pending = pendingOf(file);
  const result = await transcodeResult(deps, file, transcode, pending);
  return deliver(deps, file, pending, result, transcode.refused);
}

/** What is left to do beside the file, by what it is now: also where an earlier run settled it and died. */
async function closeUp(deps: SettleDeps, job: TranscodeRef, made: Transcode | undefined): Promise<Settled> {
  const file = await fileOf(deps, job);
  if (isGoneForGood(file, job.version)) {
    await deps.outputs.deleteAll(job);
    return { outcome: 'gone' };
  }
  if (file?.version !== job.version) return { outcome: 'gone' };
  const { tenantId, fileId, version, status, reason, priority } = file;
  if (status === 'failed' && reason === givenUpReason) {
    await deps.deadLetters.keep({ tenantId, fileId, version, worker: 'videos', priority });
  }
  if (status !== 'ready' && status !== 'failed') return { outcome: 'gone' };
  return { outcome: status, ...(made?.plan && !made.refused && { seconds: outputSeconds(made.plan) }) };
}
