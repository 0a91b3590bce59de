import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { createSqs } from '../../../lambdas/adapters/sqs/file-queues.ts';
import { readLaneLoads } from '../../../lambdas/adapters/sqs/lane-loads.ts';
import { queues } from '../../../lambdas/contract/queues.ts';

process.env.AWS_REGION ??= 'eu-west-1';

it('tells of each lane what waits in it, put off or not, and how much it takes at a time', async () => {
  const sqs = mockClient(SQSClient);
  sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: '0' } });
  sqs.on(GetQueueAttributesCommand, { QueueUrl: 'https://q/images' }).resolves({
    Attributes: { ApproximateNumberOfMessages: '3', ApproximateNumberOfMessagesDelayed: '4' },
  });
  const urls = (name: string) => ({ normal: `https://q/${name}`, urgent: `https://q/${name}Urgent` });

  const loads = await readLaneLoads(createSqs(), {
    inspect: urls('inspect'),
    images: urls('images'),
    documents: urls('documents'),
    videos: urls('videos'),
    other: urls('other'),
  });

  expect(loads.images).toEqual({
    normal: { waiting: 7, concurrency: queues.images.maxConcurrency },
    urgent: { waiting: 0, concurrency: queues.imagesUrgent.maxConcurrency },
  });
  expect(Object.keys(loads)).toEqual(['inspect', 'images', 'documents', 'videos', 'other']);
  expect(sqs.commandCalls(GetQueueAttributesCommand)).toHaveLength(10);
});
