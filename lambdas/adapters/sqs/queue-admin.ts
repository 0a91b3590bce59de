import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueUrls } from '../../contract/queues.ts';
import type { FailedMessage, QueueAdmin } from '../../core/queues/queues.ts';
import { refOfBody } from './message-ref.ts';

/** SQS hands out at most this many messages at a time. */
const maxReceived = 10;
/** A message on its way back is nobody else's for so long: far above what sending and deleting it takes. */
const movingSeconds = 60;
/** While somebody looks at it; it is given back at once afterwards. */
const peekSeconds = 5;

const counts = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

export function createQueueAdmin(sqs: SQSClient, queues: Readonly<Record<string, QueueUrls>>): QueueAdmin {
  const urlsOf = (name: string): QueueUrls => {
    const urls = queues[name];
    if (!urls) throw new Error(`there is no queue ${name}`);
    return urls;
  };
  return {
    names: Object.keys(queues),
    sizes: () =>
      Promise.all(
        Object.entries(queues).map(async ([name, { url, dlqUrl }]) => {
          const [[visible, inFlight, delayed], [deadLetters]] = await Promise.all([
            countsOf(sqs, url),
            countsOf(sqs, dlqUrl),
          ]);
          return { name, visible, inFlight, delayed, deadLetters };
        }),
      ),
    peek: async (name, max) => {
      const { dlqUrl } = urlsOf(name);
      const messages = await receive(sqs, dlqUrl, Math.min(max, maxReceived), peekSeconds);
      await Promise.all(messages.map((message) => giveBack(sqs, dlqUrl, message)));
      return messages.map(failedMessage);
    },
    moveSome: async (name) => {
      const { url, dlqUrl } = urlsOf(name);
      const messages = await receive(sqs, dlqUrl, maxReceived, movingSeconds);
      await Promise.all(messages.map((message) => move(sqs, message, { url, dlqUrl })));
      return messages.length;
    },
  };
}

async function countsOf(sqs: SQSClient, QueueUrl: string): Promise<[number, number, number]> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counts] }),
  );
  const [visible, inFlight, delayed] = counts.map((name) => Number(Attributes?.[name] ?? 0));
  return [visible ?? 0, inFlight ?? 0, delayed ?? 0];
}

async function receive(
  sqs: SQSClient,
  QueueUrl: string,
  max: number,
  visibilitySeconds: number,
): Promise<readonly Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: max,
      VisibilityTimeout: visibilitySeconds,
      // Asks every server of the queue, which a short poll does not.
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp', 'MessageGroupId'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}

const giveBack = async (sqs: SQSClient, QueueUrl: string, { ReceiptHandle }: Message): Promise<void> => {
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
};

async function move(sqs: SQSClient, message: Message, { url, dlqUrl }: QueueUrls): Promise<void> {
  const group = message.Attributes?.MessageGroupId;
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: url,
      MessageBody: message.Body,
      ...(message.MessageAttributes && { MessageAttributes: message.MessageAttributes }),
      ...(group && { MessageGroupId: group }),
    }),
  );
  await sqs.send(new DeleteMessageCommand({ QueueUrl: dlqUrl, ReceiptHandle: message.ReceiptHandle }));
}

const failedMessage = ({ MessageId = '', Body = '', Attributes = {} }: Message): FailedMessage => ({
  messageId: MessageId,
  receives: Number(Attributes.ApproximateReceiveCount ?? 0),
  at: new Date(Number(Attributes.SentTimestamp ?? 0)).toISOString(),
  ...refOfBody(Body),
});
