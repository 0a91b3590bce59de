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
  | 'images'
  | 'complete'
  | 'bulk'
  | 'sweep'
  | 'publish'
  | 'pre-token';

export const queues = {
  intake: { consumer: 'dispatch', batchSize: 10, maxConcurrency: 10 },
  inspect: { consumer: 'inspect', batchSize: 1, maxConcurrency: 20 },
  images: { consumer: 'images', batchSize: 1, maxConcurrency: 20 },
  imagesUrgent: { consumer: 'images', batchSize: 1, maxConcurrency: 10 },
  completion: { consumer: 'complete', batchSize: 1, maxConcurrency: 10 },
  bulk: { consumer: 'bulk', batchSize: 1, maxConcurrency: 5 },
} as const satisfies Record<string, QueueSpec>;

export type QueueName = keyof typeof queues;

export const visibilityPerTimeout = 6;
