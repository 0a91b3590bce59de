import { errors } from '../errors.ts';
import type { PartToSign, SignedPart } from '../ports.ts';
import type { Caller } from '../tenancy/caller.ts';
import { isDigest } from './checksum.ts';
import type { UploadDeps } from './deps.ts';
import { requireOpen, requireOwnUpload } from './find.ts';
import { isSinglePut, partLength } from './part-plan.ts';
import type { UploadSession } from './session.ts';

export interface PartRequest {
  readonly partNumber: number;
  /** base64 of this part's checksum, where the upload declared `perPart`. */
  readonly checksum?: string;
}

/** URLs for the asked parts of an open upload. Asking counts as activity. */
export async function signPartUrls(
  deps: UploadDeps,
  caller: Caller,
  fileId: string,
  requests: readonly PartRequest[],
  expirationSeconds?: number,
): Promise<readonly SignedPart[]> {
  const { file, session } = await requireOwnUpload(deps.store, caller, fileId);
  requireOpen(file, session, deps.now());
  const parts = requests.map((request) => partToSign(session, request));
  const alive = await deps.store.heartbeat(session, caller.userId, deps.now());
  if (!alive)
    throw errors.uploadStateConflict('The upload was closed meanwhile. See GET /storage/files/{id}.');
  return deps.signer.signParts(session, parts, expirationSeconds ?? deps.limits.urlSeconds.default);
}

/** The first URLs of an upload that was just opened; none for parts whose checksums must be declared first. */
export async function signFirstParts(
  deps: UploadDeps,
  session: UploadSession,
  request: { urls?: number; expirationSeconds?: number },
): Promise<readonly SignedPart[]> {
  if (session.checksum?.perPart) return [];
  const count = Math.min(request.urls ?? deps.limits.urlsPerCall.default, session.totalParts);
  const parts = Array.from({ length: count }, (_, index) => partToSign(session, { partNumber: index + 1 }));
  return deps.signer.signParts(session, parts, request.expirationSeconds ?? deps.limits.urlSeconds.default);
}

/** @throws part_number_out_of_range, validation_failed */
function partToSign(session: UploadSession, { partNumber, checksum }: PartRequest): PartToSign {
  if (partNumber < 1 || partNumber > session.totalParts) {
    throw errors.partOutOfRange(partNumber, session.totalParts);
  }
  const size = partLength(session.size, session, partNumber);
  const declared = session.checksum;
  if (checksum !== undefined) {
    if (!declared?.perPart) {
      throw errors.invalidField(
        'checksum',
        'not_declared',
        'the upload was not initiated with checksum.perPart',
      );
    }
    if (!isDigest(declared.algorithm, checksum)) {
      throw errors.invalidField(
        'checksum',
        'not_a_digest',
        `must be the base64 of a ${declared.algorithm} digest`,
      );
    }
    return { partNumber, size, checksum };
  }
  if (declared?.perPart) {
    throw errors.invalidField(
      'checksum',
      'required',
      `give part ${partNumber}'s ${declared.algorithm} checksum`,
    );
  }
  // A single PUT is the whole object, so S3 itself can verify the declared value.
  return isSinglePut(session) && declared?.value
    ? { partNumber, size, checksum: declared.value }
    : { partNumber, size };
}
