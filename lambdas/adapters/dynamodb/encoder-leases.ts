import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../contract/table.ts';
import { executionName } from '../../contract/transcode.ts';
import {
  type EncoderLease,
  type EncoderLeases,
  type HeldLeases,
  judgeLease,
} from '../../core/video/lease.ts';
import type { Db } from './client.ts';
import { getItem, ifCondition } from './file-store.ts';

/** How often somebody else may write between the look and the write; who then has none asks again anyway. */
const maxRounds = 5;
const maxRoundWaitMs = 100;

/**
 * One item for the whole stage with a map of leases, at most `encodersMax` of them, each written on the condition that nobody
 * has written since it was read.
 */
export const createEncoderLeases = (db: Db, now: () => string): EncoderLeases => ({
  take: async (job, until, bounds) => {
    const name = executionName(job);
    for (let round = 1; round <= maxRounds; round += 1) {
      const item = await getItem(db, keys.encoderLeases());
      const held = (item?.leases ?? {}) as HeldLeases;
      const { taken, ended } = judgeLease(held, { name, tenantId: job.tenantId }, bounds, now());
      if (!taken) return false;
      const lease = { tenantId: job.tenantId, until };
      const seen = item ? Number(item.revision) : undefined;
      const update = new UpdateCommand(takeParams(db.table, { name, lease, ended, seen }));
      if (await ifCondition(() => db.client.send(update))) return true;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * maxRoundWaitMs));
    }
    return false;
  },
  release: async (job) => {
    const update = new UpdateCommand(releaseParams(db.table, executionName(job)));
    await ifCondition(() => db.client.send(update));
  },
});

interface Taking {
  readonly name: string;
  readonly lease: EncoderLease;
  readonly ended: readonly string[];
  /** The item's revision; absent: there is no item yet. */
  readonly seen: number | undefined;
}

export function takeParams(table: string, { name, lease, ended, seen }: Taking): UpdateCommandInput {
  const names = { '#leases': 'leases', '#revision': 'revision' };
  const key = { TableName: table, Key: keys.encoderLeases() };
  if (seen === undefined) {
    return {
      ...key,
      UpdateExpression: 'SET #leases = :leases, #revision = :one',
      ConditionExpression: 'attribute_not_exists(pk)',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ':leases': { [name]: lease }, ':one': 1 },
    };
  }
  const gone = ended.map((_, index) => `#leases.#ended${index}`).join(', ');
  return {
    ...key,
    UpdateExpression: `SET #leases.#name = :lease, #revision = :next${gone && ` REMOVE ${gone}`}`,
    ConditionExpression: '#revision = :seen',
    ExpressionAttributeNames: {
      ...names,
      '#name': name,
      ...Object.fromEntries(ended.map((other, index) => [`#ended${index}`, other])),
    },
    ExpressionAttributeValues: { ':lease': lease, ':seen': seen, ':next': seen + 1 },
  };
}

/** Also the second time, and of one that never had any. */
export const releaseParams = (table: string, name: string): UpdateCommandInput => ({
  TableName: table,
  Key: keys.encoderLeases(),
  UpdateExpression: 'REMOVE #leases.#name ADD #revision :one',
  ConditionExpression: 'attribute_exists(#leases.#name)',
  ExpressionAttributeNames: { '#leases': 'leases', '#name': name, '#revision': 'revision' },
  ExpressionAttributeValues: { ':one': 1 },
});
