import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type {
  CompleteMessage,
  InspectMessage,
  JobMessage,
  ProcessMessage,
  PurgeMessage,
  RescanMessage,
  ScanMessage,
} from '../../contract/messages.ts';
import type { ScanTarget } from '../../core/intake/scanner.ts';
import type { JobQueue } from '../../core/jobs/job.ts';
import type { FileQueues, RescanQueue } from '../../core/ports.ts';
import { withDeadline } from '../request-deadline.ts';
import { together } from '../together.ts';

const requestTimeoutMs = 5_000;

/** The queue's URL names the queue and is not where requests go: that is the endpoint's business. */
export const createSqs = (): SQSClient =>
  new SQSClient({
    useQueueUrlAsEndpoint: false,
    requestHandler: withDeadline(requestTimeoutMs),
    maxAttempts: 4,
  });

/** Sends one message in its tenant's group: SQS then serves tenants fairly instead of by who sent most. */
const sender =
  <Message extends { tenantId: string }>(sqs: SQSClient, queueUrl: string) =>
  async (message: Message, delaySeconds?: number): Promise<void> => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(message),
        MessageGroupId: message.tenantId,
        ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
      }),
    );
  };

export const completionQueue = (sqs: SQSClient, queueUrl: string): Pick<FileQueues, 'complete'> => ({
  complete: sender<CompleteMessage>(sqs, queueUrl),
});

export const inspectQueue = (sqs: SQSClient, queueUrl: string): Pick<FileQueues, 'inspect'> => ({
  inspect: sender<InspectMessage>(sqs, queueUrl),
});

/** Rescans take the queue of the inspections: both are for who has the scanner. */
export const rescanQueue = (sqs: SQSClient, queueUrl: string): RescanQueue => {
  const send = sender<RescanMessage>(sqs, queueUrl);
  return { rescan: (message, options) => send({ kind: 'rescan', ...message }, options?.delaySeconds) };
};

/** Urgent work has a lane, a queue of its own, so that it overtakes any backlog. */
export function processingQueues(
  sqs: SQSClient,
  urls: { images: string; imagesUrgent: string },
): Pick<FileQueues, 'process'> {
  const lanes = {
    normal: sender<ProcessMessage>(sqs, urls.images),
    urgent: sender<ProcessMessage>(sqs, urls.imagesUrgent),
  };
  return {
    process: ({ tenantId, fileId, version, urgent }) =>
      lanes[urgent ? 'urgent' : 'normal']({ tenantId, fileId, version }),
  };
}

/** Of the scanner that is a worker of Sluice's own. */
export const scanQueue = (sqs: SQSClient, queueUrl: string): ((target: ScanTarget) => Promise<void>) =>
  sender<ScanMessage>(sqs, queueUrl);

export function purgeQueue(sqs: SQSClient, queueUrl: string): Pick<FileQueues, 'purge'> {
  const send = sender<PurgeMessage>(sqs, queueUrl);
  return { purge: ({ tenantId, fileId }) => send({ tenantId, fileId }) };
}

/** SQS's bound for one SendMessageBatch. */
const batchMaxMessages = 10;

/** The same for many files at a time: what one turn of the event loop sends goes ten messages to a request. */
export function groupedPurgeQueue(sqs: SQSClient, queueUrl: string): Pick<FileQueues, 'purge'> {
  const send = together<PurgeMessage, undefined>(async (messages) => {
    for (let first = 0; first < messages.length; first += batchMaxMessages) {
      await sendBatch(sqs, queueUrl, messages.slice(first, first + batchMaxMessages));
    }
    return messages.map(() => undefined);
  });
  return { purge: ({ tenantId, fileId }) => send({ tenantId, fileId }) };
}

/** @throws Error where SQS did not take all of them; the sweep sends again what is missing */
async function sendBatch(sqs: SQSClient, QueueUrl: string, messages: readonly PurgeMessage[]): Promise<void> {
  const { Failed = [] } = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: messages.map((message, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify(message),
        MessageGroupId: message.tenantId,
      })),
    }),
  );
  if (Failed.length > 0) {
    throw new Error(`SQS did not take ${Failed.length} of ${messages.length} messages: ${Failed[0]?.Code}`);
  }
}

export function jobQueue(sqs: SQSClient, queueUrl: string): JobQueue {
  const send = sender<JobMessage>(sqs, queueUrl);
  return { runJob: ({ tenantId, jobId }) => send({ tenantId, jobId }) };
}
