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
  | 'documents'
  | 'videos'
  | 'other'
  | 'complete'
  | 'bulk'
  | 'purge'
  | 'sweep'
  | 'reconcile'
  | 'publish'
  | 'tally'
  | 'index'
  | 'audit'
  | 'seal'
  | 'transcode-progress'
  | 'pre-token';

/** The way of an upload. */
export const pipelineQueues = {
  intake: { consumer: 'dispatch', batchSize: 10, maxConcurrency: 10 },
  inspect: { consumer: 'inspect', batchSize: 1, maxConcurrency: 20 },
  inspectUrgent: { consumer: 'inspect', batchSize: 1, maxConcurrency: 10 },
  images: { consumer: 'images', batchSize: 1, maxConcurrency: 20 },
  imagesUrgent: { consumer: 'images', batchSize: 1, maxConcurrency: 10 },
  documents: { consumer: 'documents', batchSize: 1, maxConcurrency: 10 },
  documentsUrgent: { consumer: 'documents', batchSize: 1, maxConcurrency: 5 },
  // Its worker starts an execution and is done: what encodes is bounded by the encoders' leases.
  videos: { consumer: 'videos', batchSize: 1, maxConcurrency: 5 },
  videosUrgent: { consumer: 'videos', batchSize: 1, maxConcurrency: 2 },
  other: { consumer: 'other', batchSize: 1, maxConcurrency: 5 },
  otherUrgent: { consumer: 'other', batchSize: 1, maxConcurrency: 2 },
  completion: { consumer: 'complete', batchSize: 1, maxConcurrency: 10 },
  bulk: { consumer: 'bulk', batchSize: 1, maxConcurrency: 5 },
  // A queue of its own: thousands of files deleted at once do not hold up anybody's jobs.
  purge: { consumer: 'purge', batchSize: 10, maxConcurrency: 5 },
} as const satisfies Record<string, QueueSpec>;

/** Whoever looks at files has two lanes, the second for high and urgent files: it overtakes any backlog. */
export const inspectLanes = ['inspect', 'inspectUrgent'] as const satisfies readonly PipelineQueueName[];
export const processingLanes = {
  images: ['images', 'imagesUrgent'],
  documents: ['documents', 'documentsUrgent'],
  videos: ['videos', 'videosUrgent'],
  other: ['other', 'otherUrgent'],
} as const satisfies Partial<Record<WorkerName, readonly [PipelineQueueName, PipelineQueueName]>>;

export type ProcessingLaneName = (typeof processingLanes)[keyof typeof processingLanes][number];
/** Queues that functions send to by their pair. */
export type LaneQueueName = ProcessingLaneName | (typeof inspectLanes)[number];

/** Where the lanes are: what every URL begins with, and the queues' names. */
export interface LaneMap {
  readonly base: string;
  readonly lanes: Readonly<Record<keyof typeof processingLanes, readonly [normal: string, urgent: string]>>;
}

/** The same of one pair. */
export interface LanePairMap {
  readonly base: string;
  readonly names: readonly [normal: string, urgent: string];
}

/** Where the scanner is a worker of Sluice's own. A function's memory and disk hold one object at a time. */
export const scanQueues = {
  scan: { consumer: 'scan', batchSize: 1, maxConcurrency: 20 },
  scanUrgent: { consumer: 'scan', batchSize: 1, maxConcurrency: 10 },
} as const satisfies Record<string, QueueSpec>;

export const scanLanes = ['scan', 'scanUrgent'] as const satisfies readonly ScanQueueName[];

/** Of these queues no tenant may use more than its share. */
export const fairLanes = [...inspectLanes, ...scanLanes, ...Object.values(processingLanes).flat()] as const;

export type FairLane = (typeof fairLanes)[number];

/** Where the scanner is GuardDuty: its results, by a rule on the account's default bus. */
export const scanResultQueues = {
  scanResults: { consumer: 'scan-results', batchSize: 10, maxConcurrency: 10 },
} as const satisfies Record<string, QueueSpec>;

/** What the event bus feeds, each by a rule of its own. A batch's events are counted together, so larger is cheaper. */
export const eventQueues = {
  audit: { consumer: 'audit', batchSize: 10, maxConcurrency: 5 },
  tally: { consumer: 'tally', batchSize: 50, maxConcurrency: 2 },
  // A batch is one segment of the search index for each of its tenants; its texts, of 1 MiB at most, are in memory together.
  indexing: { consumer: 'index', batchSize: 50, maxConcurrency: 15 },
} as const satisfies Record<string, QueueSpec>;

export const queues = { ...pipelineQueues, ...scanQueues, ...scanResultQueues, ...eventQueues };

export type PipelineQueueName = keyof typeof pipelineQueues;
export type ScanQueueName = keyof typeof scanQueues;
export type EventQueueName = keyof typeof eventQueues;
export type QueueName = PipelineQueueName | ScanQueueName | keyof typeof scanResultQueues | EventQueueName;
export const queueNames = Object.keys(queues) as readonly QueueName[];

/**
 * All queues, as the functions that look after them get it by environment: what every URL begins with, and their names.
 * URLs in full, or dead letters as well, would be most of the 4 KB that Lambda allows; each queue says where its own are.
 */
export interface QueueMap {
  readonly base: string;
  readonly names: Readonly<Record<string, string>>;
}

export interface LanePairUrls {
  readonly normal: string;
  readonly urgent: string;
}

/** URLs of the lanes of each worker. */
export type LaneUrls = Readonly<Record<keyof typeof processingLanes, LanePairUrls>>;

/** How often the sweep runs. */
export const sweepMinutes = 10;

export const visibilityPerTimeout = 6;
