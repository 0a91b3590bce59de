import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DomainEvent } from '../../core/files/event.ts';
import { addSeconds } from '../../core/time.ts';
import type { Db } from './client.ts';
import { eventItem } from './file-item.ts';

export interface EventLog {
  /** Writes an event that tells no change of a file; the stream publishes it like every other. */
  record(event: DomainEvent): Promise<void>;
}

export const createEventLog = (db: Db, settings: { readonly publishDelaySeconds: number }): EventLog => ({
  record: async (event) => {
    const Item = eventItem(event, addSeconds(event.at, settings.publishDelaySeconds));
    await db.client.send(new PutCommand({ TableName: db.table, Item }));
  },
});
