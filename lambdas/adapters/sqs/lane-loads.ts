import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import {
  inspectLanes,
  type LanePairUrls,
  type LaneQueueName,
  processingLanes,
  queues,
} from '../../contract/queues.ts';
import type { LaneLoad, Load, Stage } from '../../core/processing/estimate.ts';

const lanesOf: Readonly<Record<Stage, readonly [normal: LaneQueueName, urgent: LaneQueueName]>> = {
  inspect: inspectLanes,
  ...processingLanes,
};

/** How many messages wait in each lane: one request a queue. */
export async function readLaneLoads(
  sqs: SQSClient,
  urls: Readonly<Record<Stage, LanePairUrls>>,
): Promise<Load['lanes']> {
  const stages = Object.entries(lanesOf) as [Stage, (typeof lanesOf)[Stage]][];
  const loads = await Promise.all(
    stages.map(async ([stage, [normal, urgent]]) => {
      const load = {
        normal: await loadOf(sqs, urls[stage].normal, normal),
        urgent: await loadOf(sqs, urls[stage].urgent, urgent),
      };
      return [stage, load] as const;
    }),
  );
  return Object.fromEntries(loads) as Record<Stage, (typeof loads)[number][1]>;
}

async function loadOf(sqs: SQSClient, QueueUrl: string, name: LaneQueueName): Promise<LaneLoad> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesDelayed'],
    }),
  );
  const { ApproximateNumberOfMessages = 0, ApproximateNumberOfMessagesDelayed = 0 } = Attributes ?? {};
  const waiting = Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesDelayed);
  return { waiting, concurrency: queues[name].maxConcurrency };
}
