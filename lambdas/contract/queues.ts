/**
 * The queues (DESIGN 6): how many messages their consumer takes at a time, how many copies of it may run, and
 * how long one run may take. Visibility is six times the timeout, as AWS recommends for Lambda consumers.
 */
export interface QueueSpec {
  readonly consumer: WorkerName;
  readonly batchSize: number;
  readonly maxConcurrency: number;
}

export type WorkerName =
  | 'dispatch'
  | 'inspect'
  | 'scan'
  | 'scan-results'
  | 'definitions'
  | 'images'
  | 'complete'
  | 'bulk'
  | 'purge'
  | 'sweep'
  | 'reconcile'
  | 'publish'
  | 'tally'
  | 'audit'
  | 'seal'
  | 'pre-token';

/** The way of an upload. */
export const pipelineQueues = {
  intake: { consumer: 'dispatch', batchSize: 10, maxConcurrency: 10 },
  inspect: { consumer: 'inspect', batchSize: 1, maxConcurrency: 20 },
  images: { consumer: 'images', batchSize: 1, maxConcurrency: 20 },
  imagesUrgent: { consumer: 'images', batchSize: 1, maxConcurrency: 10 },
  completion: { consumer: 'complete', batchSize: 1, maxConcurrency: 10 },
  bulk: { consumer: 'bulk', batchSize: 1, maxConcurrency: 5 },
  // A queue of its own: thousands of files deleted at once do not hold up anybody's jobs.
  purge: { consumer: 'purge', batchSize: 10, maxConcurrency: 5 },
} as const satisfies Record<string, QueueSpec>;

/** Where the scanner is a worker of Sluice's own. A function's memory and disk hold one object at a time. */
export const scanQueues = {
  scan: { consumer: 'scan', batchSize: 1, maxConcurrency: 20 },
} as const satisfies Record<string, QueueSpec>;

/** Where the scanner is GuardDuty: its results, by a rule on the account's default bus. */
export const scanResultQueues = {
  scanResults: { consumer: 'scan-results', batchSize: 10, maxConcurrency: 10 },
} as const satisfies Record<string, QueueSpec>;

/** What the event bus feeds, each by a rule of its own. A batch's events are counted together, so larger is cheaper. */
export const eventQueues = {
  audit: { consumer: 'audit', batchSize: 10, maxConcurrency: 5 },
  tally: { consumer: 'tally', batchSize: 50, maxConcurrency: 2 },
} as const satisfies Record<string, QueueSpec>;

export const queues = { ...pipelineQueues, ...scanQueues, ...scanResultQueues, ...eventQueues };

export type PipelineQueueName = keyof typeof pipelineQueues;
export type ScanQueueName = keyof typeof scanQueues;
export type EventQueueName = keyof typeof eventQueues;
export type QueueName = PipelineQueueName | ScanQueueName | keyof typeof scanResultQueues | EventQueueName;
export const queueNames = Object.keys(queues) as readonly QueueName[];

/**
 * All queues, as the functions that look after them get it by environment: what every URL begins with, and the names of
 * each queue and its dead letters. URLs in full would be most of the 4 KB that Lambda allows.
 */
export interface QueueMap {
  readonly base: string;
  readonly names: Readonly<Record<string, readonly [queue: string, deadLetters: string]>>;
}

/** Where a queue and its dead letters are. */
export interface QueueUrls {
  readonly url: string;
  readonly dlqUrl: string;
}

/** How often the sweep runs. */
export const sweepMinutes = 10;

export const visibilityPerTimeout = 6;
