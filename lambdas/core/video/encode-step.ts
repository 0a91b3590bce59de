import type { FileRecord } from '../files/file.ts';
import type { EncodeBounds } from './admit.ts';
import {
  currentWork,
  type Gone,
  gone,
  keepFiles,
  type OutputsDeps,
  type Refused,
  refuse,
} from './current-work.ts';
import { encodeProgress } from './encode-progress.ts';
import type { EncodedFile } from './encoded.ts';
import { type KeepLeaseDeps, keepingLease, takeFunctionLease } from './keep-lease.ts';
import { type WaitDeps, type Waiting, waitForEncoder } from './lease.ts';
import { type Encoder, type EncodeSource, type EncodeTarget, NotEncoded } from './ports.ts';
import type { TranscodeRef, TranscodeStore } from './transcode.ts';

export interface EncodeStepDeps extends OutputsDeps, KeepLeaseDeps, WaitDeps {
  readonly transcodes: OutputsDeps['transcodes'] & Pick<TranscodeStore, 'noteProgress'>;
  readonly encoder: Encoder;
  /** Of the original of a file under processing. */
  readonly openOriginal: (file: FileRecord) => EncodeSource['open'];
  /** Where the outputs of its version go. */
  readonly target: (file: FileRecord) => EncodeTarget;
  readonly bounds: Pick<EncodeBounds, 'encodeSeconds'> & WaitDeps['bounds'];
  /** A clock that never goes back. */
  readonly monotonicMs: () => number;
}

/** Encodes by the function's own encoder. Run again after it was killed, it writes the same names once more. */
export async function encodeStep(
  deps: EncodeStepDeps,
  job: TranscodeRef,
): Promise<{ readonly outcome: 'encoded' } | Refused | Gone | Waiting> {
  const work = await currentWork(deps, job);
  if (!work) return gone;
  const { file, transcode } = work;
  const { probe, plan } = transcode;
  if (!probe || !plan) throw new Error(`file ${file.fileId} has not been admitted`);
  // The lease of the attempt may have ended before this run came: another was killed, or nobody had a function for it.
  if (!(await takeFunctionLease(deps, job))) return waitForEncoder(deps);
  const write = (percent: number) => deps.transcodes.noteProgress(job, percent, deps.now());
  await write(0);
  const progress = encodeProgress(write, deps.monotonicMs);
  const deadlineMs = deps.bounds.encodeSeconds * 1_000;
  const startedAt = deps.monotonicMs();
  let files: readonly EncodedFile[];
  try {
    files = await keepingLease(deps, job, () =>
      deps.encoder.encode({
        source: { bytes: file.size, probe, open: deps.openOriginal(file) },
        plan,
        target: deps.target(file),
        deadlineMs,
        onProgress: progress.report,
      }),
    );
  } catch (error) {
    if (error instanceof NotEncoded) return refuse(deps, job, error.reason);
    // It would take as long the next time.
    if (deps.monotonicMs() - startedAt >= deadlineMs) return refuse(deps, job, 'too_long');
    throw error;
  } finally {
    await progress.written();
  }
  return (await keepFiles(deps, job, files)) ? { outcome: 'encoded' } : gone;
}
