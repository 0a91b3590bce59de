import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Limits } from '../../contract/limits.ts';
import { timeToLiveAttribute } from '../../contract/table.ts';
import type { AccessEvent } from '../../core/files/event.ts';
import { addSeconds } from '../../core/time.ts';
import type { Db } from './client.ts';
import { eventItem } from './file-item.ts';

/**
 * Writes who looked at what as an event: it is in the table before the answer leaves, and the stream carries it to
 * the audit. The event itself goes after a while; its record stays.
 */
export const createAccessLog = (
  db: Db,
  { audit, pipeline }: Pick<Limits, 'audit' | 'pipeline'>,
): { record(event: AccessEvent): Promise<void> } => ({
  record: async (event) => {
    const Item = {
      ...eventItem(event, addSeconds(event.at, pipeline.publishDelaySeconds)),
      [timeToLiveAttribute]: Math.floor(Date.parse(event.at) / 1000) + audit.accessEventKeepSeconds,
    };
    await db.client.send(new PutCommand({ TableName: db.table, Item }));
  },
});
