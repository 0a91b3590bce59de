import { scannerMaxBytes } from '../../contract/scanners.ts';
import type { Scanner, ScanTarget } from '../../core/intake/scanner.ts';
import { engine } from './clamav-report.ts';

/** Asks the worker `scan`, which has the time, the disk and the definitions that clamscan takes; it answers later. */
export const clamav = (send: (target: ScanTarget) => Promise<void>): Scanner => ({
  engine,
  ...(scannerMaxBytes.clamav !== undefined && { maxBytes: scannerMaxBytes.clamav }),
  scan: async (target) => {
    await send(target);
    return { verdict: 'requested' };
  },
});
