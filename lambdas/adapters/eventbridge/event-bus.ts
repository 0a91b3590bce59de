import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { eventSource } from '../../contract/events.ts';
import type { DomainEvent } from '../../core/files/event.ts';
import { withDeadline } from '../request-deadline.ts';

const requestTimeoutMs = 5_000;
/** EventBridge's bound for one PutEvents. */
const maxEntries = 10;

export interface EventBus {
  /** @throws when the bus refused any of them; publishing again is harmless, consumers drop repeats by eventId */
  publish(events: readonly DomainEvent[]): Promise<void>;
}

export function createEventBus(busName: string): EventBus {
  const client = new EventBridgeClient({
    requestHandler: withDeadline(requestTimeoutMs),
    maxAttempts: 4,
  });
  return {
    publish: async (events) => {
      for (let start = 0; start < events.length; start += maxEntries) {
        const Entries = events.slice(start, start + maxEntries).map((event) => ({
          EventBusName: busName,
          Source: eventSource,
          DetailType: event.type,
          Time: new Date(event.at),
          Detail: JSON.stringify(event),
        }));
        const { FailedEntryCount, Entries: results } = await client.send(new PutEventsCommand({ Entries }));
        if (FailedEntryCount) {
          const failed = results?.find((result) => result.ErrorCode);
          throw new Error(
            `the bus refused ${FailedEntryCount} events: ${failed?.ErrorCode} ${failed?.ErrorMessage}`,
          );
        }
      }
    },
  };
}
