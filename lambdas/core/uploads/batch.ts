import { errors, SluiceError } from '../errors.ts';
import type { FileRecord } from '../files/file.ts';
import { progressOf, type Status } from '../files/status.ts';
import type { Batch } from '../ports.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { UploadDeps } from './deps.ts';
import { admitUpload, type InitiateRequest, type InitiateResponse, takeInitiation } from './initiate.ts';

export interface BatchResponse {
  readonly batchId: string;
  readonly results: readonly (
    | { readonly status: 201; readonly upload: InitiateResponse }
    | { readonly status: number; readonly error: SluiceError }
  )[];
  readonly summary: {
    readonly requested: number;
    readonly accepted: number;
    readonly refused: number;
    /** Bytes of the accepted uploads. */
    readonly bytes: number;
  };
}

export interface BatchWatch {
  /** True when the answer has to be given soon: what is left is refused and can be sent again. */
  readonly outOfTime: () => boolean;
  /** A failure of ours, of which the caller learns no more than that. */
  readonly onUnexpected: (error: unknown) => void;
}

/**
 * Starts up to 100 uploads; each is its own transaction and may be refused by itself. The batch counts as one
 * initiation. URLs default to one an upload and sum up to at most `urlsPerCall.max`: a Lambda answer holds 6 MB.
 */
export async function createBatch(
  deps: UploadDeps & BatchWatch,
  caller: Caller,
  uploads: readonly InitiateRequest[],
): Promise<BatchResponse> {
  const { batchDefault, max } = deps.limits.urlsPerCall;
  const requests = uploads.map((upload) => ({ ...upload, urls: upload.urls ?? batchDefault }));
  const urls = requests.reduce((sum, request) => sum + request.urls, 0);
  if (urls > max) {
    throw errors.invalidField('uploads', 'too_many_urls', `ask for at most ${max} URLs in all, not ${urls}`);
  }
  await takeInitiation(deps, caller);
  const batchId = deps.newId();
  const results: BatchResponse['results'][number][] = [];
  // One after the other: all of them touch the same two counters, so side by side they would only conflict.
  for (const request of requests) {
    const result = deps.outOfTime()
      ? refusal(errors.capacityExceeded())
      : await admitOne(deps, caller, request);
    results.push(result);
  }
  const accepted = results.flatMap((result, index) =>
    'upload' in result ? [{ ...result.upload, bytes: requests[index]?.size ?? 0 }] : [],
  );
  await deps.store.saveBatch({
    tenantId: caller.tenantId,
    userId: caller.userId,
    batchId,
    uploads: accepted.map(({ fileId, uploadId }) => ({ fileId, uploadId })),
    createdAt: deps.now(),
  });
  return {
    batchId,
    results,
    summary: {
      requested: requests.length,
      accepted: accepted.length,
      refused: requests.length - accepted.length,
      bytes: accepted.reduce((sum, upload) => sum + upload.bytes, 0),
    },
  };
}

const refusal = (error: SluiceError): BatchResponse['results'][number] => ({ status: error.status, error });

async function admitOne(
  deps: UploadDeps & BatchWatch,
  caller: Caller,
  request: InitiateRequest,
): Promise<BatchResponse['results'][number]> {
  try {
    return { status: 201, upload: await admitUpload(deps, caller, request) };
  } catch (error) {
    // The other uploads of the batch are already admitted: this one must not take their answer away.
    if (error instanceof SluiceError) return refusal(error);
    deps.onUnexpected(error);
    return refusal(errors.internal(error));
  }
}

export interface BatchStateResponse {
  readonly batchId: string;
  readonly createdAt: string;
  readonly files: readonly {
    readonly fileId: string;
    readonly filename: string;
    readonly status: Status;
    readonly reason?: string;
    /** 0..100 by steps. */
    readonly progress: number;
  }[];
}

/** @throws not_found, also for somebody else's batch */
export async function batchState(
  deps: UploadDeps,
  caller: Caller,
  batchId: string,
): Promise<BatchStateResponse> {
  const batch = await deps.store.batch(caller.tenantId, caller.userId, batchId);
  if (!batch) throw errors.notFound('batch');
  const files = await broughtFiles(deps, caller.tenantId, batch);
  return {
    batchId,
    createdAt: batch.createdAt,
    files: files
      .filter((file) => file.status !== 'purged')
      .map((file) => ({
        fileId: file.fileId,
        filename: file.filename,
        status: file.status,
        ...(file.reason && { reason: file.reason }),
        progress: progressOf(file),
      })),
  };
}

/** The files of a batch in its order; of one that an upload of the batch is to replace, or was to, the replacement. */
async function broughtFiles(
  deps: UploadDeps,
  tenantId: string,
  batch: Batch,
): Promise<readonly FileRecord[]> {
  const fileIds = batch.uploads.map(({ fileId }) => fileId);
  const files = new Map((await deps.store.files(tenantId, fileIds)).map((file) => [file.fileId, file]));
  const brought = await Promise.all(
    batch.uploads.map(async ({ fileId, uploadId }) => {
      const file = files.get(fileId);
      if (file?.replacement === undefined || file.replacement.uploadId !== uploadId) return file;
      return (await deps.store.file({ tenantId, fileId, uploadId })) ?? file;
    }),
  );
  return brought.flatMap((file) => file ?? []);
}
