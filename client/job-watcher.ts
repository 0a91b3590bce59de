import type { Job } from './api-types.ts';
import type { SluiceApi } from './sluice-api.ts';
import { SluiceError } from './sluice-error.ts';
import type { Timing } from './timing.ts';

const FIRST_POLL_MS = 600;
const SLOWEST_POLL_MS = 10_000;
const POLL_GROWTH = 1.4;
/** Then the job goes on unwatched; nobody looks at a bar for longer. */
const WATCH_LIMIT_MS = 15 * 60_000;

/**
 * Asks how far a job is until it has ended; `onJob` hears each answer, the last one too.
 * @throws SluiceError; `timeout` when it has not ended within 15 minutes, `cancelled` when `signal` aborts.
 */
export async function watchJob(
  { api, timing }: { readonly api: Pick<SluiceApi, 'job'>; readonly timing: Timing },
  jobId: string,
  onJob: (job: Job) => void,
  signal?: AbortSignal,
): Promise<Job> {
  const endsAtMs = timing.now() + WATCH_LIMIT_MS;
  for (let waitMs = FIRST_POLL_MS; ; waitMs = Math.min(SLOWEST_POLL_MS, waitMs * POLL_GROWTH)) {
    const job = await api.job(jobId, undefined, signal);
    onJob(job);
    if (job.status === 'done' || job.status === 'failed') return job;
    if (timing.now() + waitMs > endsAtMs) {
      throw new SluiceError({
        status: 0,
        code: 'timeout',
        detail: 'The job has not ended yet. It goes on: look again later.',
      });
    }
    await timing.sleep(waitMs, signal);
  }
}
