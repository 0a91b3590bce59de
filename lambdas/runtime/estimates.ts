import {
  type Estimates,
  estimateSeconds,
  isExpected,
  type Load,
  secondsUntilReady,
} from '../core/processing/estimate.ts';
import { type LoadDeps, recentLoad } from '../core/processing/recent-load.ts';
import type { Observer } from './observe.ts';

/** A load that is older is read anew. Estimates are rough, and a request is not to wait for them. */
const freshMs = 60_000;

/** Estimates by a load that each function instance reads once a minute at most. */
export function createEstimates(
  deps: LoadDeps & { readonly nowMs: () => number; readonly logger: Observer['logger'] },
): Estimates {
  let read: { readonly at: number; readonly load: Promise<Load> } | undefined;
  const load = (): Promise<Load> => {
    const at = deps.nowMs();
    if (!read || at - read.at >= freshMs) {
      // Nobody's request fails because the future is not known.
      const load = recentLoad(deps).catch((error: unknown) => {
        deps.logger.warn('could not read how busy the queues are', { error: error as Error });
        return idle;
      });
      read = { at, load };
    }
    return read.load;
  };
  return {
    estimate: async (worker, urgent) => estimateSeconds(await load(), worker, urgent),
    untilReady: async (file, encoding) =>
      isExpected(file) ? secondsUntilReady(await load(), file, encoding) : 0,
  };
}

const nobodyWaits = { waiting: 0, concurrency: 1 };
const lanes = { normal: nobodyWaits, urgent: nobodyWaits };

/** As if nothing waited, and everything took what it typically takes. */
const idle: Load = {
  lanes: { inspect: lanes, images: lanes, documents: lanes, videos: lanes, other: lanes },
  seconds: {},
};
