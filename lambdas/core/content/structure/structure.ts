import type { RejectionReason } from '../../intake/reasons.ts';
import type { Detected } from '../detected.ts';

/** An object under inspection, read by ranges and never as a whole. */
export interface ByteSource {
  /** Bytes. */
  readonly size: number;
  /**
   * Exactly `length` bytes from `from`; fewer only where the object ends.
   * @throws ReadBudgetSpent when the inspection has read as much, or as often, as one may
   */
  read(from: number, length: number): Promise<Uint8Array>;
}

/** The inspection asked for more of an object than any well-made file needs: it is judged by that alone. */
export class ReadBudgetSpent extends Error {
  override readonly name = 'ReadBudgetSpent';
}

/** What is inside a file that a reader of it should know; kept on the file's record. */
export const findings = [
  'javascript',
  'launch_action',
  'embedded_files',
  'external_references',
  'macros',
  'encrypted',
  'trailing_data',
] as const;
export type Finding = (typeof findings)[number];

/** What the tenant's policy says of content; what it does not refuse is recorded as findings. */
export interface ContentRules {
  readonly svg: 'rasterize' | 'reject';
  /** JavaScript, launch actions, macros and the like. */
  readonly activeContent: 'allow' | 'reject';
  /** Documents that open with a password only. */
  readonly encryptedContent: 'allow' | 'reject';
}

/**
 * Inflates at most `maxBytes`. Where there would be more, `complete` is false and `bytes` are some of the first.
 * @throws Error for broken data
 */
export type Inflate = (
  deflated: Uint8Array,
  format: 'raw' | 'zlib',
  maxBytes: number,
) => {
  readonly bytes: Uint8Array;
  readonly complete: boolean;
  /** How much of `deflated` the stream was, up to its end or to where it is cut off; what stands behind is left. */
  readonly usedBytes: number;
};

export interface StructureContext {
  /** The inspected type, canonical. */
  readonly mimeType: string;
  readonly detected: Detected;
  readonly rules: ContentRules;
  readonly inflate: Inflate;
}

export type StructureVerdict =
  | { readonly verdict: 'sound'; readonly findings?: readonly Finding[] }
  | { readonly verdict: 'refused'; readonly reason: RejectionReason; readonly detail: string }
  /** Nobody can say what is inside: the tenant's `unscannable` policy decides. */
  | { readonly verdict: 'unscannable'; readonly detail: string };

/** Looks at the structure of one family of formats. Bytes never make it throw anything but ReadBudgetSpent. */
export type StructureInspector = (source: ByteSource, context: StructureContext) => Promise<StructureVerdict>;
