import type { Scanner } from '../../core/intake/scanner.ts';

/**
 * The scanners a stage can choose in its config. `local-none` looks at nothing and is refused by every stage but
 * local; `hold` has no scanner yet and keeps every file in `held`: fail closed.
 */
export const scannerNames = ['local-none', 'hold'] as const;
export type ScannerName = (typeof scannerNames)[number];

const scanners: Record<ScannerName, Scanner> = {
  'local-none': { scan: async () => ({ verdict: 'clean' }) },
  hold: { scan: async () => ({ verdict: 'unavailable' }) },
};

export const createScanner = (name: ScannerName): Scanner => scanners[name];
