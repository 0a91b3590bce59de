import type { EncodedFile } from './encoded.ts';
import type { Probe, RefusalReason } from './probe.ts';
import type { TranscodePlan } from './transcode-plan.ts';

/** Where an encoder reads from: exact ranges of the stored original, which is never copied to a disk. */
export interface EncodeSource {
  readonly bytes: number;
  readonly probe: Probe;
  /** Exactly the bytes from `from` up to, but without, `to`, as they come. */
  open(
    range: { readonly from: number; readonly to: number },
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>>;
}

/** Where its outputs go. The same name always goes to the same key. */
export interface EncodeTarget {
  /** A file of the encoder's own disk; answers when the bucket has it. */
  put(name: string, mimeType: string, path: string, signal: AbortSignal): Promise<void>;
}

export interface EncodeRequest {
  readonly source: EncodeSource;
  readonly plan: TranscodePlan;
  readonly target: EncodeTarget;
  /** After so long the encoder is ended. */
  readonly deadlineMs: number;
  /** Percent of the source that is encoded: only grows, 100 only at the end. Never awaited. */
  readonly onProgress: (percent: number) => void;
}

export interface Encoder {
  /** @throws NotEncoded when the fault is the source's; any other error is worth another attempt */
  encode(request: EncodeRequest): Promise<readonly EncodedFile[]>;
}

export class NotEncoded extends Error {
  override readonly name = 'NotEncoded';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}
