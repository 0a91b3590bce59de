import type { Estimates } from '../processing/estimate.ts';
import { type AccessDeps, requireAccess } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { FileRecord } from './file.ts';
import { openReplacement } from './lock.ts';
import { type Expected, type StatusView, statusView } from './view.ts';

/**
 * How far a file is, and the upload that is replacing its content: so that whoever follows that upload need not guess
 * from a file that stays ready all the time. One further GetItem while a replacement is under way.
 * @throws not_found
 */
export async function statusOf(
  deps: AccessDeps & { readonly estimates: Pick<Estimates, 'untilReady'> },
  caller: Caller,
  fileId: string,
): Promise<{ readonly file: FileRecord; readonly answer: StatusView }> {
  const file = await requireAccess(deps, caller, fileId, 'read');
  const uploadId = openReplacement(file)?.uploadId;
  const expected = async (record: FileRecord): Promise<Expected> => ({
    record,
    estimatedSeconds: await deps.estimates.untilReady(record),
  });
  if (uploadId === undefined) return { file, answer: statusView(await expected(file)) };
  const brought = await deps.store.file({ tenantId: file.tenantId, fileId, uploadId });
  if (brought?.isReplacement) {
    return { file, answer: statusView(await expected(file), await expected(brought)) };
  }
  // Taken over between the two reads: the file has the new content.
  const after = await requireAccess(deps, caller, fileId, 'read');
  return { file: after, answer: statusView(await expected(after)) };
}
