import { addSeconds } from '../time.ts';
import type { EncoderLeases, LeaseBounds } from './lease.ts';
import type { TranscodeRef } from './transcode.ts';

export interface KeepLeaseDeps {
  readonly leases: Pick<EncoderLeases, 'take'>;
  readonly leaseBounds: LeaseBounds;
  readonly now: () => string;
  readonly sleep: (ms: number) => Promise<void>;
}

/** What a function that was killed keeps an encoder for: four renewals, and the way from one step to the next. */
export const functionLeaseSeconds = 120;
const renewMs = 30_000;

export const takeFunctionLease = (
  { leases, leaseBounds, now }: Omit<KeepLeaseDeps, 'sleep'>,
  job: TranscodeRef,
): Promise<boolean> => leases.take(job, addSeconds(now(), functionLeaseSeconds), leaseBounds);

/** Renews the lease for as long as the work goes on. A renewal that fails is made up for by the next one. */
export async function keepingLease<T>(
  deps: KeepLeaseDeps,
  job: TranscodeRef,
  work: () => Promise<T>,
): Promise<T> {
  let goesOn = true;
  let renewal: Promise<unknown> = Promise.resolve();
  const renew = async (): Promise<void> => {
    for (await deps.sleep(renewMs); goesOn; await deps.sleep(renewMs)) {
      renewal = takeFunctionLease(deps, job).catch(() => undefined);
      await renewal;
    }
  };
  void renew();
  try {
    return await work();
  } finally {
    goesOn = false;
    // One that is on its way could take once more what is given back after this step.
    await renewal;
  }
}
