import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createSqs } from '../../lambdas/adapters/sqs/file-queues.ts';
import { sqsBatchWorker } from '../../lambdas/runtime/sqs-batch-worker.ts';
import { lambdaContext, sqsEvent, sqsRecord } from '../support/events.ts';
import { silentObserver } from '../support/observer.ts';

process.env.AWS_REGION ??= 'eu-west-1';

function worker(handle: (messages: readonly { n: number }[]) => Promise<void>) {
  const sqs = mockClient(SQSClient);
  sqs.on(ChangeMessageVisibilityCommand).resolves({});
  const run = sqsBatchWorker({
    observer: silentObserver().observer,
    sqs: createSqs(),
    schema: z.object({ n: z.number() }),
    retry: { retryMinSeconds: 2, retryMaxSeconds: 300, maxReceives: 5 },
    handle,
  });
  const deliver = async (...bodies: unknown[]) => {
    const records = bodies.map((body, index) => sqsRecord(body, { messageId: `m${index + 1}` }));
    const { batchItemFailures } = await run(sqsEvent(...records), lambdaContext());
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
  return { deliver, sqs };
}

describe('a batch worker', () => {
  it('takes the whole batch at once', async () => {
    const taken: number[][] = [];
    const { deliver } = worker(async (messages) => void taken.push(messages.map(({ n }) => n)));
    expect(await deliver({ n: 1 }, { n: 2 })).toEqual([]);
    expect(taken).toEqual([[1, 2]]);
  });

  it('gives back only what nobody can handle', async () => {
    const done: number[] = [];
    const { deliver, sqs } = worker(async (messages) => {
      if (messages.some(({ n }) => n === 2)) throw new Error('poison');
      done.push(...messages.map(({ n }) => n));
    });
    expect(await deliver({ n: 1 }, { n: 2 }, 'not json', { n: 3 })).toEqual(['m3', 'm2']);
    expect(done).toEqual([1, 3]);
    expect(sqs.commandCalls(ChangeMessageVisibilityCommand)).toHaveLength(2);
  });

  it('hands nothing on when nothing can be read', async () => {
    const { deliver } = worker(async () => {
      throw new Error('called');
    });
    expect(await deliver('x')).toEqual(['m1']);
  });
});
