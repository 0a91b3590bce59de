import { errors } from '../errors.ts';
import { type TenantEvent, tenantEvent } from '../files/event.ts';
import type { QueueSize } from '../metrics/reads.ts';
import { stamp } from '../tenancy/actor.ts';
import type { Caller } from '../tenancy/caller.ts';
import { requirePermission } from '../tenancy/roles.ts';

/** A message that failed for good, as far as its body tells whom it concerns. */
export interface FailedMessage {
  readonly messageId: string;
  /** How often it was tried. */
  readonly receives: number;
  /** When it was sent. */
  readonly at: string;
  readonly tenantId?: string;
  readonly fileId?: string;
  /** Where the body itself is the reason: nobody can read it. */
  readonly reason?: 'malformed';
}

export interface QueueView extends Omit<QueueSize, 'deadLetters'> {
  readonly dlq: { readonly visible: number; readonly oldestSeconds?: number };
  readonly failed: readonly FailedMessage[];
}

export interface QueueAdmin {
  readonly names: readonly string[];
  sizes(): Promise<readonly QueueSize[]>;
  /** Up to `max` dead letters of a queue, which stay where they are and may be taken at once. */
  peek(name: string, max: number): Promise<readonly FailedMessage[]>;
  /**
   * Takes up to 10 dead letters, sends each to its queue and only then deletes it; how many that were. Who dies in
   * between leaves a message twice, never none: consumers drop repeats.
   */
  moveSome(name: string): Promise<number>;
}

export interface QueueDeps {
  readonly queues: QueueAdmin;
  readonly events: { record(event: TenantEvent): Promise<void> };
  readonly now: () => string;
  readonly newId: () => string;
}

const peekedMessages = 10;

export async function listQueues(
  { queues, now }: Pick<QueueDeps, 'queues' | 'now'>,
  caller: Caller,
): Promise<{ queues: readonly QueueView[] }> {
  requirePermission(caller, 'queues.read');
  const sizes = await queues.sizes();
  return {
    queues: await Promise.all(
      sizes.map(async ({ deadLetters, ...size }): Promise<QueueView> => {
        const failed = deadLetters > 0 ? await queues.peek(size.name, peekedMessages) : [];
        const oldest = failed.map(({ at }) => at).sort()[0];
        return {
          ...size,
          dlq: {
            visible: deadLetters,
            ...(oldest && { oldestSeconds: secondsSince(oldest, now()) }),
          },
          failed,
        };
      }),
    ),
  };
}

const secondsSince = (at: string, now: string): number =>
  Math.max(0, Math.round((Date.parse(now) - Date.parse(at)) / 1000));

/** Messages that one call moves, 10 at a time with some 50 ms each: 5 s of the 29 that an answer may take. */
export const maxMoved = 1_000;

/** Moves dead letters back to their queue: those that were there when it began, so that it ends. @throws not_found */
export async function redrive(queues: QueueAdmin, name: string): Promise<number> {
  if (!queues.names.includes(name)) throw errors.notFound('queue');
  const waiting = (await queues.sizes()).find((size) => size.name === name)?.deadLetters ?? 0;
  let moved = 0;
  while (moved < Math.min(waiting, maxMoved)) {
    const some = await queues.moveSome(name);
    if (some === 0) break;
    moved += some;
  }
  return moved;
}

export async function redriveQueue(
  deps: QueueDeps,
  caller: Caller,
  name: string,
): Promise<{ moved: number }> {
  requirePermission(caller, 'queues.redrive');
  const moved = await redrive(deps.queues, name);
  await deps.events.record(
    tenantEvent(caller.tenantId, 'queue.redriven', stamp(deps, caller.actor), { queue: name, moved }),
  );
  return { moved };
}
