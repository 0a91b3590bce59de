import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { z } from 'zod';
import type { Observer } from './observe.ts';
import { publishMetrics } from './publish-metrics.ts';

export interface Retry {
  readonly retryMinSeconds: number;
  readonly retryMaxSeconds: number;
  readonly maxReceives: number;
}

export interface WorkerOptions<T> {
  readonly observer: Observer;
  readonly sqs: SQSClient;
  readonly schema: z.ZodType<T>;
  readonly retry: Retry;
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
  const receives = Number(record.attributes.ApproximateReceiveCount);
  let message: T | undefined;
  try {
    message = options.schema.parse(JSON.parse(record.body));
    await options.handle(message, context);
    return undefined;
  } catch (error) {
    logger.error('message failed', { messageId: record.messageId, receives, error: error as Error });
  }
  try {
    const last = receives >= options.retry.maxReceives;
    if (last && message !== undefined) await options.giveUp?.(message);
    await putOff(options.sqs, record, options.retry);
  } catch (error) {
    // The message stays failed either way: SQS shows it again when its visibility ends.
    logger.warn('could not prepare the retry', { messageId: record.messageId, error: error as Error });
  }
  return record.messageId;
}

/** Exponential with full jitter. */
const backoffSeconds = (retry: Retry, receives: number): number =>
  Math.max(
    1,
    Math.ceil(Math.random() * Math.min(retry.retryMaxSeconds, retry.retryMinSeconds * 2 ** receives)),
  );

/** Shows a failed message again after its backoff. */
export async function putOff(sqs: SQSClient, record: SQSRecord, retry: Retry): Promise<void> {
  const receives = Number(record.attributes.ApproximateReceiveCount);
  await showAgainIn(sqs, record, receives >= retry.maxReceives ? 0 : backoffSeconds(retry, receives));
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
function queueUrl(record: SQSRecord): string {
  const [, , , region, account, name] = record.eventSourceARN.split(':');
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}
