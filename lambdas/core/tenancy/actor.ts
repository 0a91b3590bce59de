import type { Stamp } from '../files/event.ts';
import type { Role } from './policy.ts';

/** Who caused an event and from where; an address and a country are known as far as the edge told them. */
export interface Actor {
  /** `system`: a worker or a schedule, nobody asked at that moment. */
  readonly kind: 'user' | 'machine' | 'public' | 'system';
  readonly userId?: string;
  /** The user's role at that moment: tells an admin's access to other people's files from a share's. */
  readonly role?: Role;
  /** The machine client that acted for `userId`. */
  readonly clientId?: string;
  readonly address?: string;
  /** ISO 3166 alpha-2. */
  readonly country?: string;
  readonly requestId?: string;
}

/** Where a call came from. */
export type Origin = Pick<Actor, 'address' | 'country' | 'requestId'>;

export const systemActor: Actor = { kind: 'system' };

/** Anybody, without a sign-in. */
export const publicActor = (origin: Origin): Actor => ({ kind: 'public', ...origin });

export interface StampDeps {
  readonly now: () => string;
  readonly newId: () => string;
}

/** Now, under a new id, caused by `actor`. */
export const stamp = (deps: StampDeps, actor: Actor): Stamp => ({
  at: deps.now(),
  eventId: deps.newId(),
  actor,
});
