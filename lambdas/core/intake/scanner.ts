import type { FileRef, Priority, UploadRef } from '../files/file.ts';

/** Bytes that landed, of exactly one version. */
export interface IntakeTarget extends UploadRef {
  readonly bucket: 'intake';
  readonly versionId: string;
  /** Bytes. */
  readonly size: number;
  /** Absent: normal, as for all that is stored already. */
  readonly priority?: Priority | undefined;
}

/** A content that is stored already and looked at again: the file's, or that of a kept version. */
export interface LibraryTarget extends FileRef {
  readonly bucket: 'library';
  /** Of the content. */
  readonly version: number;
  readonly key: string;
  readonly versionId: string;
  readonly size: number;
}

export type ScanTarget = IntakeTarget | LibraryTarget;

/** What an engine says of exactly one version. */
export type ScanVerdict = { readonly engine: string; readonly definitions?: string } & (
  | {
      readonly verdict: 'clean';
      /** base64, where the engine has read all the bytes anyway. */
      readonly sha256?: string;
    }
  | { readonly verdict: 'infected'; readonly threat: string }
  /** It could not look inside: too large, encrypted, beyond its limits. */
  | { readonly verdict: 'unscannable'; readonly detail: string }
);

export type ScanAnswer =
  | ScanVerdict
  /** The result comes later: to `recordScan`, of what is stored to `settleRescan`. */
  | { readonly verdict: 'requested' }
  /** No result: down, out of time, an error. The file is held, never promoted. */
  | { readonly verdict: 'unavailable'; readonly detail: string };

/** The malware scan of exactly one object version. Anything but an explicit `clean` keeps it out of the library. */
export interface Scanner {
  readonly engine: string;
  /** Bytes of the largest object that it takes; absent: of any size. */
  readonly maxBytes?: number;
  /** `attempt`: 0 for the first time that this version is asked for. */
  scan(target: ScanTarget, attempt: number): Promise<ScanAnswer>;
}

export interface ScannedVersion extends FileRef {
  readonly versionId: string;
}

/** Results that came by themselves, each kept with its file. */
export interface ScanResults {
  /** Strongly consistent. */
  result(of: ScannedVersion): Promise<ScanVerdict | undefined>;
  /** A result that says infected stays, whatever comes after it. */
  save(of: ScannedVersion, verdict: ScanVerdict): Promise<void>;
}

/** A circuit breaker: keeps everybody from asking a scanner that does not answer. */
export interface ScannerBreaker {
  /** False while nobody shall ask; of those who ask when that time is over, one gets true. */
  mayScan(): Promise<boolean>;
  /** Whether nobody shall ask at this moment; takes nobody's turn. */
  isOpen(): Promise<boolean>;
  failed(): Promise<void>;
  succeeded(): Promise<void>;
}
