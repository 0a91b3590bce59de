import type { FileRecord } from '../files/file.ts';
import { isUrgent, type ProcessingWorker, workerFor } from './workers.ts';

/** What a file passes through on its way to `ready`. */
export type Stage = 'inspect' | ProcessingWorker;

export interface LaneLoad {
  /** Messages that nobody has taken yet. */
  readonly waiting: number;
  /** How many are worked on at the same time. */
  readonly concurrency: number;
}

/** How busy the stages are, and how long they took lately. */
export interface Load {
  readonly lanes: Readonly<Record<Stage, { readonly normal: LaneLoad; readonly urgent: LaneLoad }>>;
  /** Seconds that one file took on average; absent where none was processed lately. */
  readonly seconds: Readonly<Partial<Record<ProcessingWorker, number>>>;
}

export interface Estimates {
  /** Whole seconds until something that is sent to this worker now is done, at least 1. */
  estimate(worker: ProcessingWorker, urgent: boolean): Promise<number>;
  /** Whole seconds until the file is expected to be ready; 0 when it is, or will not be. */
  untilReady(file: FileRecord, encoding?: Encoding): Promise<number>;
}

/** How far an encoder is, and for how long it has been at it. */
export interface Encoding {
  readonly percent: number;
  readonly seconds: number;
}

/** When nothing was processed lately: a photo, a document of some pages, a short video, the list of an archive. */
const typicalSeconds: Readonly<Record<Stage, number>> = {
  inspect: 2,
  images: 2,
  documents: 4,
  videos: 60,
  other: 2,
};

/** Longer than that is not known to the second, and an answer needs a bound. */
const maxSeconds = 86_400;

/** What waits is worked on `concurrency` at a time; then it is this file's turn. */
export function estimateSeconds(load: Load, stage: Stage, urgent: boolean): number {
  const { waiting, concurrency } = load.lanes[stage][urgent ? 'urgent' : 'normal'];
  return bounded((waiting / concurrency) * secondsOf(load, stage) + secondsOf(load, stage));
}

/** Whether a file is on its way to `ready` by itself, and nobody else's answer is waited for. */
export const isExpected = ({ status }: Pick<FileRecord, 'status'>): boolean =>
  ['uploaded', 'inspecting', 'stored', 'processing'].includes(status);

export function secondsUntilReady(load: Load, file: FileRecord, encoding?: Encoding): number {
  const worker = workerFor(file.mimeType);
  const urgent = isUrgent(file);
  const processed = worker ? estimateSeconds(load, worker, urgent) : 0;
  switch (file.status) {
    case 'uploaded':
      return bounded(estimateSeconds(load, 'inspect', urgent) + processed);
    case 'inspecting':
      return bounded(secondsOf(load, 'inspect') + processed);
    case 'stored':
      return Math.max(1, processed);
    case 'processing':
      if (encoding && encoding.percent > 0) return bounded(secondsLeft(encoding));
      // What was made before and is worked on again waits for its turn; else it is being worked on.
      return worker && !wasReady(file) ? bounded(secondsOf(load, worker)) : Math.max(1, processed);
    default:
      return 0;
  }
}

/** At the pace that it has had. */
const secondsLeft = ({ percent, seconds }: Encoding): number => (seconds * (100 - percent)) / percent;

const secondsOf = (load: Load, stage: Stage): number =>
  (stage === 'inspect' ? undefined : load.seconds[stage]) ?? typicalSeconds[stage];

const wasReady = ({ renditions }: FileRecord): boolean =>
  Object.values(renditions).some(({ status }) => status === 'ready');

const bounded = (seconds: number): number => Math.min(maxSeconds, Math.max(1, Math.ceil(seconds)));
