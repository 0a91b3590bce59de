import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { keys, timeToLiveAttribute } from '../../contract/table.ts';
import {
  type LaneArrivals,
  type LaneSlots,
  type Pace,
  type Slot,
  typicalSeconds,
} from '../../core/processing/fair-share.ts';
import type { Db } from './client.ts';
import { ifCondition } from './file-store.ts';

/** A lane that a tenant has not used for so long is forgotten; no slot is held for longer than a function runs. */
const keepSeconds = 86_400;

type Lane = Pick<Slot, 'lane' | 'tenantId'>;
type Item = Record<string, unknown> | undefined;

/**
 * One item a lane and tenant with a set of strings, each the end of a slot and the message that holds it. A set comes
 * and goes with its members, so that the item needs no beginning: a turn costs one write to take and one to release, each of
 * one unit. What the killed left is cleared by who finds the share used up.
 */
export function createLaneSlots(db: Db, now: () => string): LaneSlots {
  const update = ({ lane, tenantId }: Lane, rest: Partial<UpdateCommandInput>) =>
    db.client.send(new UpdateCommand({ TableName: db.table, Key: keys.laneSlots(lane, tenantId), ...rest }));
  const tryToTake = async (slot: Slot, share: number): Promise<{ taken: boolean; item: Item }> => {
    try {
      const { Attributes } = await update(slot, {
        UpdateExpression: 'ADD #slots :slot SET #ttl = :ttl',
        // What it holds already, it took in a request whose answer was lost.
        ConditionExpression:
          'attribute_not_exists(#slots) OR size(#slots) < :share OR contains(#slots, :self)',
        ExpressionAttributeNames: { '#slots': 'slots', '#ttl': timeToLiveAttribute },
        ExpressionAttributeValues: {
          ':slot': new Set([memberOf(slot)]),
          ':self': memberOf(slot),
          ':share': share,
          ':ttl': Math.floor(Date.parse(slot.until) / 1000) + keepSeconds,
        },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return { taken: true, item: Attributes };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { taken: false, item: error.Item && unmarshall(error.Item) };
    }
  };
  return {
    take: async (slot, share) => {
      const first = await tryToTake(slot, share);
      const over = first.taken ? [] : endedMembers(first.item, now());
      if (over.length === 0) return { taken: first.taken, pace: paceOf(first.item) };
      await update(slot, {
        UpdateExpression: 'DELETE #slots :gone',
        ExpressionAttributeNames: { '#slots': 'slots' },
        ExpressionAttributeValues: { ':gone': new Set(over) },
      });
      const { taken, item } = await tryToTake(slot, share);
      return { taken, pace: paceOf(item) };
    },
    release: async (slot, seconds, stepSeconds) => {
      await update(slot, {
        UpdateExpression: 'DELETE #slots :slot SET #seconds = :seconds, stepMs = :step',
        ExpressionAttributeNames: { '#slots': 'slots', '#seconds': 'seconds' },
        ExpressionAttributeValues: {
          ':slot': new Set([memberOf(slot)]),
          ':seconds': seconds,
          ':step': Math.ceil(stepSeconds * 1_000),
        },
      });
    },
    lengthenLine: async (lane, lineEndsAt) => {
      await update(lane, {
        UpdateExpression: 'SET lineEndsAt = :end',
        ExpressionAttributeValues: { ':end': lineEndsAt },
      });
    },
  };
}

/** The same items: one write for a message that comes while others of its tenant wait, two for the first of them. */
export const createLaneArrivals = (db: Db, now: () => string): LaneArrivals => ({
  arrive: async ({ lane, tenantId }) => {
    const Key = keys.laneSlots(lane, tenantId);
    const at = Date.parse(now());
    const rest = { TableName: db.table, Key, ReturnValues: 'UPDATED_NEW' } as const;
    const onwards = new UpdateCommand({
      ...rest,
      UpdateExpression: 'SET lineMs = lineMs + stepMs',
      ConditionExpression: 'lineMs > :now',
      ExpressionAttributeValues: { ':now': at },
    });
    const inLine = await ifCondition(() => db.client.send(onwards));
    if (inLine) return (Number(inLine.Attributes?.lineMs) - at) / 1_000;
    const anew = new UpdateCommand({
      ...rest,
      UpdateExpression: 'SET lineMs = :next, stepMs = if_not_exists(stepMs, :step), #ttl = :ttl',
      ExpressionAttributeNames: { '#ttl': timeToLiveAttribute },
      ExpressionAttributeValues: {
        ':next': at + firstStepMs,
        ':step': firstStepMs,
        ':ttl': Math.floor(at / 1_000) + keepSeconds,
      },
    });
    await db.client.send(anew);
    return 0;
  },
});

/** Until one of the tenant's messages has been worked on: slow enough for a small share of a lane. */
const firstStepMs = (typicalSeconds * 1_000) / 10;

const memberOf = ({ until, id }: Slot): string => `${until}#${id}`;

const endedMembers = (item: Item, at: string): readonly string[] =>
  [...((item?.slots as Set<string> | undefined) ?? [])].filter(
    (member) => member.slice(0, member.indexOf('#')) <= at,
  );

const paceOf = (item: Item): Pace => ({
  ...(typeof item?.seconds === 'number' && { seconds: item.seconds }),
  ...(typeof item?.lineEndsAt === 'string' && { lineEndsAt: item.lineEndsAt }),
});
