import { ReadBudgetSpent } from '../content/structure/structure.ts';
import { type OriginalDeps, originalSource } from '../processing/original.ts';
import { type CurrentWorkDeps, currentWork, type Gone, gone, type Refused, refuse } from './current-work.ts';
import { NotProbed, type Prober } from './probe.ts';
import type { TranscodeRef } from './transcode.ts';

export interface ProbeStepDeps extends CurrentWorkDeps, OriginalDeps {
  readonly prober: Prober;
}

/** Finds out what the original is made of, by ranges of it. Repeated, it finds the same. */
export async function probeStep(
  deps: ProbeStepDeps,
  job: TranscodeRef,
): Promise<{ readonly outcome: 'probed' } | Refused | Gone> {
  const work = await currentWork(deps, job);
  if (!work) return gone;
  try {
    const probe = await deps.prober.probe(originalSource(deps, work.file));
    return (await deps.transcodes.save(job, { probe })) ? { outcome: 'probed' } : gone;
  } catch (error) {
    if (error instanceof NotProbed) return refuse(deps, job, error.reason);
    // No well-made file takes so long to open.
    if (error instanceof ReadBudgetSpent) return refuse(deps, job, 'malformed');
    throw error;
  }
}
