import { errors } from '../errors.ts';
import { contentOf, whyNotYet } from '../files/download.ts';
import type { FileRecord } from '../files/file.ts';
import { availableStatuses } from '../files/status.ts';
import type { FileStore } from '../ports.ts';
import { type AccessDeps, requireAccess } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import { type Es256Signer, signedJws } from './jws.ts';
import { type Receipt, receiptOf } from './receipt.ts';

/** Where the keys are published, from the API's address on. It is not signed: who checks must know it from elsewhere. */
const keysUrl = '/public/keys';

export interface ReceiptDeps extends AccessDeps {
  readonly store: Pick<FileStore, 'file' | 'share' | 'version'>;
  readonly signer: Es256Signer;
}

export interface SignedReceipt {
  /** What `jws` says, to be read. */
  readonly receipt: Receipt;
  readonly jws: string;
  readonly keyId: string;
  readonly keysUrl: string;
}

/**
 * A signed receipt of the file's content, or of a version that it keeps, for whoever may read it.
 * @throws not_found, upload_state_conflict
 */
export async function issueReceipt(
  deps: ReceiptDeps,
  caller: Caller,
  fileId: string,
  { version }: { readonly version?: number | undefined },
): Promise<{ readonly file: FileRecord; readonly answer: SignedReceipt }> {
  const file = await requireAccess(deps, caller, fileId, 'read');
  if (!availableStatuses.includes(file.status)) throw errors.uploadStateConflict(whyNotYet(file));
  const receipt = receiptOf(file, await contentOf(deps, file, version), deps.now());
  const jws = await signedJws(deps.signer, receipt);
  return { file, answer: { receipt, jws, keyId: deps.signer.keyId, keysUrl } };
}
