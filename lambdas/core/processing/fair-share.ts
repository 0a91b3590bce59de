import type { Priority } from '../files/file.ts';
import { addSeconds } from '../time.ts';

/** What one tenant may hold in one lane: the right to have a message worked on. */
export interface Slot {
  readonly lane: string;
  readonly tenantId: string;
  /** Of the message. */
  readonly id: string;
  /** When whoever holds it has ended, killed or not. */
  readonly until: string;
}

/** How a tenant's messages have fared in a lane. */
export interface Pace {
  /** Seconds that one of them takes, lately; absent: none was seen. */
  readonly seconds?: number;
  /** When it is the turn of the one that was put off last. */
  readonly lineEndsAt?: string;
}

/** What each tenant has in flight in each lane. */
export interface LaneSlots {
  /** Not taken while the tenant holds `share` slots of the lane already. */
  take(slot: Slot, share: number): Promise<{ readonly taken: boolean; readonly pace: Pace }>;
  /** Gives a slot back and notes what a message of the lane takes, and after what time the next one's turn is. */
  release(slot: Slot, seconds: number, stepSeconds: number): Promise<void>;
  lengthenLine(of: Pick<Slot, 'lane' | 'tenantId'>, lineEndsAt: string): Promise<void>;
}

/** The lines in which messages wait that come into a lane. */
export interface LaneArrivals {
  /** Takes the next place of the tenant's line, which moves on by what one message takes; the seconds before its turn. */
  arrive(of: Pick<Slot, 'lane' | 'tenantId'>): Promise<number>;
}

export interface FairBounds {
  /** Part of a lane's concurrency that one tenant may use, above 0 up to 1. */
  readonly tenantShare: number;
  /** How long a message is put off at least, and at most. */
  readonly putOffMinSeconds: number;
  readonly putOffMaxSeconds: number;
}

/** Part of a tenant's share that files of the priority `low` may use. */
const lowShare = 0.5;

/** Messages of one tenant that a lane works on at the same time: at least one, or nothing would ever move. */
export function shareOf(
  maxConcurrency: number,
  { tenantShare }: Pick<FairBounds, 'tenantShare'>,
  priority?: Priority,
): number {
  const share = Math.max(1, Math.floor(maxConcurrency * tenantShare));
  return priority === 'low' ? Math.max(1, Math.floor(share * lowShare)) : share;
}

/** Until a message of the tenant was seen. */
export const typicalSeconds = 2;
/** Messages come into a lane a little faster than they are worked on, so that no slot is idle. */
const arrivalHaste = 0.8;

/** How far a tenant's line moves on with each message, where it has so many slots. */
export const stepOf = (seconds: number, share: number): number => (seconds / share) * arrivalHaste;

/**
 * How much later a message is sent that has so many seconds of its tenant's own messages before it. So a flood waits as
 * messages that nobody sees yet, and not as ones that everybody else is behind: a queue gives out first what came first.
 */
export function arrivalDelay(
  aheadSeconds: number,
  { putOffMaxSeconds }: Pick<FairBounds, 'putOffMaxSeconds'>,
  random: () => number,
): number {
  if (aheadSeconds < 1) return 0;
  return aheadSeconds > putOffMaxSeconds
    ? Math.ceil((putOffMaxSeconds * (1 + random())) / 2)
    : Math.floor(aheadSeconds);
}

/** A turn that comes early is put off once more, which costs little; one that comes late leaves a slot idle. */
const earliness = 0.5;
/** How much one message says about the next. */
const newest = 0.2;

/** What a message of a lane takes, by the ones before and the last. */
export const paceAfter = ({ seconds }: Pace, last: number): number =>
  seconds === undefined ? last : seconds * (1 - newest) + last * newest;

export interface Turn {
  readonly delaySeconds: number;
  /** What the line is for whoever is put off next. */
  readonly lineEndsAt: string;
}

/**
 * When it is a message's turn that was put off: behind all that were put off before, each after the time that one takes. So a
 * backlog comes back at the pace at which it is worked on, and a message is put off once or twice, however long it is. Beyond
 * `putOffMaxSeconds` nobody has a place in the line: chance spreads them.
 */
export function nextTurn(
  { seconds = typicalSeconds, lineEndsAt }: Pace,
  share: number,
  { putOffMinSeconds, putOffMaxSeconds }: FairBounds,
  { now, random }: { readonly now: string; readonly random: () => number },
): Turn {
  const ahead = lineEndsAt === undefined ? 0 : (Date.parse(lineEndsAt) - Date.parse(now)) / 1000;
  const wait = Math.max(0, ahead) + (seconds / share) * earliness;
  if (wait > putOffMaxSeconds) {
    const delaySeconds = Math.ceil((putOffMaxSeconds * (1 + random())) / 2);
    return { delaySeconds, lineEndsAt: addSeconds(now, putOffMaxSeconds) };
  }
  return {
    delaySeconds: Math.max(putOffMinSeconds, Math.ceil(wait)),
    lineEndsAt: addSeconds(now, wait),
  };
}
