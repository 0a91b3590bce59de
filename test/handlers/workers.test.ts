import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSqs } from '../../lambdas/adapters/sqs/file-queues.ts';
import { s3Notification } from '../../lambdas/contract/messages.ts';
import { eventOf } from '../../lambdas/core/files/event.ts';
import { sqsWorker } from '../../lambdas/runtime/sqs-worker.ts';
import { dispatchNotification } from '../../lambdas/workers/dispatch.ts';
import { publishEvents } from '../../lambdas/workers/publish.ts';
import { file, startOfTime } from '../support/domain.ts';
import { lambdaContext, s3Event, sqsEvent, sqsRecord } from '../support/events.ts';
import { silentObserver } from '../support/observer.ts';
import { World } from '../support/world.ts';

process.env.AWS_REGION ??= 'eu-west-1';
const retry = { retryMinSeconds: 2, retryMaxSeconds: 300, maxReceives: 5 };

function worker(handle: (n: number) => Promise<void>) {
  const sqs = mockClient(SQSClient);
  sqs.on(ChangeMessageVisibilityCommand).resolves({});
  const gaveUp: number[] = [];
  const { observer } = silentObserver();
  const run = sqsWorker({
    observer,
    sqs: createSqs(),
    schema: z.object({ n: z.number() }),
    retry,
    handle: ({ n }) => handle(n),
    giveUp: async ({ n }) => void gaveUp.push(n),
  });
  const visibility = () => sqs.commandCalls(ChangeMessageVisibilityCommand).map(({ args }) => args[0].input);
  return { run, gaveUp, visibility, sqs };
}

const failOn = (bad: number) => async (n: number) => {
  if (n === bad) throw new Error('failed');
};

describe('a queue worker', () => {
  it('gives back only what failed; the rest is done', async () => {
    const { run } = worker(failOn(2));
    const records = [1, 2, 3].map((n) => sqsRecord({ n }, { messageId: `m${n}` }));
    expect(await run(sqsEvent(...records), lambdaContext())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm2' }],
    });
  });

  it.each([
    [1, 4],
    [4, 32],
  ])('puts off a message received %i times by at most %i seconds', async (receives, most) => {
    const { run, visibility } = worker(failOn(1));
    await run(sqsEvent(sqsRecord({ n: 1 }, { receives })), lambdaContext());
    const [change] = visibility();
    expect(change).toMatchObject({
      ReceiptHandle: 'receipt-message-1',
      QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/queue',
    });
    expect(change?.VisibilityTimeout).toBeGreaterThanOrEqual(1);
    expect(change?.VisibilityTimeout).toBeLessThanOrEqual(most);
  });

  it('gives up after the last receive, once, and sends the message to the dead letters without delay', async () => {
    const { run, gaveUp, visibility } = worker(failOn(1));
    const { batchItemFailures } = await run(sqsEvent(sqsRecord({ n: 1 }, { receives: 5 })), lambdaContext());
    expect(batchItemFailures).toHaveLength(1);
    expect(gaveUp).toEqual([1]);
    expect(visibility().map(({ VisibilityTimeout }) => VisibilityTimeout)).toEqual([0]);
  });

  it('counts the attempts of the messages that this one is a copy of', async () => {
    const { run, gaveUp, visibility } = worker(failOn(1));
    const copy = sqsRecord({ n: 1 }, { receives: 2, carried: { Attempts: 3 } });
    await run(sqsEvent(copy), lambdaContext());
    expect(gaveUp).toEqual([1]);
    expect(visibility()[0]?.VisibilityTimeout).toBe(0);
  });

  it('does not work on a message whose attempts are spent, and lets it become a dead letter', async () => {
    const worked: number[] = [];
    const { run } = worker(async (n) => void worked.push(n));
    const spent = sqsRecord({ n: 1 }, { receives: 3, carried: { Attempts: 3 } });
    expect((await run(sqsEvent(spent), lambdaContext())).batchItemFailures).toHaveLength(1);
    expect(worked).toEqual([]);
  });

  it('treats a message that is none like one that failed', async () => {
    const { run, gaveUp } = worker(failOn(0));
    const records = [
      sqsRecord('not json', { messageId: 'a' }),
      sqsRecord({ n: 'x' }, { messageId: 'b', receives: 5 }),
    ];
    const { batchItemFailures } = await run(sqsEvent(...records), lambdaContext());
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['a', 'b']);
    expect(gaveUp).toEqual([]);
  });

  it('keeps a message failed when its retry cannot be prepared', async () => {
    const { run, sqs } = worker(failOn(1));
    sqs.on(ChangeMessageVisibilityCommand).rejects(new Error('SQS is down'));
    expect((await run(sqsEvent(sqsRecord({ n: 1 })), lambdaContext())).batchItemFailures).toHaveLength(1);
  });
});

describe('a notification of S3', () => {
  const log = { info: () => undefined, warn: () => undefined };
  const notify = (world: World, ...Records: unknown[]) =>
    dispatchNotification(world.dispatching, log, s3Notification.parse({ Records }));

  it('that is only its test event is passed over', async () => {
    const test = s3Notification.parse({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'intake' });
    expect(await dispatchNotification(new World().dispatching, log, test)).toEqual([]);
  });

  it('is read with its key decoded', async () => {
    const world = new World();
    world.s3.put({ tenantId: 'a b+c', fileId: 'F', uploadId: 'U' }, new Uint8Array(1));
    expect(await notify(world, s3Event('tenants/a+b%2Bc/F/U', { versionId: 'V1' }))).toEqual(['deleted']);
    expect(world.s3.objects).toBe(0);
  });

  it.each([
    ['a key that is not ours', s3Event('backup/x')],
    ['no version', s3Event('tenants/acme/F/U', { versionId: undefined })],
    ['a removal', s3Event('tenants/acme/F/U', { eventName: 'ObjectRemoved:Delete' })],
  ])('with %s deletes nothing', async (_what, record) => {
    const world = new World();
    world.s3.put({ tenantId: 'acme', fileId: 'F', uploadId: 'U' }, new Uint8Array(1));
    expect(await notify(world, record)).toEqual([]);
    expect(world.s3.objects).toBe(1);
  });
});

describe('publishing', () => {
  const events = Array.from({ length: 12 }, (_, n) =>
    eventOf(file(), { eventId: `E${n}`, at: startOfTime }),
  ).filter((event) => event !== undefined);

  it('marks what the bus took and leaves the rest due for the sweep', async () => {
    const marked: string[] = [];
    let calls = 0;
    const bus = {
      publish: async () => {
        calls += 1;
        if (calls === 1) throw new Error('bus refused');
      },
    };
    const failed = await publishEvents(
      {
        bus,
        markPublished: async ({ eventId }) => void marked.push(eventId),
        logger: { error: () => undefined },
      },
      events,
    );
    expect(failed).toBe(10);
    expect(marked).toEqual(['E10', 'E11']);
  });
});
