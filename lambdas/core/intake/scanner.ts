import type { IntakeVersion } from './inspect.ts';

export type ScanResult =
  | { readonly verdict: 'clean' }
  | { readonly verdict: 'infected'; readonly threat: string }
  /** No result: the file is held, never promoted. */
  | { readonly verdict: 'unavailable' };

/** The malware scan of exactly one object version. Anything but an explicit `clean` keeps it out of the library. */
export interface Scanner {
  scan(version: IntakeVersion): Promise<ScanResult>;
}
