import { Stack } from 'aws-cdk-lib';
import { envNames } from '../../lambdas/contract/env.ts';
import type { QueueMap } from '../../lambdas/contract/queues.ts';
import type { Bindable, ServiceFunction } from './service-function.ts';
import type { WorkerQueue } from './worker-queue.ts';

/** `measure`: how many messages wait. `redrive`: look at dead letters and move them back to their queue. */
export type QueuesAccess = 'measure' | 'redrive';

/** Every queue of the stage together, for what looks after queues instead of using one. */
export class AllQueues implements Bindable<QueuesAccess> {
  private readonly queues: readonly WorkerQueue[];

  constructor(queues: readonly WorkerQueue[]) {
    this.queues = queues;
  }

  bindTo(fn: ServiceFunction, access: readonly QueuesAccess[]): void {
    const stack = Stack.of(fn);
    const map: QueueMap = {
      base: `https://sqs.${stack.region}.${stack.urlSuffix}/${stack.account}/`,
      names: Object.fromEntries(this.queues.map(({ name, queue }) => [name, queue.queueName])),
    };
    fn.env(envNames.queues, stack.toJsonString(map));
    const work = this.queues.map(({ queue }) => queue.queueArn);
    const dead = this.queues.map(({ deadLetters }) => deadLetters.queueArn);
    const measure = access.includes('measure') ? ['sqs:GetQueueAttributes'] : [];
    if (!access.includes('redrive')) {
      fn.allow('MeasureQueues', measure, [...work, ...dead]);
      return;
    }
    // Each queue is named once: a role's own policies hold 10,240 characters.
    const take = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'];
    fn.allow('TakeDeadLetters', [...take, ...measure], dead);
    fn.allow('SendAgain', ['sqs:SendMessage', ...measure], work);
  }
}
