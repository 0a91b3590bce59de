import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import type { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { z } from 'zod';
import type { Observer } from './observe.ts';
import { publishMetrics } from './publish-metrics.ts';
import { putOff, type Retry, type SqsHandler } from './sqs-worker.ts';

interface BatchWorkerOptions<T> {
  readonly observer: Observer;
  readonly sqs: SQSClient;
  readonly schema: z.ZodType<T>;
  readonly retry: Retry;
  /** Takes all of them or throws; running it again for some of them must do no harm. */
  readonly handle: (messages: readonly T[]) => Promise<void>;
}

interface Delivery<T> {
  readonly record: SQSRecord;
  readonly message: T;
}

/**
 * A queue consumer that takes a batch at once. When the batch fails, each of its messages is taken alone, so that one
 * that nobody can handle holds up no other; those that fail come again after a backoff, like sqsWorker's.
 */
export function sqsBatchWorker<T>(options: BatchWorkerOptions<T>): SqsHandler {
  const { logger, metrics } = options.observer;
  return middy<SQSEvent, SQSBatchResponse>()
    .use(injectLambdaContext(logger, { clearState: true }))
    .use(publishMetrics(metrics))
    .handler(async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
      const { deliveries, failed } = parse(options, Records);
      failed.push(...(await handleAll(options, deliveries)));
      await Promise.all(failed.map((record) => prepareRetry(options, record)));
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    }) as unknown as SqsHandler;
}

function parse<T>({ schema, observer }: BatchWorkerOptions<T>, records: readonly SQSRecord[]) {
  const deliveries: Delivery<T>[] = [];
  const failed: SQSRecord[] = [];
  for (const record of records) {
    try {
      deliveries.push({ record, message: schema.parse(JSON.parse(record.body)) });
    } catch (error) {
      logFailure(observer, record, error);
      failed.push(record);
    }
  }
  return { deliveries, failed };
}

/** The records that failed. */
async function handleAll<T>(
  { handle, observer }: BatchWorkerOptions<T>,
  deliveries: readonly Delivery<T>[],
): Promise<readonly SQSRecord[]> {
  if (deliveries.length === 0) return [];
  try {
    await handle(deliveries.map(({ message }) => message));
    return [];
  } catch (error) {
    observer.logger.warn('batch failed', { messages: deliveries.length, error: error as Error });
  }
  const failed: SQSRecord[] = [];
  for (const { record, message } of deliveries) {
    try {
      await handle([message]);
    } catch (error) {
      logFailure(observer, record, error);
      failed.push(record);
    }
  }
  return failed;
}

const logFailure = ({ logger }: Observer, { messageId, attributes }: SQSRecord, error: unknown): void =>
  logger.error('message failed', {
    messageId,
    receives: Number(attributes.ApproximateReceiveCount),
    error: error as Error,
  });

async function prepareRetry<T>({ sqs, retry, observer }: BatchWorkerOptions<T>, record: SQSRecord) {
  try {
    await putOff(sqs, record, retry);
  } catch (error) {
    // The message stays failed either way: SQS shows it again when its visibility ends.
    observer.logger.warn('could not prepare the retry', {
      messageId: record.messageId,
      error: error as Error,
    });
  }
}
