import type { EventBus } from '../adapters/eventbridge/event-bus.ts';
import type { DomainEvent } from '../core/files/event.ts';

interface PublishDeps {
  readonly bus: EventBus;
  readonly markPublished: (event: DomainEvent) => Promise<void>;
  readonly logger: { error(message: string, facts: Record<string, unknown>): void };
}

/** EventBridge takes ten at a time, so a refusal concerns at most those. */
const groupSize = 10;

/** Publishes, then marks; what fails in between is published again, and consumers drop the repeat. Returns how many failed. */
export async function publishEvents(deps: PublishDeps, events: readonly DomainEvent[]): Promise<number> {
  let failed = 0;
  for (let start = 0; start < events.length; start += groupSize) {
    const group = events.slice(start, start + groupSize);
    try {
      await deps.bus.publish(group);
      await Promise.all(group.map(deps.markPublished));
    } catch (error) {
      failed += group.length;
      deps.logger.error('could not publish', {
        events: group.map((event) => event.eventId),
        error: error as Error,
      });
    }
  }
  return failed;
}
