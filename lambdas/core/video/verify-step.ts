import type { FileRecord } from '../files/file.ts';
import { currentWork, type Gone, gone, keepFiles, type OutputsDeps } from './current-work.ts';
import type { EncodedObjects } from './encoded-objects.ts';
import { adoptMediaConvert, type CopyClip } from './mediaconvert-package.ts';
import type { TranscodeRef } from './transcode.ts';
import { type VerifyDeps, verifyOutputs } from './verify.ts';

export interface VerifyStepDeps extends OutputsDeps, VerifyDeps {
  /** What lies in the bucket of a file under processing. */
  readonly objects: (file: FileRecord) => EncodedObjects;
  readonly copyClip: CopyClip;
}

/**
 * Proves that everything which was planned is there, and is what it should be; from here on it is what the file is settled
 * with. Outputs of a file that was purged while a service encoded it go here, or when it is settled.
 * @throws OutputsDiffer
 */
export async function verifyStep(
  deps: VerifyStepDeps,
  job: TranscodeRef,
): Promise<{ readonly outcome: 'verified' } | Gone> {
  const work = await currentWork(deps, job);
  if (!work) return gone;
  const { file, transcode } = work;
  const { probe, plan, encoder } = transcode;
  if (!probe || !plan || !encoder) throw new Error(`file ${file.fileId} has not been admitted`);
  const objects = deps.objects(file);
  if (encoder === 'mediaconvert') await adoptMediaConvert(objects, plan, deps.copyClip);
  const files = await verifyOutputs(deps, objects, { probe, plan, encoder });
  return (await keepFiles(deps, job, files)) ? { outcome: 'verified' } : gone;
}
