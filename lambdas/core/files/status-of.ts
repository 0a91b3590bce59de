import type { Estimates } from '../processing/estimate.ts';
import { workerFor } from '../processing/workers.ts';
import { type AccessDeps, requireAccess } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { TranscodeStore } from '../video/transcode.ts';
import type { FileRecord } from './file.ts';
import { openReplacement } from './lock.ts';
import { type Expected, type StatusView, statusView } from './view.ts';

export interface StatusDeps extends AccessDeps {
  readonly estimates: Pick<Estimates, 'untilReady'>;
  readonly transcodes: Pick<TranscodeStore, 'transcode'>;
}

/**
 * How far a file is, and the upload that is replacing its content: so that whoever follows that upload need not guess
 * from a file that stays ready all the time. One further GetItem while a replacement is under way, and one for a video or
 * recording while it is processed.
 * @throws not_found
 */
export async function statusOf(
  deps: StatusDeps,
  caller: Caller,
  fileId: string,
): Promise<{ readonly file: FileRecord; readonly answer: StatusView }> {
  const file = await requireAccess(deps, caller, fileId, 'read');
  const uploadId = openReplacement(file)?.uploadId;
  const expected = (record: FileRecord): Promise<Expected> => expect(deps, record);
  if (uploadId === undefined) return { file, answer: statusView(await expected(file)) };
  const brought = await deps.store.file({ tenantId: file.tenantId, fileId, uploadId });
  if (brought?.isReplacement) {
    return { file, answer: statusView(await expected(file), await expected(brought)) };
  }
  // Taken over between the two reads: the file has the new content.
  const after = await requireAccess(deps, caller, fileId, 'read');
  return { file: after, answer: statusView(await expected(after)) };
}

async function expect({ estimates, transcodes, now }: StatusDeps, record: FileRecord): Promise<Expected> {
  const isTranscoded = record.status === 'processing' && workerFor(record.mimeType) === 'videos';
  const { percent, encodingSince } = (isTranscoded && (await transcodes.transcode(record))) || {};
  const encoding =
    percent !== undefined && encodingSince !== undefined
      ? { percent, seconds: (Date.parse(now()) - Date.parse(encodingSince)) / 1000 }
      : undefined;
  return {
    record,
    estimatedSeconds: await estimates.untilReady(record, encoding),
    ...(encoding && { encodedPercent: encoding.percent }),
  };
}
