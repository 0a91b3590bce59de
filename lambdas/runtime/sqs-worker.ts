import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { z } from 'zod';
import { attemptsAttribute } from '../contract/messages.ts';
import type { Observer } from './observe.ts';
import { publishMetrics } from './publish-metrics.ts';

export interface Retry {
  readonly retryMinSeconds: number;
  readonly retryMaxSeconds: number;
  readonly maxReceives: number;
}

/** Who decides whether a message is worked on now. */
export interface Turns<T> {
  /** Gives the turn back when it is over; undefined: not now, a copy of the message comes again. */
  take(message: T, record: SQSRecord, context: Context): Promise<(() => Promise<void>) | undefined>;
}

export interface WorkerOptions<T> {
  readonly observer: Observer;
  readonly sqs: SQSClient;
  readonly schema: z.ZodType<T>;
  readonly retry: Retry;
  readonly turns?: Turns<NoInfer<T>>;
  /** `context` tells how much time is left. */
  readonly handle: (message: T, context: Context) => Promise<void>;
  /** Called when the last attempt failed, before the message goes to the DLQ. */
  readonly giveUp?: (message: T) => Promise<void>;
}

export type SqsHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * A queue consumer with partial batch responses: a failed message comes again after an exponential backoff with
 * full jitter (its visibility is changed), the others are done. After `maxReceives` SQS moves it to the DLQ.
 */
export function sqsWorker<T>(options: WorkerOptions<T>): SqsHandler {
  const { logger, metrics } = options.observer;
  return middy<SQSEvent, SQSBatchResponse>()
    .use(injectLambdaContext(logger, { clearState: true }))
    .use(publishMetrics(metrics))
    .handler(async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
      const failures = await Promise.all(
        event.Records.map((record) => handleRecord(options, record, context)),
      );
      return {
        batchItemFailures: failures.flatMap((messageId) =>
          messageId ? [{ itemIdentifier: messageId }] : [],
        ),
      };
    }) as unknown as SqsHandler;
}

/** The id of a message that failed; undefined for one that is done. */
async function handleRecord<T>(
  options: WorkerOptions<T>,
  record: SQSRecord,
  context: Context,
): Promise<string | undefined> {
  const { logger } = options.observer;
  const attempts = attemptsOf(record);
  const { maxReceives } = options.retry;
  let message: T | undefined;
  try {
    message = options.schema.parse(JSON.parse(record.body));
    // SQS counts the receives of this copy alone: it takes a few more until it is a dead letter.
    if (attempts > maxReceives) throw new Error('its attempts are spent');
    await inTurn(options, message, record, context);
    return undefined;
  } catch (error) {
    logger.error('message failed', { messageId: record.messageId, attempts, error: error as Error });
  }
  try {
    if (attempts >= maxReceives && message !== undefined) await options.giveUp?.(message);
    await putOff(options.sqs, record, options.retry);
  } catch (error) {
    // The message stays failed either way: SQS shows it again when its visibility ends.
    logger.warn('could not prepare the retry', { messageId: record.messageId, error: error as Error });
  }
  return record.messageId;
}

async function inTurn<T>(
  { turns, handle }: WorkerOptions<T>,
  message: T,
  record: SQSRecord,
  context: Context,
): Promise<void> {
  if (!turns) return handle(message, context);
  const giveBack = await turns.take(message, record, context);
  if (!giveBack) return;
  try {
    await handle(message, context);
  } finally {
    await giveBack();
  }
}

/** How often it has been tried, this time included: by the receives of this message and of those it is a copy of. */
export const attemptsOf = ({ attributes, messageAttributes }: SQSRecord): number =>
  Number(attributes.ApproximateReceiveCount) + Number(messageAttributes[attemptsAttribute]?.stringValue ?? 0);

/** Exponential with full jitter. */
const backoffSeconds = (retry: Retry, attempts: number): number =>
  Math.max(
    1,
    Math.ceil(Math.random() * Math.min(retry.retryMaxSeconds, retry.retryMinSeconds * 2 ** attempts)),
  );

/** Shows a failed message again after its backoff. */
export async function putOff(sqs: SQSClient, record: SQSRecord, retry: Retry): Promise<void> {
  const attempts = attemptsOf(record);
  await showAgainIn(sqs, record, attempts >= retry.maxReceives ? 0 : backoffSeconds(retry, attempts));
}

/** 0 after the last attempt: SQS moves a message to the DLQ when it would show it again, which may be hours away. */
async function showAgainIn(sqs: SQSClient, record: SQSRecord, seconds: number): Promise<void> {
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl(record),
      ReceiptHandle: record.receiptHandle,
      VisibilityTimeout: seconds,
    }),
  );
}

/** The SDK takes a queue's ARN nowhere; its URL follows from it. */
export function queueUrl(record: SQSRecord): string {
  const [, , , region, account, name] = record.eventSourceARN.split(':');
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}
