import { Stack } from 'aws-cdk-lib';
import { type EnvName, envNames } from '../../lambdas/contract/env.ts';
import {
  inspectLanes,
  type LaneMap,
  type LanePairMap,
  type LaneQueueName,
  processingLanes,
} from '../../lambdas/contract/queues.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';
import type { WorkerQueue } from './worker-queue.ts';

/**
 * `send`: stored files to whoever makes something of them; `inspect`: what landed to its inspection; `measure`: how many
 * messages wait in any of them.
 */
export type LaneAccess = 'send' | 'inspect' | 'measure';

/** Both lanes of everybody who looks at files, for whoever sends files there. */
export class Lanes implements Bindable<LaneAccess> {
  private readonly queues: Readonly<Record<LaneQueueName, WorkerQueue>>;

  constructor(queues: Readonly<Record<LaneQueueName, WorkerQueue>>) {
    this.queues = queues;
  }

  bindTo(fn: ServiceFunction, access: readonly LaneAccess[]): void {
    if (access.includes('send')) {
      const map: LaneMap = {
        base: baseOf(fn),
        lanes: Object.fromEntries(
          Object.entries(processingLanes).map(([worker, lanes]) => [worker, this.namesOf(lanes)]),
        ) as unknown as LaneMap['lanes'],
      };
      fn.env(envNames.processingLanes, Stack.of(fn).toJsonString(map));
      allowSending(
        fn,
        'SendToWorkers',
        Object.values(processingLanes)
          .flat()
          .map((name) => this.queues[name]),
      );
    }
    if (access.includes('measure')) this.measurable(fn);
    if (access.includes('inspect')) {
      const [normal, urgent] = inspectLanes;
      bindPair(fn, envNames.inspectLanes, 'SendToInspection', [this.queues[normal], this.queues[urgent]]);
    }
  }

  /** Where they are, a function learns by the other accesses. */
  private measurable(fn: ServiceFunction): void {
    const lanes = [...inspectLanes, ...Object.values(processingLanes).flat()];
    fn.allow(
      'MeasureLanes',
      ['sqs:GetQueueAttributes'],
      lanes.map((name) => this.queues[name].queue.queueArn),
    );
  }

  private namesOf(lanes: readonly LaneQueueName[]): readonly string[] {
    return lanes.map((name) => this.queues[name].queue.queueName);
  }
}

/** Both lanes of the scanner's own worker. */
export class ScanLanes implements Bindable<'send'> {
  readonly queues: readonly [normal: WorkerQueue, urgent: WorkerQueue];

  constructor(queues: readonly [normal: WorkerQueue, urgent: WorkerQueue]) {
    this.queues = queues;
  }

  bindTo(fn: ServiceFunction): void {
    bindPair(fn, envNames.scanLanes, 'SendToScan', this.queues);
  }
}

/**
 * The lanes that a function works on: it takes their messages, and puts off those of a tenant that has used up its share
 * by sending them once more.
 */
export function workOn(fn: ServiceFunction, queues: readonly WorkerQueue[]): void {
  const lanes = Object.fromEntries(queues.map(({ name, queue }) => [name, queue.queueName]));
  fn.env(envNames.fairLanes, Stack.of(fn).toJsonString(lanes));
  allowSending(fn, 'PutOff', queues);
  for (const queue of queues) queue.deliverTo(fn);
}

function bindPair(fn: ServiceFunction, env: EnvName, sid: string, pair: ScanLanes['queues']): void {
  const [normal, urgent] = pair;
  const map: LanePairMap = { base: baseOf(fn), names: [normal.queue.queueName, urgent.queue.queueName] };
  fn.env(env, Stack.of(fn).toJsonString(map));
  allowSending(fn, sid, pair);
}

const allowSending = (fn: ServiceFunction, sid: string, queues: readonly WorkerQueue[]): ServiceFunction =>
  fn.allow(
    sid,
    ['sqs:SendMessage'],
    queues.map(({ queue }) => queue.queueArn),
  );

/** What the URLs of all queues of a stack begin with. */
const baseOf = (fn: ServiceFunction): string => {
  const { region, urlSuffix, account } = Stack.of(fn);
  return `https://sqs.${region}.${urlSuffix}/${account}/`;
};
