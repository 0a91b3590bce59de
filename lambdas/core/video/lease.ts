import { type FairBounds, shareOf } from '../processing/fair-share.ts';
import type { TranscodeRef } from './transcode.ts';

/** Somebody encodes, until then at the latest: killed or not, its encoder has ended by that time. */
export interface EncoderLease {
  readonly tenantId: string;
  readonly until: string;
}

/** By the name of the execution. */
export type HeldLeases = Readonly<Record<string, EncoderLease>>;

export interface LeaseBounds extends Pick<FairBounds, 'tenantShare'> {
  /** Executions that encode at the same time, of all tenants. */
  readonly encodersMax: number;
}

export interface EncoderLeases {
  /** Takes an encoder, or keeps the one that the attempt has, until then; false where none is free. */
  take(job: TranscodeRef, until: string, bounds: LeaseBounds): Promise<boolean>;
  release(job: TranscodeRef): Promise<void>;
}

/** Of a lease that has ended nobody is asked: who held it was killed. No tenant has more than its share. */
export function judgeLease(
  held: HeldLeases,
  asked: { readonly name: string; readonly tenantId: string },
  bounds: LeaseBounds,
  now: string,
): { readonly taken: boolean; readonly ended: readonly string[] } {
  const ended = Object.keys(held).filter((name) => name !== asked.name && (held[name]?.until ?? '') <= now);
  if (held[asked.name]) return { taken: true, ended };
  const running = Object.entries(held).filter(([name]) => !ended.includes(name));
  const own = running.filter(([, { tenantId }]) => tenantId === asked.tenantId);
  const taken = running.length < bounds.encodersMax && own.length < shareOf(bounds.encodersMax, bounds);
  return { taken, ended };
}

/** Ask again after so many whole seconds: every encoder is taken, or the tenant has its share of them. */
export interface Waiting {
  readonly outcome: 'wait';
  readonly seconds: number;
}

export interface WaitDeps {
  readonly bounds: { readonly admitWaitSeconds: number };
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** From half of it to one and a half, so that who waits does not come together. */
export const waitForEncoder = ({ bounds, random }: WaitDeps): Waiting => ({
  outcome: 'wait',
  seconds: Math.ceil(bounds.admitWaitSeconds * (0.5 + random())),
});
