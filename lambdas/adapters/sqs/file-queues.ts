import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type {
  CompleteMessage,
  IndexMessage,
  InspectMessage,
  JobMessage,
  ProcessMessage,
  PurgeMessage,
  RescanMessage,
  ScanMessage,
} from '../../contract/messages.ts';
import type { LanePairUrls, LaneUrls } from '../../contract/queues.ts';
import type { Priority } from '../../core/files/file.ts';
import type { ScanTarget } from '../../core/intake/scanner.ts';
import type { JobQueue } from '../../core/jobs/job.ts';
import type { FileQueues, IndexingQueue, RescanQueue } from '../../core/ports.ts';
import { isUrgent } from '../../core/processing/workers.ts';
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

/** High and urgent messages have a lane, a queue of its own, so that they overtake any backlog. */
const laneSender =
  <Message extends { tenantId: string; priority?: Priority | undefined }>(
    sqs: SQSClient,
    { normal, urgent }: LanePairUrls,
  ) =>
  (message: Message, delaySeconds?: number): Promise<void> =>
    sender<Message>(sqs, isUrgent(message) ? urgent : normal)(message, delaySeconds);

export const completionQueue = (sqs: SQSClient, queueUrl: string): Pick<FileQueues, 'complete'> => ({
  complete: sender<CompleteMessage>(sqs, queueUrl),
});

export const inspectQueue = (sqs: SQSClient, lanes: LanePairUrls): Pick<FileQueues, 'inspect'> => ({
  inspect: laneSender<InspectMessage>(sqs, lanes),
});

/** Rescans take the normal lane of the inspections: both are for who has the scanner, and nobody waits for these. */
export const rescanQueue = (sqs: SQSClient, lanes: LanePairUrls): RescanQueue => {
  const send = sender<RescanMessage>(sqs, lanes.normal);
  return { rescan: (message, options) => send({ kind: 'rescan', ...message }, options?.delaySeconds) };
};

export const processingQueues = (sqs: SQSClient, urls: LaneUrls): Pick<FileQueues, 'process'> => ({
  process: ({ worker, ...message }) => laneSender<ProcessMessage>(sqs, urls[worker])(message),
});

/** Dead letters of a lane: what failed elsewhere than at its consumer waits there as well, for an operator. */
export const deadLetters = (sqs: SQSClient, queueUrl: string) => ({
  keep: ({ worker, ...message }: Parameters<FileQueues['process']>[0]): Promise<void> =>
    sender<ProcessMessage>(sqs, queueUrl)(message),
});

/** Of the scanner that is a worker of Sluice's own. */
export const scanQueue = (sqs: SQSClient, lanes: LanePairUrls): ((target: ScanTarget) => Promise<void>) =>
  laneSender<ScanMessage>(sqs, lanes);

export function purgeQueue(sqs: SQSClient, queueUrl: string): Pick<FileQueues, 'purge'> {
  const send = sender<PurgeMessage>(sqs, queueUrl);
  return { purge: ({ tenantId, fileId }) => send({ tenantId, fileId }) };
}

/** SQS's bound for one SendMessageBatch. */
const batchMaxMessages = 10;

/** For many files at a time: what one turn of the event loop sends goes ten messages to a request. */
const groupedSender = <Message extends { tenantId: string }>(sqs: SQSClient, queueUrl: string) =>
  together<Message, undefined>(async (messages) => {
    for (let first = 0; first < messages.length; first += batchMaxMessages) {
      await sendBatch(sqs, queueUrl, messages.slice(first, first + batchMaxMessages));
    }
    return messages.map(() => undefined);
  });

/** What is not taken, the sweep sends again. */
export function groupedPurgeQueue(sqs: SQSClient, queueUrl: string): Pick<FileQueues, 'purge'> {
  const send = groupedSender<PurgeMessage>(sqs, queueUrl);
  return { purge: ({ tenantId, fileId }) => send({ tenantId, fileId }) };
}

/** Beside the bus, which tells of what happens to files. What is not taken, the job's step sends again. */
export function indexingQueue(sqs: SQSClient, queueUrl: string): IndexingQueue {
  const send = groupedSender<IndexMessage>(sqs, queueUrl);
  return { index: ({ tenantId, fileId }) => send({ tenantId, fileId }) };
}

/** @throws Error where SQS did not take all of them */
async function sendBatch(
  sqs: SQSClient,
  QueueUrl: string,
  messages: readonly { readonly tenantId: string }[],
): Promise<void> {
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
  return {
    runJob: ({ tenantId, jobId }, options) => send({ tenantId, jobId }, options?.delaySeconds),
  };
}
