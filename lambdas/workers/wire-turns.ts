import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Db } from '../adapters/dynamodb/client.ts';
import { createLaneSlots } from '../adapters/dynamodb/lane-slots.ts';
import type { Limits } from '../contract/limits.ts';
import { clock } from '../runtime/clock.ts';
import { type FairTurnsDeps, fairTurns } from '../runtime/fair-turns.ts';
import type { Observer } from '../runtime/observe.ts';

interface LaneWorker {
  readonly env: { readonly SLUICE_LIMITS: Limits; readonly FAIR_LANES: FairTurnsDeps['lanes'] };
  readonly db: Db;
  readonly sqs: SQSClient;
  readonly observer: Observer;
}

/** Tenants take turns alike in every lane. */
export const wireTurns = ({ env, db, sqs, observer }: LaneWorker) =>
  fairTurns({
    ...clock,
    ...{ observer, sqs },
    slots: createLaneSlots(db, clock.now),
    lanes: env.FAIR_LANES,
    bounds: env.SLUICE_LIMITS.pipeline,
  });
