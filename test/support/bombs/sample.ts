import type { RejectionReason } from '../../../lambdas/core/intake/reasons.ts';

/** A file made to hurt whoever opens it, and what the inspection has to say of it. */
export interface HostileSample {
  readonly name: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly bytes: () => Promise<Buffer>;
  /** `stored`: it looks alarming and is sound. */
  readonly expected: { readonly reason: RejectionReason } | 'stored';
}
