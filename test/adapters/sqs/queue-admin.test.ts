import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createSqs } from '../../../lambdas/adapters/sqs/file-queues.ts';
import { refOfBody } from '../../../lambdas/adapters/sqs/message-ref.ts';
import { createQueueAdmin } from '../../../lambdas/adapters/sqs/queue-admin.ts';
import { s3Event } from '../../support/events.ts';

process.env.AWS_REGION ??= 'eu-west-1';

const urls = { images: { url: 'https://q/images', dlqUrl: 'https://q/images-dead' } };

const dead = (n: number) => ({
  MessageId: `M${n}`,
  ReceiptHandle: `R${n}`,
  Body: JSON.stringify({ tenantId: 'acme', fileId: `F${n}` }),
  Attributes: { ApproximateReceiveCount: '5', SentTimestamp: '1795176000000', MessageGroupId: 'acme' },
});

function admin() {
  const sqs = mockClient(SQSClient);
  for (const command of [ChangeMessageVisibilityCommand, DeleteMessageCommand, SendMessageCommand]) {
    sqs.on(command as typeof SendMessageCommand).resolves({});
  }
  sqs.on(ReceiveMessageCommand).resolves({ Messages: [dead(1), dead(2)] });
  const deadLetterTargetArn = 'arn:aws:sqs:eu-west-1:000000000000:images-dead';
  sqs
    .on(GetQueueAttributesCommand, { QueueUrl: urls.images.url, AttributeNames: ['RedrivePolicy'] })
    .resolves({ Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn }) } });
  return { queues: createQueueAdmin(createSqs(), { images: urls.images.url }), sqs };
}

describe('looking after queues', () => {
  it('tells how many messages wait, are worked on, are put off, and are dead', async () => {
    const { queues, sqs } = admin();
    const counts = (visible: string) => ({
      Attributes: {
        ApproximateNumberOfMessages: visible,
        ApproximateNumberOfMessagesNotVisible: '2',
        ApproximateNumberOfMessagesDelayed: '3',
      },
    });
    const AttributeNames = Object.keys(counts('0').Attributes) as QueueAttributeName[];
    const { url, dlqUrl } = urls.images;
    sqs.on(GetQueueAttributesCommand, { QueueUrl: url, AttributeNames }).resolves(counts('1'));
    sqs.on(GetQueueAttributesCommand, { QueueUrl: dlqUrl, AttributeNames }).resolves(counts('4'));

    expect(await queues.sizes()).toEqual([
      { name: 'images', visible: 1, inFlight: 2, delayed: 3, deadLetters: 4 },
    ]);
  });

  it('puts back at once what it only looks at', async () => {
    const { queues, sqs } = admin();

    expect(await queues.peek('images', 10)).toEqual([
      { messageId: 'M1', receives: 5, at: '2026-11-20T12:00:00.000Z', tenantId: 'acme', fileId: 'F1' },
      { messageId: 'M2', receives: 5, at: '2026-11-20T12:00:00.000Z', tenantId: 'acme', fileId: 'F2' },
    ]);
    expect(sqs.commandCalls(ReceiveMessageCommand)[0]?.args[0].input.QueueUrl).toBe(urls.images.dlqUrl);
    const shownAgain = sqs.commandCalls(ChangeMessageVisibilityCommand).map(({ args }) => args[0].input);
    expect(shownAgain).toEqual(
      ['R1', 'R2'].map((ReceiptHandle) => ({
        QueueUrl: urls.images.dlqUrl,
        ReceiptHandle,
        VisibilityTimeout: 0,
      })),
    );
    expect(sqs.commandCalls(DeleteMessageCommand)).toEqual([]);
  });

  it('sends a dead letter to its queue, in its group, before it deletes it', async () => {
    const { queues, sqs } = admin();

    expect(await queues.moveSome('images')).toBe(2);
    expect(sqs.commandCalls(SendMessageCommand)[0]?.args[0].input).toMatchObject({
      QueueUrl: urls.images.url,
      MessageBody: dead(1).Body,
      MessageGroupId: 'acme',
    });
    expect(sqs.commandCalls(DeleteMessageCommand).map(({ args }) => args[0].input)).toEqual([
      { QueueUrl: urls.images.dlqUrl, ReceiptHandle: 'R1' },
      { QueueUrl: urls.images.dlqUrl, ReceiptHandle: 'R2' },
    ]);
  });

  it('sends work back to be done after all, and without what it carries of its former attempts', async () => {
    const { queues, sqs } = admin();
    const work = { tenantId: 'acme', fileId: 'F1', priority: 'low', version: 2 };
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const MessageAttributes = { Attempts: text('4'), Other: text('x') };
    sqs
      .on(ReceiveMessageCommand)
      .resolves({ Messages: [{ ...dead(1), Body: JSON.stringify(work), MessageAttributes }] });

    await queues.moveSome('images');

    const { MessageBody, MessageAttributes: kept } =
      sqs.commandCalls(SendMessageCommand)[0]?.args[0].input ?? {};
    expect(JSON.parse(MessageBody ?? '')).toEqual({ ...work, again: true });
    expect(kept).toEqual({ Other: text('x') });
  });

  it('keeps what could not be sent', async () => {
    const { queues, sqs } = admin();
    sqs.on(SendMessageCommand).rejects(new Error('SQS is down'));

    await expect(queues.moveSome('images')).rejects.toThrow('SQS is down');
    expect(sqs.commandCalls(DeleteMessageCommand)).toEqual([]);
  });
});

describe('a dead letter names whom it concerns', () => {
  const event = {
    region: 'eu-west-1',
    detail: {
      schemaVersion: 1,
      eventId: 'E1',
      type: 'file.stored',
      at: '2026-11-20T12:00:00.000Z',
      tenantId: 'acme',
      fileId: 'F1',
      ownerId: 'alice',
      actor: { kind: 'system' },
      data: {},
    },
  };

  it.each([
    ['a message of a worker', { tenantId: 'acme', fileId: 'F1', uploadId: 'U' }],
    ['an event of the bus', event],
    ['a notification of S3', { Records: [s3Event('tenants/acme/F1/U1')] }],
  ])('in %s', (_what, body) => {
    expect(refOfBody(JSON.stringify(body))).toEqual({ tenantId: 'acme', fileId: 'F1' });
  });

  it.each([
    ['no JSON', 'x', { reason: 'malformed' }],
    ['anything else', '{"a":1}', { reason: 'malformed' }],
    ['a key that nobody can decode', JSON.stringify({ Records: [s3Event('%zz')] }), { reason: 'malformed' }],
    ['a foreign key', JSON.stringify({ Records: [s3Event('backup/x')] }), {}],
  ])('or not, in %s', (_what, body, told) => {
    expect(refOfBody(body)).toEqual(told);
  });
});
