import { errors, type FieldError } from '../errors.ts';
import type { Status } from '../files/status.ts';
import type { FileStore } from '../ports.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { UploadDeps } from './deps.ts';
import { requireNotEnded, requireOwnUpload } from './find.ts';
import { isSinglePut, partLength } from './part-plan.ts';
import type { CompletedPart, UploadedPart, UploadSession } from './session.ts';

export interface CompleteResponse {
  readonly fileId: string;
  readonly status: Status;
}

type CompleteDeps = Pick<UploadDeps, 'intake' | 'queues' | 'now'> & {
  readonly store: FileStore;
  readonly limits: Pick<UploadDeps['limits'], 'inlineCompleteMaxParts'>;
  readonly digest: (text: string) => string;
};

/**
 * Puts the parts together at S3. Idempotent: a finished upload answers with the file's status. Up to
 * `inlineCompleteMaxParts` within the request; more through the completion queue, since S3 may take longer than
 * an API call. For a single PUT the S3 event alone finishes it; this only says whether the bytes are there.
 * @throws upload_incomplete (with the missing or wrong parts), upload_aborted, upload_expired
 */
export async function completeUpload(
  deps: CompleteDeps,
  caller: Caller,
  fileId: string,
  parts: readonly CompletedPart[] | undefined,
): Promise<CompleteResponse> {
  const { file, session } = await requireOwnUpload(deps.store, caller, fileId);
  requireNotEnded(file, session, deps.now());
  if (file.status !== 'uploading') return { fileId, status: file.status };
  if (isSinglePut(session)) {
    await requireLanded(deps, session);
    return { fileId, status: file.status };
  }
  if (session.phase === 'opening') throw errors.uploadStateConflict('The upload is still being opened.');
  if (session.phase === 'completing') {
    await finish(deps, session);
    return { fileId, status: file.status };
  }
  const atS3 = await requireParts(deps, session, parts ?? []);
  const claimed = await deps.store.updateSession(session, ['open'], {
    phase: 'completing',
    partsDigest: partsDigest(deps, atS3),
  });
  if (!claimed)
    throw errors.uploadStateConflict('The upload was closed meanwhile. See GET /storage/files/{id}.');
  await finish(deps, claimed);
  return { fileId, status: file.status };
}

/** Carries out a completion that was claimed: within the request, or by handing it to the queue. */
async function finish(deps: CompleteDeps, session: UploadSession): Promise<void> {
  if (session.totalParts > deps.limits.inlineCompleteMaxParts) {
    return deps.queues.complete({
      tenantId: session.tenantId,
      fileId: session.fileId,
      uploadId: session.uploadId,
    });
  }
  const refused = await completeClaimed(deps, session);
  if (refused) throw errors.uploadIncomplete([{ field: 'parts', code: 'changed', detail: refused }]);
}

/**
 * Completes a claimed session with exactly the parts that `complete` accepted. When they have changed since, the
 * session opens again and the reason comes back; undefined means done (also when it was done before).
 */
export async function completeClaimed(
  deps: Pick<CompleteDeps, 'store' | 'intake' | 'digest'>,
  session: UploadSession,
): Promise<string | undefined> {
  const atS3 = await deps.intake.listParts(session);
  // S3 forgets the upload once it is completed: an earlier attempt got through, its event does the rest.
  if (!atS3) return undefined;
  const reason =
    partsDigest(deps, atS3) === session.partsDigest
      ? await completeAtS3(deps, session, atS3)
      : 'a part was uploaded again after complete was called';
  if (reason) await deps.store.updateSession(session, ['completing'], { phase: 'open' });
  return reason;
}

async function completeAtS3(
  deps: Pick<CompleteDeps, 'intake'>,
  session: UploadSession,
  parts: readonly UploadedPart[],
): Promise<string | undefined> {
  const outcome = await deps.intake.completeMultipart(session, parts);
  return outcome.kind === 'refused' ? outcome.detail : undefined;
}

const partsDigest = (deps: Pick<CompleteDeps, 'digest'>, parts: readonly UploadedPart[]): string =>
  deps.digest(parts.map((part) => `${part.partNumber}:${part.etag}`).join('\n'));

async function requireLanded(deps: CompleteDeps, session: UploadSession): Promise<void> {
  const landed = await deps.intake.landedVersions(session);
  if (landed.length === 0) {
    throw errors.uploadIncomplete([{ field: 'parts[1]', code: 'missing', detail: 'S3 has no bytes yet' }]);
  }
}

const unquoted = (etag: string): string => etag.replace(/^"|"$/g, '');

/** What S3 has, if it is all there and what the client names. @throws upload_incomplete */
async function requireParts(
  deps: CompleteDeps,
  session: UploadSession,
  claimed: readonly CompletedPart[],
): Promise<readonly UploadedPart[]> {
  const atS3 = await deps.intake.listParts(session);
  if (!atS3) throw errors.uploadStateConflict('S3 no longer knows this upload. Initiate a new one.');
  const problems = partProblems(session, claimed, atS3);
  if (problems.length > 0) throw errors.uploadIncomplete(problems);
  return atS3;
}

/** At most this many problems are listed; the rest shows in GET .../parts. */
const maxListedProblems = 100;

export function partProblems(
  session: UploadSession,
  claimed: readonly CompletedPart[],
  atS3: readonly UploadedPart[],
): readonly FieldError[] {
  const claims = new Map(claimed.map((part) => [part.partNumber, unquoted(part.etag)]));
  const present = new Map(atS3.map((part) => [part.partNumber, part]));
  const problems: FieldError[] = [];
  for (let n = 1; n <= session.totalParts && problems.length < maxListedProblems; n += 1) {
    const field = `parts[${n}]`;
    const part = present.get(n);
    const etag = claims.get(n);
    if (!part) problems.push({ field, code: 'missing', detail: `S3 does not have part ${n}` });
    else if (part.size !== partLength(session.size, session, n)) {
      problems.push({ field, code: 'wrong_size', detail: `part ${n} has ${part.size} bytes` });
    } else if (etag === undefined)
      problems.push({ field, code: 'not_listed', detail: `name part ${n} and its ETag` });
    else if (etag !== unquoted(part.etag)) {
      problems.push({
        field,
        code: 'etag_mismatch',
        detail: `S3 has part ${n} with ETag ${unquoted(part.etag)}`,
      });
    }
  }
  return problems;
}
