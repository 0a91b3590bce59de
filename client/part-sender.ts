import type { PartTarget } from './api-types.ts';
import { backoffMs, type RetryPolicy } from './backoff.ts';
import type { Connectivity } from './connectivity.ts';
import { partRange } from './part-plan.ts';
import type { PartAnswer, PartTransport } from './part-transport.ts';
import type { PartUrls } from './part-urls.ts';
import type { Semaphore } from './semaphore.ts';
import { isSluiceError, SluiceError, toSluiceError } from './sluice-error.ts';
import type { Timing } from './timing.ts';
import { assertReadable, type UploadSource } from './upload-source.ts';

export const PART_RETRY: RetryPolicy = { maxAttempts: 8, baseDelayMs: 500, maxDelayMs: 30_000 };

export interface PartSenderDeps {
  readonly transport: PartTransport;
  readonly timing: Timing;
  readonly connectivity: Connectivity;
  /** Shared by all uploads of the page: a browser opens only so many connections to one host. */
  readonly connections: Semaphore;
  readonly retry: RetryPolicy;
}

export interface SendPartsJob {
  readonly source: UploadSource;
  readonly partSize: number;
  readonly partNumbers: readonly number[];
  /** Parts of this file at once. */
  readonly concurrency: number;
  readonly urls: PartUrls;
  readonly signal: AbortSignal;
  /** S3 says that it knows no such upload: rejects with the API's reason, or resolves when the API thinks otherwise. */
  readonly onUnknownUpload: () => Promise<void>;
  readonly onPartProgress: (partNumber: number, sentBytes: number) => void;
  readonly onPartDone: (partNumber: number, size: number, etag: string | undefined) => void;
}

/** Sends the given parts, a few at a time. The first part that cannot be sent stops the others and is what rejects. */
export async function sendParts(deps: PartSenderDeps, job: SendPartsJob): Promise<void> {
  const siblings = new AbortController();
  const signal = AbortSignal.any([job.signal, siblings.signal]);
  const pending = [...job.partNumbers];

  const worker = async () => {
    for (let partNumber = pending.shift(); partNumber !== undefined; partNumber = pending.shift()) {
      await sendPart(deps, { ...job, signal }, partNumber, pending);
    }
  };

  const workers = Array.from({ length: Math.min(job.concurrency, pending.length) }, worker);
  try {
    await Promise.all(workers);
  } catch (error) {
    siblings.abort();
    await Promise.allSettled(workers);
    throw error;
  }
}

async function sendPart(
  deps: PartSenderDeps,
  job: SendPartsJob,
  partNumber: number,
  upcoming: readonly number[],
): Promise<void> {
  const { start, end } = partRange(partNumber, job.partSize, job.source.size);
  let hadFreshUrl = false;
  for (let attempt = 1; ; attempt++) {
    await deps.connectivity.online(job.signal);
    const failure = await attemptPart(deps, job, partNumber, upcoming, start, end);
    if (!failure) return;
    job.onPartProgress(partNumber, 0);
    const again = nextTry(failure.kind, hadFreshUrl);
    if (again === 'never' || attempt >= deps.retry.maxAttempts) throw failure.error;
    hadFreshUrl ||= again === 'now';
    if (again === 'later') {
      await deps.timing.sleep(backoffMs(deps.retry, attempt, deps.timing.random()), job.signal);
    }
  }
}

/**
 * What stands in the way. `passing`: the network, or S3 for the moment. `refused`: most likely the URL, such as one
 * that is too old. `denied`: the URL, or a policy that will say the same to every URL. `lasting`: nothing helps.
 */
type FailureKind = 'passing' | 'refused' | 'denied' | 'lasting';

interface PartFailure {
  readonly error: SluiceError;
  readonly kind: FailureKind;
}

/** A fresh URL is worth one try without delay; each further one would send the same bytes in vain, back to back. */
function nextTry(kind: FailureKind, hadFreshUrl: boolean): 'now' | 'later' | 'never' {
  if (kind === 'lasting' || (kind === 'denied' && hadFreshUrl)) return 'never';
  return kind === 'passing' || hadFreshUrl ? 'later' : 'now';
}

async function attemptPart(
  deps: PartSenderDeps,
  job: SendPartsJob,
  partNumber: number,
  upcoming: readonly number[],
  start: number,
  end: number,
): Promise<PartFailure | undefined> {
  // Waits for the connection first, so that the URL does not grow old meanwhile.
  const release = await deps.connections.acquire(job.signal);
  try {
    const target = await job.urls.take(partNumber, upcoming, job.signal);
    const answer = await put(deps, job, target, start, end);
    if (answer instanceof SluiceError) {
      await assertReadable(job.source);
      return { error: answer, kind: 'passing' };
    }
    if (answer.status >= 200 && answer.status < 300) {
      job.onPartDone(partNumber, end - start, answer.etag);
      return undefined;
    }
    return await judge(job, partNumber, answer);
  } finally {
    release();
  }
}

/** The answer, or the error of a connection that broke. A cancelled PUT rejects. */
async function put(
  deps: PartSenderDeps,
  job: SendPartsJob,
  target: PartTarget,
  start: number,
  end: number,
): Promise<PartAnswer | SluiceError> {
  try {
    return await deps.transport.put({
      url: target.url,
      headers: target.headers,
      body: job.source.slice(start, end),
      signal: job.signal,
      onProgress: (sentBytes) => job.onPartProgress(target.partNumber, Math.min(sentBytes, end - start)),
    });
  } catch (cause) {
    const error = toSluiceError(cause);
    if (isSluiceError(error, 'network_error', 'timeout')) return error;
    throw error;
  }
}

async function judge(job: SendPartsJob, partNumber: number, answer: PartAnswer): Promise<PartFailure> {
  const s3Code = /<Code>([^<]+)<\/Code>/.exec(answer.body)?.[1] ?? `HTTP ${answer.status}`;
  const kind = kindOf(answer, s3Code);
  const error = new SluiceError({
    status: answer.status,
    code: kind === 'denied' ? 'storage_denied' : 'storage_refused',
    detail:
      kind === 'denied'
        ? `The storage denies access to part ${partNumber} (${s3Code}): a policy does not allow this upload.`
        : `The storage refused part ${partNumber} (${s3Code}).`,
    requestId: /<RequestId>([^<]+)<\/RequestId>/.exec(answer.body)?.[1],
  });
  if (kind === 'refused' || kind === 'denied') job.urls.drop(partNumber);
  if (answer.status === 404) await job.onUnknownUpload();
  return { error, kind };
}

function kindOf({ status, body }: PartAnswer, s3Code: string): FailureKind {
  if (s3Code === 'ExpiredToken') return 'refused';
  if (status === 403) {
    // S3 gives an old URL the code of a missing permission; only the message tells them apart.
    return s3Code === 'AccessDenied' && !/request has expired/i.test(body) ? 'denied' : 'refused';
  }
  // Of a 404 the API is asked first, see `onUnknownUpload`.
  const passing = status >= 500 || [404, 408, 429].includes(status) || s3Code === 'RequestTimeout';
  return passing ? 'passing' : 'lasting';
}
