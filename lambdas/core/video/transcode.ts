import type { VersionRef } from '../files/file.ts';
import type { CostEstimate } from './cost.ts';
import type { EncodedFile } from './encoded.ts';
import type { Probe, RefusalReason } from './probe.ts';
import type { TranscodePlan } from './transcode-plan.ts';

/** One attempt to transcode one content: an execution of its own. */
export interface TranscodeRef extends VersionRef {
  /** From 1. */
  readonly attempt: number;
}

export type EncoderName = 'ffmpeg' | 'mediaconvert';

/** What a content has cost its tenant. */
export interface Charge {
  /** As in 2026-11, UTC. */
  readonly month: string;
  /** Whole seconds of output, of all rungs together. */
  readonly seconds: number;
}

/** What is known and made of one content that is transcoded, by the attempt that counts. Times are ISO 8601 UTC. */
export interface Transcode extends TranscodeRef {
  /** The first attempt since somebody asked for it: `maxAttempts` are counted from there. */
  readonly firstAttempt: number;
  readonly startedAt: string;
  readonly probe?: Probe;
  readonly plan?: TranscodePlan;
  readonly encoder?: EncoderName;
  /** What this will cost whoever runs the stage, as it was estimated before. */
  readonly cost?: CostEstimate;
  /** Outlives attempts, so that a content is charged once. */
  readonly charge?: Charge;
  /** Of the source that is encoded; never falls while attempts follow each other by themselves. */
  readonly percent?: number;
  readonly encodingSince?: string;
  /** What the encoder has left, as it was verified. */
  readonly files?: readonly EncodedFile[];
  /** Why nothing is made of it. */
  readonly refused?: RefusalReason;
}

/** What an admission decides. */
export type AdmissionFacts = Required<Pick<Transcode, 'plan' | 'encoder'>> & Pick<Transcode, 'cost'>;

export type TranscodeFacts = Partial<
  Pick<Transcode, 'probe' | 'plan' | 'encoder' | 'cost' | 'files' | 'refused'>
>;

export interface TranscodeStore {
  transcode(ref: VersionRef): Promise<Transcode | undefined>;
  /**
   * Makes `next` the attempt that counts, where `after` still is (absent: none was). What was charged stays, and how far the
   * encoder was, unless `next` is a first attempt. False where somebody else has begun one.
   */
  begin(
    next: TranscodeRef & Pick<Transcode, 'firstAttempt' | 'startedAt'>,
    after: number | undefined,
  ): Promise<boolean>;
  /** False, and nothing is written, where another attempt counts by now. */
  save(job: TranscodeRef, facts: TranscodeFacts): Promise<boolean>;
  /** Only grows; of an attempt that counts no more nothing is noted. */
  noteProgress(job: TranscodeRef, percent: number, at: string): Promise<void>;
}

/** What a tenant may have transcoded in a calendar month. */
export interface TranscodeBudget {
  /**
   * Charges a content, and notes by what, in one transaction. `charged` also where it was before: nothing is charged again.
   * `stale`: another attempt counts by now.
   */
  charge(
    job: TranscodeRef,
    charge: Charge,
    maxSeconds: number,
    facts: AdmissionFacts,
  ): Promise<'charged' | 'exceeded' | 'stale'>;
  /** Once, whatever is repeated; nothing where nothing is charged or another attempt counts. */
  giveBack(job: TranscodeRef): Promise<void>;
  /** Seconds of output that were charged. */
  used(tenantId: string, month: string): Promise<number>;
}

export const monthOf = (iso: string): string => iso.slice(0, 7);
