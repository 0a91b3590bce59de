import type { DomainEvent } from '../files/event.ts';
import { countOfOutput } from '../video/output-minutes.ts';
import { bucketOf, type Histogram, mergeHistograms } from './histogram.ts';

/** What a window counts. Everything adds up, so that windows of any length are sums of these. */
export const countNames = [
  'uploads',
  'stored',
  'failed',
  'rejected',
  'expired',
  'aborted',
  'bytes',
  'detections',
  'blocked',
  'alerts',
  'uploadMs',
  'processingMs',
  // Seconds of output that were transcoded, by rung.
  'transcoded1080p',
  'transcoded720p',
  'transcoded480p',
  'transcoded360p',
  'transcodedAudio',
] as const;

export type CountName = (typeof countNames)[number];

/** Absent counts are 0. */
export interface Numbers {
  readonly counts: Readonly<Partial<Record<CountName, number>>>;
  /** How long uploads took, and the processing of files, in seconds. */
  readonly uploadTimes: Histogram;
  readonly processingTimes: Histogram;
}

export const noNumbers: Numbers = { counts: {}, uploadTimes: {}, processingTimes: {} };

export function addNumbers(all: readonly Numbers[]): Numbers {
  const counts: Partial<Record<CountName, number>> = {};
  for (const numbers of all) {
    for (const name of countNames) {
      const value = numbers.counts[name];
      if (value) counts[name] = (counts[name] ?? 0) + value;
    }
  }
  return {
    counts,
    uploadTimes: mergeHistograms(all.map((numbers) => numbers.uploadTimes)),
    processingTimes: mergeHistograms(all.map((numbers) => numbers.processingTimes)),
  };
}

/** What was kept out for what it contains; a wrong size or checksum is an accident. */
const blockedReasons: readonly unknown[] = [
  'malware_found',
  'type_mismatch',
  'bomb_suspected',
  'pixels_exceeded',
  'active_content',
  'encrypted_content',
  'unscannable',
];

const counted = (counts: Numbers['counts']): Numbers => ({ ...noNumbers, counts });

/** What one event adds; undefined for one that counts nothing. */
export function numbersOf({ type, data }: DomainEvent): Numbers | undefined {
  switch (type) {
    case 'file.initiated':
      return counted({ uploads: 1 });
    case 'file.stored': {
      const bytes = typeof data.size === 'number' ? data.size : 0;
      const { times, ms } = timed(data.seconds);
      return { counts: { stored: 1, bytes, uploadMs: ms }, uploadTimes: times, processingTimes: {} };
    }
    case 'file.rejected':
      return counted({
        rejected: 1,
        ...(blockedReasons.includes(data.reason) && { blocked: 1 }),
        ...(data.reason === 'malware_found' && { detections: 1 }),
      });
    // It was counted as stored, and stays so: what ended was no upload.
    case 'file.withdrawn':
      return counted({ detections: 1 });
    case 'file.failed':
      return counted({ failed: 1 });
    case 'file.expired':
      return counted({ expired: 1 });
    case 'file.aborted':
      return counted({ aborted: 1 });
    case 'file.ready': {
      // A file without renditions was not processed: it says no time.
      if (data.seconds === undefined) return undefined;
      const { times, ms } = timed(data.seconds);
      return {
        counts: { processingMs: ms, ...transcodedSeconds(data) },
        uploadTimes: {},
        processingTimes: times,
      };
    }
    case 'security.alert':
      return counted({ alerts: 1 });
    default:
      return undefined;
  }
}

const transcodedSeconds = (data: DomainEvent['data']): Numbers['counts'] =>
  Object.fromEntries(
    Object.values(countOfOutput).flatMap((name) => {
      const seconds = data[name];
      return typeof seconds === 'number' ? [[name, seconds]] : [];
    }),
  );

const timed = (seconds: unknown): { times: Histogram; ms: number } =>
  typeof seconds === 'number' && seconds >= 0
    ? { times: { [bucketOf(seconds)]: 1 }, ms: Math.round(seconds * 1000) }
    : { times: {}, ms: 0 };
