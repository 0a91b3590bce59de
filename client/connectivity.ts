import { cancelled } from './sluice-error.ts';

/** Waits out being offline, so that a closed laptop lid does not eat up the attempts of a part. */
export interface Connectivity {
  /** Resolves at once unless the machine knows that it is offline. */
  online(signal: AbortSignal): Promise<void>;
}

export const browserConnectivity: Connectivity = {
  online: (signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(cancelled(signal.reason));
        return;
      }
      if (typeof window === 'undefined' || globalThis.navigator?.onLine !== false) {
        resolve();
        return;
      }
      const onOnline = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        window.removeEventListener('online', onOnline);
        reject(cancelled(signal.reason));
      };
      window.addEventListener('online', onOnline, { once: true });
      signal.addEventListener('abort', onAbort, { once: true });
    }),
};
