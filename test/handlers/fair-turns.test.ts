import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createLaneSlots } from '../../lambdas/adapters/dynamodb/lane-slots.ts';
import { createSqs } from '../../lambdas/adapters/sqs/file-queues.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { processMessage } from '../../lambdas/contract/messages.ts';
import { queues } from '../../lambdas/contract/queues.ts';
import type { LaneSlots } from '../../lambdas/core/processing/fair-share.ts';
import { fairTurns } from '../../lambdas/runtime/fair-turns.ts';
import { sqsWorker } from '../../lambdas/runtime/sqs-worker.ts';
import { startOfTime } from '../support/domain.ts';
import { lambdaContext, sqsEvent, sqsRecord } from '../support/events.ts';
import { memoryDb } from '../support/memory-dynamodb/client.ts';
import { silentObserver } from '../support/observer.ts';

process.env.AWS_REGION ??= 'eu-west-1';
const share = queues.images.maxConcurrency * defaultLimits.pipeline.tenantShare;
const body = (tenantId: string, more: object = {}) => ({ tenantId, fileId: 'F', version: 1, ...more });

function lane(slots: LaneSlots = createLaneSlots(memoryDb().db, () => startOfTime)) {
  const sqs = mockClient(SQSClient);
  sqs.onAnyCommand().resolves({});
  const { observer, logged } = silentObserver();
  const running: (() => void)[] = [];
  const worked: string[] = [];
  const run = sqsWorker({
    observer,
    sqs: createSqs(),
    schema: processMessage,
    retry: defaultLimits.pipeline,
    turns: fairTurns({
      observer,
      sqs: createSqs(),
      slots,
      lanes: { images: 'ImagesQueue', imagesUrgent: 'UrgentQueue' },
      bounds: defaultLimits.pipeline,
      now: () => startOfTime,
      random: () => 0,
    }),
    handle: async ({ tenantId }) => {
      worked.push(tenantId);
      if (tenantId === 'failing') throw new Error('failed');
      if (tenantId === 'long') await new Promise<void>((resolve) => running.push(resolve));
    },
  });
  const deliver = (tenantId: string, over: Parameters<typeof sqsRecord>[1] & { more?: object } = {}) =>
    run(
      sqsEvent(sqsRecord(body(tenantId, over.more), { queue: 'ImagesQueue', group: tenantId, ...over })),
      lambdaContext(),
    );
  /** Messages of the tenant `long` that are worked on until `end` lets them. */
  const occupy = async (count: number, over: { more?: object } = {}) => {
    const all = Array.from({ length: count }, (_, n) => deliver('long', { messageId: `long-${n}`, ...over }));
    while (running.length < count) await new Promise((resolve) => setImmediate(resolve));
    return async () => {
      for (const end of running.splice(0)) end();
      await Promise.all(all);
    };
  };
  const sent = () => sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);
  return { deliver, occupy, sent, worked, logged, sqs };
}

describe('tenants taking turns in a lane', () => {
  it('puts off what is beyond the share of a tenant as a copy that comes later, and is done with the message', async () => {
    const { deliver, occupy, sent } = lane();
    await occupy(share);

    for (let n = 0; n < 20; n += 1) {
      expect(await deliver('long', { messageId: `beyond-${n}` })).toEqual({ batchItemFailures: [] });
    }

    const copy = {
      QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/000000000000/ImagesQueue',
      MessageBody: JSON.stringify(body('long')),
      MessageGroupId: 'long',
    };
    expect(sent()).toHaveLength(20);
    expect(sent().at(0)).toEqual({ ...copy, DelaySeconds: 1 });
    // 20 of them take 4 s, ten at a time, as far as anybody knows: half of that is not too early.
    expect(sent().at(-1)).toEqual({ ...copy, DelaySeconds: 2 });
  });

  it('works on what other tenants send, and on what takes another lane', async () => {
    const { deliver, occupy, sent, worked } = lane();
    await occupy(share);
    worked.length = 0;

    await deliver('other');

    expect(worked).toEqual(['other']);
    expect(sent()).toEqual([]);
  });

  it('works on the rest when the share is free again', async () => {
    const { deliver, occupy, sent, worked } = lane();
    await (await occupy(share))();
    await deliver('failing', { messageId: 'x' });
    worked.length = 0;

    for (let n = 0; n < share + 1; n += 1) await deliver('failing', { messageId: `m${n}` });

    expect(worked).toHaveLength(share + 1);
    expect(sent()).toEqual([]);
  });

  it('counts no attempt for what it puts off, and forgets none', async () => {
    const { deliver, occupy, sent } = lane();
    await occupy(share);

    await deliver('long', { receives: 3, carried: { Attempts: 1 } });

    expect(sent()[0]?.MessageAttributes?.Attempts).toEqual({ DataType: 'Number', StringValue: '3' });
  });

  it('gives low files half of the share', async () => {
    const { deliver, occupy, sent } = lane();
    const low = { more: { priority: 'low' } };
    await occupy(share / 2, low);

    await deliver('long', { messageId: 'beyond', ...low });

    expect(sent()).toHaveLength(1);
  });

  it('tries a message again whose copy could not be sent', async () => {
    const { deliver, occupy, sqs } = lane();
    await occupy(share);
    sqs.on(SendMessageCommand).rejects(new Error('SQS is down'));

    expect((await deliver('long', { messageId: 'beyond' })).batchItemFailures).toHaveLength(1);
  });

  it('is done with work whose slot cannot be given back', async () => {
    const slots: LaneSlots = {
      take: async () => ({ taken: true, pace: {} }),
      release: async () => Promise.reject(new Error('down')),
      lengthenLine: async () => undefined,
    };
    const { deliver, logged } = lane(slots);

    expect(await deliver('other')).toEqual({ batchItemFailures: [] });

    expect(logged.map(({ message }) => message)).toContain('could not give a slot back');
  });

  it('fails a message of a queue that is none of its lanes', async () => {
    const { deliver, worked } = lane();
    expect((await deliver('other', { queue: 'Elsewhere' })).batchItemFailures).toHaveLength(1);
    expect(worked).toEqual([]);
  });
});
