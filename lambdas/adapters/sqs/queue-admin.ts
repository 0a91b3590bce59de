import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { attemptsAttribute, processMessage } from '../../contract/messages.ts';
import { processingLanes } from '../../contract/queues.ts';
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

interface QueueUrls {
  readonly url: string;
  readonly dlqUrl: string;
}

/** @param queues the URLs of the queues by name; where its dead letters are, each says itself, and is asked once */
export function createQueueAdmin(sqs: SQSClient, queues: Readonly<Record<string, string>>): QueueAdmin {
  const known = new Map<string, QueueUrls>();
  const urlsOf = async (name: string): Promise<QueueUrls> => {
    const url = queues[name];
    if (!url) throw new Error(`there is no queue ${name}`);
    const urls = known.get(name) ?? { url, dlqUrl: await dlqUrlOf(sqs, url) };
    known.set(name, urls);
    return urls;
  };
  return {
    names: Object.keys(queues),
    sizes: () =>
      Promise.all(
        Object.keys(queues).map(async (name) => {
          const { url, dlqUrl } = await urlsOf(name);
          const [[visible, inFlight, delayed], [deadLetters]] = await Promise.all([
            countsOf(sqs, url),
            countsOf(sqs, dlqUrl),
          ]);
          return { name, visible, inFlight, delayed, deadLetters };
        }),
      ),
    peek: async (name, max) => {
      const { dlqUrl } = await urlsOf(name);
      const messages = await receive(sqs, dlqUrl, Math.min(max, maxReceived), peekSeconds);
      await Promise.all(messages.map((message) => giveBack(sqs, dlqUrl, message)));
      return messages.map(failedMessage);
    },
    moveSome: async (name) => {
      const { url, dlqUrl } = await urlsOf(name);
      const messages = await receive(sqs, dlqUrl, maxReceived, movingSeconds);
      await Promise.all(messages.map((message) => move(sqs, name, message, { url, dlqUrl })));
      return messages.length;
    },
  };
}

async function dlqUrlOf(sqs: SQSClient, QueueUrl: string): Promise<string> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }),
  );
  const arn: unknown = JSON.parse(Attributes?.RedrivePolicy ?? '{}').deadLetterTargetArn;
  if (typeof arn !== 'string') throw new Error(`the queue ${QueueUrl} has no dead letters`);
  return QueueUrl.slice(0, QueueUrl.lastIndexOf('/') + 1) + arn.slice(arn.lastIndexOf(':') + 1);
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

async function move(
  sqs: SQSClient,
  name: string,
  message: Message,
  { url, dlqUrl }: QueueUrls,
): Promise<void> {
  const group = message.Attributes?.MessageGroupId;
  // It begins anew: its former attempts stay behind.
  const { [attemptsAttribute]: _, ...attributes } = message.MessageAttributes ?? {};
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: url,
      MessageBody: bodyOnItsWayBack(name, message.Body),
      ...(Object.keys(attributes).length > 0 && { MessageAttributes: attributes }),
      ...(group && { MessageGroupId: group }),
    }),
  );
  await sqs.send(new DeleteMessageCommand({ QueueUrl: dlqUrl, ReceiptHandle: message.ReceiptHandle }));
}

const lanes: ReadonlySet<string> = new Set(Object.values(processingLanes).flat());

/** Processing was given up with the last attempt: a message alone would find that nothing is left to be done. */
function bodyOnItsWayBack(queue: string, body: string | undefined): string | undefined {
  if (body === undefined || !lanes.has(queue)) return body;
  const message = processMessage.safeParse(jsonOf(body));
  return message.success ? JSON.stringify({ ...message.data, again: true }) : body;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const failedMessage = ({ MessageId = '', Body = '', Attributes = {} }: Message): FailedMessage => ({
  messageId: MessageId,
  receives: Number(Attributes.ApproximateReceiveCount ?? 0),
  at: new Date(Number(Attributes.SentTimestamp ?? 0)).toISOString(),
  ...refOfBody(Body),
});
