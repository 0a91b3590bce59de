import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import {
  createSqs,
  inspectQueue,
  processingQueues,
  purgeQueue,
} from '../../../lambdas/adapters/sqs/file-queues.ts';
import { inspectMessage, processMessage, purgeMessage } from '../../../lambdas/contract/messages.ts';

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
const lanes = { images: 'https://q/normal', imagesUrgent: 'https://q/urgent' };

describe('a message', () => {
  it('goes in the group of its tenant and reads back as what its consumer expects', async () => {
    const inspect = await sent((sqs) =>
      inspectQueue(sqs, 'https://q/inspect').inspect({ ...ref, uploadId: 'U1', versionId: 'V' }),
    );
    expect(inspect).toMatchObject({ QueueUrl: 'https://q/inspect', MessageGroupId: 'acme' });
    expect(inspectMessage.parse(inspect.body)).toEqual({ ...ref, uploadId: 'U1', versionId: 'V' });
    const purge = await sent((sqs) => purgeQueue(sqs, 'https://q/bulk').purge(ref));
    expect(purgeMessage.parse(purge.body)).toEqual({ kind: 'purge', ...ref });
  });

  it.each([
    [true, lanes.imagesUrgent],
    [false, lanes.images],
  ])('takes the lane of its urgency (%s)', async (urgent, url) => {
    const process = await sent((sqs) =>
      processingQueues(sqs, lanes).process({ ...ref, version: 2, kind: 'image', urgent }),
    );
    expect(process.QueueUrl).toBe(url);
    expect(processMessage.parse(process.body)).toEqual({ ...ref, version: 2 });
  });
});
