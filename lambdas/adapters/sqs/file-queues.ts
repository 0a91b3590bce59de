import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type {
  BulkMessage,
  CompleteMessage,
  InspectMessage,
  ProcessMessage,
} from '../../contract/messages.ts';
import type { JobQueue } from '../../core/jobs/job.ts';
import type { FileQueues } from '../../core/ports.ts';
import { withDeadline } from '../request-deadline.ts';

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
  async (message: Message): Promise<void> => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(message),
        MessageGroupId: message.tenantId,
      }),
    );
  };

export const completionQueue = (sqs: SQSClient, queueUrl: string): Pick<FileQueues, 'complete'> => ({
  complete: sender<CompleteMessage>(sqs, queueUrl),
});

export const inspectQueue = (sqs: SQSClient, queueUrl: string): Pick<FileQueues, 'inspect'> => ({
  inspect: sender<InspectMessage>(sqs, queueUrl),
});

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

export function purgeQueue(sqs: SQSClient, queueUrl: string): Pick<FileQueues, 'purge'> {
  const send = sender<BulkMessage>(sqs, queueUrl);
  return { purge: ({ tenantId, fileId }) => send({ kind: 'purge', tenantId, fileId }) };
}

/** Slices of background jobs share the queue with what purges files. */
export function jobQueue(sqs: SQSClient, queueUrl: string): JobQueue {
  const send = sender<BulkMessage>(sqs, queueUrl);
  return { runJob: ({ tenantId, jobId }) => send({ kind: 'job', tenantId, jobId }) };
}
