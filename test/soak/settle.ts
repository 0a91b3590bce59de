import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Status } from '../../lambdas/core/files/status.ts';
import type { Engine } from '../support/engine.ts';
import { ageSessions, minutesAgo, runSweep } from '../support/sweeping.ts';
import { pause } from './actor.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';

const settleDeadlineMs = 8 * 60_000;
const pollMs = 1_000;
const calmPolls = 3;
const betweenRoundsMs = 2_000;

const messageCounts = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

export async function messagesIn({ sqs }: Engine, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...messageCounts] }),
  );
  return messageCounts.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}

/** Waits until no queue holds a message, several looks in a row. */
async function drained(engine: Engine, endsAt: number): Promise<void> {
  for (let calm = 0; calm < calmPolls; ) {
    const counts = await Promise.all(
      Object.values(engine.stack.queues).map((url) => messagesIn(engine, url)),
    );
    calm = counts.every((count) => count === 0) ? calm + 1 : 0;
    if (Date.now() > endsAt) return;
    await pause(pollMs);
  }
}

const moving: readonly Status[] = [
  'uploading',
  'uploaded',
  'inspecting',
  'held',
  'stored',
  'processing',
  'purged',
];

/** What still has to happen before everything is at rest. */
export function pendingOf(snapshot: Snapshot): Record<string, number> {
  // What is looked at once more only because others have an object below its keys is at rest.
  const files = [...snapshot.files.values(), ...snapshot.replacements].filter(
    ({ spares = [] }) => spares.length === 0,
  );
  let unaudited = 0;
  for (const [tenantId, { ids }] of snapshot.events) {
    const audited = snapshot.audited.get(tenantId);
    for (const id of ids) if (!audited?.has(id)) unaudited += 1;
  }
  return {
    'open sessions': snapshot.sessions.filter(({ phase }) => phase !== 'closed').length,
    'files on their way': files.filter(({ status }) => moving.includes(status)).length,
    'events not published': [...snapshot.events.values()].reduce(
      (sum, { unpublished }) => sum + unpublished,
      0,
    ),
    'events without audit record': unaudited,
    'unfinished jobs': snapshot.unfinishedJobs.length,
  };
}

/**
 * Lets everything come to rest that was begun: queues drain, what was abandoned is made stale and swept. Answers when
 * nothing is pending, or with what still is when the deadline passes.
 */
export async function settle(engine: Engine): Promise<Snapshot> {
  const endsAt = Date.now() + settleDeadlineMs;
  for (;;) {
    await drained(engine, endsAt);
    const snapshot = await takeSnapshot(engine);
    const pending = pendingOf(snapshot);
    if (Object.values(pending).every((count) => count === 0) || Date.now() > endsAt) return snapshot;
    process.stderr.write(`settling: ${JSON.stringify(pending)}\n`);
    const open = snapshot.sessions.filter(({ phase }) => phase !== 'closed').map(({ key }) => key);
    const long = minutesAgo(20);
    await ageSessions(engine, open, { lastActivityAt: long, lastProgressAt: long });
    await runSweep(engine);
    await pause(betweenRoundsMs);
  }
}
