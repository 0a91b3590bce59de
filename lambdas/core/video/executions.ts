import type { TranscodeRef } from './transcode.ts';

/** Executions of the transcode workflow, found by what they work on: none is started twice. */
export interface Executions {
  /** `exists`: it was started before, whether it still runs or not. */
  start(attempt: TranscodeRef): Promise<'started' | 'exists'>;
  /** `unknown`: never started, or ended so long ago that it is forgotten. */
  status(attempt: TranscodeRef): Promise<'running' | 'ended' | 'unknown'>;
}
