import {
  GetFunctionConfigurationCommand,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { fairLanes } from '../../lambdas/contract/queues.ts';
import { keys } from '../../lambdas/contract/table.ts';
import { type Engine, eventually } from './engine.ts';

/** As the stacks' outputs name them. */
export type Queue =
  | 'Intake'
  | 'Inspect'
  | 'Images'
  | 'Documents'
  | 'Videos'
  | 'Other'
  | 'Scan'
  | 'Completion'
  | 'Bulk'
  | 'Purge'
  | 'Tally';

const queueUrl = ({ stack }: Engine, queue: Queue): string => {
  const url = stack.queues[queue];
  if (!url) throw new Error(`the stack has no queue ${queue}`);
  return url;
};

const queueName = (engine: Engine, queue: Queue): string => queueUrl(engine, queue).split('/').at(-1) ?? '';

/** The function that consumes a queue. */
export async function functionOf(engine: Engine, queue: Queue) {
  const { functionArn, queueArn } = await mappingOf(engine, queue);
  return { functionArn, queueArn };
}

async function mappingOf(engine: Engine, queue: Queue) {
  const { EventSourceMappings = [] } = await engine.lambda.send(new ListEventSourceMappingsCommand({}));
  const found = EventSourceMappings.find(({ EventSourceArn }) =>
    EventSourceArn?.endsWith(`:${queueName(engine, queue)}`),
  );
  const { UUID, FunctionArn: functionArn, EventSourceArn: queueArn } = found ?? {};
  if (!UUID || !functionArn || !queueArn) throw new Error(`no function consumes the queue ${queue}`);
  return { UUID, functionArn, queueArn };
}

/** Messages of the queue stay in it while `work` runs; afterwards its function takes them again, whatever happened. */
export async function whilePaused<T>(engine: Engine, queue: Queue, work: () => Promise<T>): Promise<T> {
  const { UUID } = await mappingOf(engine, queue);
  await engine.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  try {
    return await work();
  } finally {
    await engine.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
  }
}

/** As the end of their time does: what of the tenant a killed worker held is free again. */
export async function endLeases({ db, stack }: Engine, tenantId: string): Promise<void> {
  await Promise.all(
    fairLanes.map((lane) =>
      db.send(new DeleteCommand({ TableName: stack.tableName, Key: keys.laneSlots(lane, tenantId) })),
    ),
  );
}

/** Takes messages that mention `about` out of a paused queue until there are `count`; others are put back. */
export async function takeMessages(
  engine: Engine,
  queue: Queue,
  about: string,
  count: number,
): Promise<string[]> {
  const QueueUrl = queueUrl(engine, queue);
  const taken: string[] = [];
  const foreign: string[] = [];
  await eventually(
    `${count} messages in the queue ${queue}`,
    async () => {
      const { Messages = [] } = await engine.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      for (const { Body = '', ReceiptHandle } of Messages) {
        (Body.includes(about) ? taken : foreign).push(Body);
        await engine.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
      return taken.length >= count;
    },
    { seen: () => taken },
  );
  await sendMessages(engine, queue, foreign);
  return taken;
}

export async function sendMessages(engine: Engine, queue: Queue, bodies: readonly string[]): Promise<void> {
  const QueueUrl = queueUrl(engine, queue);
  for (const MessageBody of bodies) {
    await engine.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  }
}

/** Waits until the queue holds nothing, not even messages that are being worked on. */
export async function untilEmpty(engine: Engine, queue: Queue): Promise<void> {
  await eventually(`the queue ${queue} is empty`, async () => {
    const { Attributes = {} } = await engine.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl(engine, queue),
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Object.values(Attributes).every((count) => Number(count) === 0);
  });
}

/** How many messages the dead-letter queues hold in all. */
export async function deadLetters({ sqs, stack }: Engine): Promise<number> {
  const counts = await Promise.all(
    Object.values(stack.deadLetterQueues).map(async (QueueUrl) => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
      );
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Each of them `times` times, in an order that is mixed anew at every run. */
export function repeatedAndShuffled<T>(items: readonly T[], times: number): T[] {
  const all = Array.from({ length: times }, () => items).flat();
  return all
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

/** The name of the role of a queue's function, or of the API's function of that name, as in `Uploads`. */
export async function roleOf(engine: Engine, of: { queue: Queue } | { api: string }): Promise<string> {
  if ('queue' in of) {
    const { functionArn } = await mappingOf(engine, of.queue);
    const { Role } = await engine.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionArn }),
    );
    return roleName(Role);
  }
  const { Functions = [] } = await engine.lambda.send(new ListFunctionsCommand({}));
  return roleName(
    Functions.find(({ FunctionName }) => FunctionName?.includes(`Functions${of.api}Function`))?.Role,
  );
}

const roleName = (arn: string | undefined): string => {
  const name = arn?.split('/').at(-1);
  if (!name) throw new Error('the function has no role');
  return name;
};
