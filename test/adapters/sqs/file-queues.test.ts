import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import {
  createSqs,
  groupedPurgeQueue,
  indexingQueue,
  inspectQueue,
  jobQueue,
  processingQueues,
  purgeQueue,
  scanQueue,
} from '../../../lambdas/adapters/sqs/file-queues.ts';
import {
  indexingMessage,
  inspectMessage,
  jobMessage,
  processMessage,
  purgeMessage,
} from '../../../lambdas/contract/messages.ts';

process.env.AWS_REGION ??= 'eu-west-1';

async function sent(send: (sqs: SQSClient) => Promise<void>) {
  const sqs = mockClient(SQSClient);
  sqs.on(SendMessageCommand).resolves({});
  await send(createSqs());
  const { QueueUrl, MessageBody, MessageGroupId } =
    sqs.commandCalls(SendMessageCommand)[0]?.args[0].input ?? {};
  return { QueueUrl, MessageGroupId, body: JSON.parse(MessageBody ?? '') };
}

const ref = { tenantId: 'acme', fileId: 'F1' };
const images = { normal: 'https://q/normal', urgent: 'https://q/urgent' };
const elsewhere = { normal: 'https://q/other', urgent: 'https://q/other' };
const lanes = { images, documents: elsewhere, videos: elsewhere, other: elsewhere };

describe('a message', () => {
  it('goes in the group of its tenant and reads back as what its consumer expects', async () => {
    const inspect = await sent((sqs) =>
      inspectQueue(sqs, images).inspect({ ...ref, uploadId: 'U1', versionId: 'V', priority: 'low' }),
    );
    expect(inspect).toMatchObject({ QueueUrl: images.normal, MessageGroupId: 'acme' });
    expect(inspectMessage.parse(inspect.body)).toEqual({
      ...{ ...ref, uploadId: 'U1', versionId: 'V' },
      priority: 'low',
    });
    const purge = await sent((sqs) => purgeQueue(sqs, 'https://q/purge').purge(ref));
    expect(purge).toMatchObject({ QueueUrl: 'https://q/purge', MessageGroupId: 'acme' });
    expect(purgeMessage.parse(purge.body)).toEqual(ref);
    const job = { tenantId: 'acme', jobId: 'J1' };
    const slice = await sent((sqs) => jobQueue(sqs, 'https://q/bulk').runJob(job));
    expect(slice).toMatchObject({ QueueUrl: 'https://q/bulk', MessageGroupId: 'acme' });
    expect(jobMessage.parse(slice.body)).toEqual(job);
  });

  it.each([
    ['urgent', images.urgent],
    ['high', images.urgent],
    ['normal', images.normal],
    ['low', images.normal],
  ] as const)('takes the lane of its priority (%s), on the whole way', async (priority, url) => {
    const process = await sent((sqs) =>
      processingQueues(sqs, lanes).process({ ...ref, version: 2, worker: 'images', priority }),
    );
    expect(process.QueueUrl).toBe(url);
    expect(processMessage.parse(process.body)).toEqual({ ...ref, version: 2, priority });
    const upload = { ...ref, uploadId: 'U1', versionId: 'V', priority };
    expect((await sent((sqs) => inspectQueue(sqs, images).inspect(upload))).QueueUrl).toBe(url);
    const scan = { ...upload, bucket: 'intake' as const, size: 1 };
    expect((await sent((sqs) => scanQueue(sqs, images)(scan))).QueueUrl).toBe(url);
  });
});

describe('the purges of a job', () => {
  const purgeAll = (sqs: SQSClient, count: number) => {
    const { purge } = groupedPurgeQueue(sqs, 'https://q/purge');
    return Promise.all(Array.from({ length: count }, (_, n) => purge({ tenantId: 'acme', fileId: `F${n}` })));
  };

  it('go ten to a request, each in the group of its tenant', async () => {
    const sqs = mockClient(SQSClient);
    sqs.on(SendMessageBatchCommand).resolves({});
    await purgeAll(createSqs(), 23);
    const entries = sqs
      .commandCalls(SendMessageBatchCommand)
      .map(({ args }) => args[0].input.Entries?.map((entry) => [entry.MessageGroupId, entry.MessageBody]));
    expect(entries.map((some) => some?.length)).toEqual([10, 10, 3]);
    expect(entries.flat().at(-1)).toEqual(['acme', JSON.stringify({ tenantId: 'acme', fileId: 'F22' })]);
  });

  it('are like the files of a rebuild, which the indexing reads beside events', async () => {
    const sqs = mockClient(SQSClient);
    sqs.on(SendMessageBatchCommand).resolves({});
    await indexingQueue(createSqs(), 'https://q/indexing').index(ref);
    const { QueueUrl, Entries = [] } = sqs.commandCalls(SendMessageBatchCommand)[0]?.args[0].input ?? {};
    expect(QueueUrl).toBe('https://q/indexing');
    expect(indexingMessage.parse(JSON.parse(Entries[0]?.MessageBody ?? ''))).toEqual(ref);
  });

  it('fail where SQS did not take all of them, so that the step is repeated', async () => {
    const sqs = mockClient(SQSClient);
    const Failed = [{ Id: '0', Code: 'InternalError', SenderFault: false }];
    sqs.on(SendMessageBatchCommand).resolves({ Failed, Successful: [] });
    await expect(purgeAll(createSqs(), 1)).rejects.toThrow('InternalError');
  });
});
