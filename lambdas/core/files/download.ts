import { errors } from '../errors.ts';
import type { DownloadRequest, DownloadSigner, FileStore } from '../ports.ts';
import { requireAccess } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { FileRecord } from './file.ts';
import { extensionOf } from './names.ts';
import { availableStatuses, pendingStatuses } from './status.ts';

/** Types that a browser shows without running anything in them; everything else is sent as an attachment. */
const inlineTypes: readonly string[] = [
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/avif',
  'application/pdf',
  'text/plain',
];

const mayShowInline = (mimeType: string): boolean =>
  inlineTypes.includes(mimeType) || /^(video|audio)\//.test(mimeType);

export interface UrlRequest {
  readonly expirationSeconds?: number;
  readonly rendition?: string;
  readonly disposition?: 'inline' | 'attachment';
}

export interface DownloadDeps {
  readonly store: Pick<FileStore, 'file'>;
  readonly signer: DownloadSigner;
  readonly urlSeconds: { readonly default: number };
}

/** A signed URL of the original or of one rendition. @throws not_found, upload_state_conflict */
export async function downloadUrl(
  deps: DownloadDeps,
  caller: Caller,
  fileId: string,
  request: UrlRequest,
): Promise<{ url: string; expiresAt: string }> {
  const file = requireAccess(caller, await deps.store.file({ tenantId: caller.tenantId, fileId }));
  const target = request.rendition ? renditionTarget(file, request.rendition) : originalTarget(file);
  const disposition = request.disposition ?? 'attachment';
  return deps.signer.sign({
    ...target,
    disposition: disposition === 'inline' && mayShowInline(target.mimeType) ? 'inline' : 'attachment',
    seconds: request.expirationSeconds ?? deps.urlSeconds.default,
  });
}

type Target = Omit<DownloadRequest, 'disposition' | 'seconds'>;

function originalTarget(file: FileRecord): Target {
  if (!availableStatuses.includes(file.status) || !file.libraryKey || !file.libraryVersionId) {
    throw errors.uploadStateConflict(whyNotYet(file));
  }
  return {
    bucket: 'library',
    key: file.libraryKey,
    versionId: file.libraryVersionId,
    filename: file.filename,
    mimeType: file.mimeType,
    ...(file.charset && { charset: file.charset }),
  };
}

function whyNotYet({ status, reason }: FileRecord): string {
  if (pendingStatuses.includes(status)) {
    return `The file is ${status}. Ask GET /storage/files/{id}/status until it is stored or ready.`;
  }
  return `The file is ${status}${reason ? ` (${reason})` : ''} and has no content. Upload it again.`;
}

function renditionTarget(file: FileRecord, name: string): Target {
  const rendition = Object.hasOwn(file.renditions, name) ? file.renditions[name] : undefined;
  if (!rendition) throw errors.noRendition(name, Object.keys(file.renditions));
  if (rendition.status !== 'ready' || !rendition.key || !rendition.mimeType) {
    const why = rendition.reason ? ` (${rendition.reason})` : '';
    throw errors.uploadStateConflict(`The rendition "${name}" is ${rendition.status}${why}.`);
  }
  const stem = file.filename.slice(0, file.filename.length - extensionOf(file.filename).length);
  return {
    bucket: 'derived',
    key: rendition.key,
    filename: `${stem}-${name}${extensionOf(rendition.key)}`,
    mimeType: rendition.mimeType,
  };
}
