import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { keys, timeToLiveAttribute } from '../../contract/table.ts';
import { errors } from '../../core/errors.ts';
import type { RateLimiter } from '../../core/ports.ts';
import type { Db } from './client.ts';
import { ifCondition } from './file-store.ts';

const minute = 60;
/** A window is of no use once it is over. */
const keepSeconds = 600;

/** Fixed windows, counted by one conditional write each, so that they hold under concurrency. */
export function createRateLimiter(db: Db): RateLimiter {
  return {
    take: async (scope, what, max, now, windowSeconds = minute) => {
      const epochSeconds = Math.floor(Date.parse(now) / 1000);
      const window = Math.floor(epochSeconds / windowSeconds);
      // An empty window has no item whose count could be compared: a bound of 0 is decided here.
      const taken =
        max > 0 &&
        (await ifCondition(() =>
          db.client.send(
            new UpdateCommand({
              TableName: db.table,
              Key: keys.rateWindow(scope, String(window)),
              UpdateExpression: 'ADD #used :one SET #ttl = :ttl',
              ConditionExpression: 'attribute_not_exists(#used) OR #used < :max',
              ExpressionAttributeNames: { '#used': 'used', '#ttl': timeToLiveAttribute },
              ExpressionAttributeValues: { ':one': 1, ':max': max, ':ttl': epochSeconds + keepSeconds },
            }),
          ),
        ));
      if (!taken) throw errors.rateLimited(what, windowSeconds - (epochSeconds % windowSeconds));
    },
  };
}
