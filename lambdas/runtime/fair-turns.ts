import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSRecord } from 'aws-lambda';
import { attemptsAttribute } from '../contract/messages.ts';
import { metricNames } from '../contract/metrics.ts';
import { type FairLane, fairLanes, queues } from '../contract/queues.ts';
import type { Priority } from '../core/files/file.ts';
import {
  type FairBounds,
  type LaneSlots,
  nextTurn,
  paceAfter,
  shareOf,
  stepOf,
} from '../core/processing/fair-share.ts';
import type { Observer } from './observe.ts';
import { attemptsOf, queueUrl, type Turns } from './sqs-worker.ts';

export interface FairTurnsDeps {
  readonly observer: Observer;
  readonly sqs: SQSClient;
  readonly slots: LaneSlots;
  /** The lanes that the function works on, with the names of their queues. */
  readonly lanes: Readonly<Partial<Record<FairLane, string>>>;
  readonly bounds: FairBounds;
  readonly now: () => string;
  readonly random: () => number;
}

interface OfTenant {
  readonly tenantId: string;
  readonly priority?: Priority | undefined;
}

/**
 * Keeps what one tenant has in flight in a lane below its share, on any engine. A message beyond it is put off: a copy
 * comes later, and this one is done, so that waiting is no receive that counts towards the dead letters. The copy is
 * sent first; who dies in between leaves two, and consumers drop repeats.
 */
export function fairTurns(deps: FairTurnsDeps): Turns<OfTenant> {
  return {
    take: async ({ tenantId, priority }, record, context) => {
      const lane = laneOf(deps, record);
      const slot = { lane, tenantId, id: record.messageId, until: endOf(deps, context) };
      const share = shareOf(queues[lane].maxConcurrency, deps.bounds, priority);
      const { taken, pace } = await deps.slots.take(slot, share);
      const now = deps.now();
      if (!taken) {
        const turn = nextTurn(pace, share, deps.bounds, { now, random: deps.random });
        await deps.slots.lengthenLine(slot, turn.lineEndsAt);
        await sendCopy(deps, record, turn.delaySeconds);
        deps.observer.metrics.addMetric(metricNames.messagesPutOff, 'Count', 1);
        return undefined;
      }
      return async () => {
        try {
          const seconds = (Date.parse(deps.now()) - Date.parse(now)) / 1000;
          const usual = paceAfter(pace, seconds);
          await deps.slots.release(slot, usual, stepOf(usual, share));
        } catch (error) {
          // It ends by itself when the function's time is over.
          deps.observer.logger.warn('could not give a slot back', { lane, error: error as Error });
        }
      };
    },
  };
}

function laneOf({ lanes }: FairTurnsDeps, { eventSourceARN }: SQSRecord): FairLane {
  const name = eventSourceARN.slice(eventSourceARN.lastIndexOf(':') + 1);
  const lane = fairLanes.find((each) => lanes[each] === name);
  if (!lane) throw new Error(`this function does not work on the queue ${name}`);
  return lane;
}

/** Nothing of this run is left by then, whatever becomes of it. */
const endOf = ({ now }: FairTurnsDeps, context: Context): string =>
  new Date(Date.parse(now()) + context.getRemainingTimeInMillis()).toISOString();

async function sendCopy({ sqs }: FairTurnsDeps, record: SQSRecord, DelaySeconds: number): Promise<void> {
  // This receive was no attempt.
  const attempts = attemptsOf(record) - 1;
  const group = record.attributes.MessageGroupId;
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl(record),
      MessageBody: record.body,
      DelaySeconds,
      ...(attempts > 0 && {
        MessageAttributes: { [attemptsAttribute]: { DataType: 'Number', StringValue: String(attempts) } },
      }),
      ...(group && { MessageGroupId: group }),
    }),
  );
}
