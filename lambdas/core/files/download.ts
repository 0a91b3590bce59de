import type { Finding } from '../content/structure/structure.ts';
import { errors } from '../errors.ts';
import type { DownloadRequest, DownloadSigner, FileStore } from '../ports.ts';
import { type AccessDeps, requireAccess } from '../tenancy/access.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { FileRecord, FileVersion } from './file.ts';
import { extensionOf } from './names.ts';
import { availableStatuses, pendingStatuses } from './status.ts';

/**
 * Types that a browser shows without running anything in them; everything else is sent as an attachment. HTML, SVG
 * and XML run scripts and are never among them.
 */
const inlineTypes: readonly string[] = [
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/avif',
  'application/pdf',
];

/** What a viewer would run, follow or unpack: such a document is opened by somebody who chose to. */
const unsafeFindings: readonly Finding[] = [
  'javascript',
  'launch_action',
  'external_references',
  'embedded_files',
  'macros',
];

/** S3 cannot send nosniff: of text whose encoding nobody knows, a browser would guess what it is. */
const mayShowInline = ({ mimeType, charset }: Target, findings: readonly Finding[] = []): boolean =>
  !findings.some((finding) => unsafeFindings.includes(finding)) &&
  (inlineTypes.includes(mimeType) ||
    /^(video|audio)\//.test(mimeType) ||
    (mimeType === 'text/plain' && charset !== undefined));

/** Seconds that a cache may keep originals, and images that are public (DESIGN 5). */
const originalMaxAge = 3_600;
const publicImageMaxAge = 31_536_000;

export interface UrlRequest {
  readonly expirationSeconds?: number;
  readonly rendition?: string;
  readonly version?: number;
  readonly disposition?: 'inline' | 'attachment';
}

export interface DownloadDeps extends AccessDeps {
  readonly store: Pick<FileStore, 'file' | 'share' | 'version'>;
  readonly signer: DownloadSigner;
  readonly urlSeconds: { readonly default: number };
}

export interface SignedUrl {
  readonly url: string;
  readonly expiresAt: string;
}

/** A signed URL for the caller, and for the audit the file that it opens. */
export interface Download {
  readonly answer: SignedUrl;
  readonly file: FileRecord;
}

/**
 * A signed URL of the original, of a kept version or of a rendition. Whoever has it can read these bytes until it
 * expires; nothing that happens to the file ends it earlier.
 * @throws not_found, upload_state_conflict
 */
export async function downloadUrl(
  deps: DownloadDeps,
  caller: Caller,
  fileId: string,
  request: UrlRequest,
): Promise<Download> {
  const file = await requireAccess(deps, caller, fileId, 'read');
  if (!availableStatuses.includes(file.status)) throw errors.uploadStateConflict(whyNotYet(file));
  const content = await contentOf(deps, file, request.version);
  return { answer: await signUrl(deps, file, content, request), file };
}

type SignDeps = Pick<DownloadDeps, 'signer' | 'urlSeconds'>;
type Content = Pick<
  FileRecord,
  'mimeType' | 'charset' | 'findings' | 'libraryKey' | 'libraryVersionId' | 'renditions'
>;

/** Signs for somebody who may read the file. */
export async function signUrl(
  deps: SignDeps,
  file: FileRecord,
  content: Content,
  request: UrlRequest,
): Promise<SignedUrl> {
  const target = request.rendition
    ? renditionTarget(file, content, request.rendition)
    : originalTarget(file, content);
  // A rendition is made anew of pixels: what the original carries is not in it.
  const isSafe = mayShowInline(target, request.rendition ? [] : content.findings);
  return deps.signer.sign({
    ...target,
    disposition: request.disposition === 'inline' && isSafe ? 'inline' : 'attachment',
    seconds: request.expirationSeconds ?? deps.urlSeconds.default,
  });
}

export async function contentOf(
  deps: Pick<DownloadDeps, 'store'>,
  file: FileRecord,
  version: number | undefined,
): Promise<FileRecord | FileVersion> {
  if (version === undefined || version === file.version) return file;
  const { tenantId, fileId } = file;
  const kept = await deps.store.version({ tenantId, fileId }, version);
  if (!kept) throw errors.noVersion(version, file.version);
  return kept;
}

type Target = Omit<DownloadRequest, 'disposition' | 'seconds'>;

function originalTarget(file: FileRecord, content: Content): Target {
  const { libraryKey, libraryVersionId, mimeType, charset } = content;
  if (!libraryKey || !libraryVersionId) throw errors.uploadStateConflict(whyNotYet(file));
  const isPublicImage = file.isPublic && mimeType.startsWith('image/');
  return {
    bucket: 'library',
    key: libraryKey,
    versionId: libraryVersionId,
    filename: file.filename,
    mimeType,
    ...(charset && { charset }),
    cacheControl: isPublicImage
      ? `public, max-age=${publicImageMaxAge}`
      : `private, max-age=${originalMaxAge}`,
  };
}

export function whyNotYet({ status, reason }: FileRecord): string {
  if (status === 'deleted')
    return 'The file is in the trash. Restore it first: POST /storage/files/{id}/restore.';
  if (pendingStatuses.includes(status)) {
    return `The file is ${status}. Ask GET /storage/files/{id}/status until it is stored or ready.`;
  }
  return `The file is ${status}${reason ? ` (${reason})` : ''} and has no content. Upload it again.`;
}

function renditionTarget(file: FileRecord, { renditions }: Content, name: string): Target {
  const rendition = Object.hasOwn(renditions, name) ? renditions[name] : undefined;
  if (!rendition) throw errors.noRendition(name, Object.keys(renditions));
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
    // A rendition never changes under its key.
    cacheControl: `${file.isPublic ? 'public' : 'private'}, max-age=${publicImageMaxAge}, immutable`,
  };
}
