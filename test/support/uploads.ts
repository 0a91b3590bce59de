import { createCipheriv, createHash, randomUUID } from 'node:crypto';
import { ListMultipartUploadsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { searchSegmentKey, tenantPrefix } from '../../lambdas/contract/storage-keys.ts';
import type { Api, InitiateBody, InitiateResponse, PartTarget } from './api.ts';
import { ok } from './api.ts';
import { type Engine, eventually } from './engine.ts';

export const MiB = 1024 ** 2;

/** Bytes that do not compress and are the same for the same seed. */
export function randomBytesOf(size: number, seed = 'sluice'): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');

/** A request for an upload of these bytes as octets: a type that is never refused. */
export const octets = (size: number, rest: InitiateBody = {}): InitiateBody => ({
  path: '/',
  filename: `${randomUUID()}.bin`,
  mimeType: 'application/octet-stream',
  size,
  ...rest,
});

export const plainText = (text: string, rest: InitiateBody = {}): InitiateBody => ({
  path: '/',
  filename: `${randomUUID()}.txt`,
  mimeType: 'text/plain',
  size: Buffer.byteLength(text),
  ...rest,
});

export interface PutAnswer {
  readonly status: number;
  readonly etag: string;
  readonly versionId?: string;
  readonly body: string;
}

/** Sends bytes to S3 as a browser does: the URL, its headers, nothing else. */
export async function put(
  target: Pick<PartTarget, 'url' | 'headers'>,
  bytes: Uint8Array,
  headers: Readonly<Record<string, string>> = target.headers,
): Promise<PutAnswer> {
  const response = await fetch(target.url, { method: 'PUT', body: Buffer.from(bytes), headers });
  const versionId = response.headers.get('x-amz-version-id');
  return {
    status: response.status,
    etag: response.headers.get('etag') ?? '',
    body: await response.text(),
    ...(versionId && { versionId }),
  };
}

export const sliceOf = (bytes: Buffer, upload: Pick<InitiateResponse, 'partSize'>, partNumber: number) =>
  bytes.subarray((partNumber - 1) * upload.partSize, partNumber * upload.partSize);

/** Sends the given parts one after the other; gives what `complete` wants. */
export async function putParts(
  upload: Pick<InitiateResponse, 'partSize'>,
  parts: readonly PartTarget[],
  bytes: Buffer,
): Promise<{ partNumber: number; etag: string }[]> {
  const sent = [];
  for (const part of parts) {
    const answer = await put(part, sliceOf(bytes, upload, part.partNumber));
    if (answer.status !== 200) throw new Error(`S3 answered ${answer.status}: ${answer.body}`);
    sent.push({ partNumber: part.partNumber, etag: answer.etag });
  }
  return sent;
}

/** The whole way of one upload as the shortest client would do it; gives the file's id. */
export async function upload(api: Api, request: InitiateBody, bytes: Buffer): Promise<string> {
  const started = ok(await api.initiate({ size: bytes.length, ...request }));
  const parts = await putParts(started, started.parts, bytes);
  if (started.totalParts > 1) ok(await api.complete(started.fileId, parts));
  return started.fileId;
}

export const uploadText = (api: Api, text: string, rest: InitiateBody = {}): Promise<string> =>
  upload(api, plainText(text, rest), Buffer.from(text));

const ends = ['ready', 'failed', 'rejected', 'aborted', 'expired'];

/** Waits for a status; a file that ended otherwise fails at once. */
export async function untilStatus(api: Api, fileId: string, status: string) {
  let last: unknown;
  return eventually(
    `file ${fileId} is ${status}`,
    async () => {
      const file = ok(await api.file(fileId));
      last = { status: file.status, reason: file.reason };
      if (file.status === status) return file;
      if (ends.includes(file.status)) throw new Error(`file ${fileId} is ${JSON.stringify(last)}`);
      return undefined;
    },
    { seen: () => last },
  );
}

/** A short text that is ready. */
export async function readyText(api: Api, rest: InitiateBody = {}): Promise<string> {
  const id = await uploadText(api, 'hello', { filename: 'a.txt', ...rest });
  await untilStatus(api, id, 'ready');
  return id;
}

/** The types of the file's events, oldest first. */
export const eventsOf = async (api: Api, fileId: string): Promise<string[]> =>
  ok(await api.timeline(fileId)).events.map((event) => event.type);

export async function download(url: string): Promise<{ bytes: Buffer; headers: Headers }> {
  const response = await fetch(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!response.ok) throw new Error(`S3 answered ${response.status}: ${bytes}`);
  return { bytes, headers: response.headers };
}

/** Keys of every version (and delete marker) that a tenant's files have in one of the buckets: its search index is of none. */
export async function versionsOf(
  { s3, stack }: Engine,
  bucket: keyof Engine['stack']['buckets'],
  tenantId: string,
): Promise<string[]> {
  const found: string[] = [];
  let page: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const answer = await s3.send(
      new ListObjectVersionsCommand({
        Bucket: stack.buckets[bucket],
        Prefix: `${tenantPrefix}${tenantId}/`,
        ...page,
      }),
    );
    const all = [...(answer.Versions ?? []), ...(answer.DeleteMarkers ?? [])];
    const ofFiles = all.filter(({ Key }) => !Key?.startsWith(searchSegmentKey(tenantId, '')));
    found.push(...ofFiles.map(({ Key }) => String(Key)));
    if (!answer.IsTruncated) return found;
    page = { KeyMarker: answer.NextKeyMarker, VersionIdMarker: answer.NextVersionIdMarker };
  }
}

/** S3's multipart uploads in progress of one tenant, by key. */
export async function multipartUploadsOf({ s3, stack }: Engine, tenantId: string): Promise<string[]> {
  const found: string[] = [];
  let page: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (;;) {
    const answer = await s3.send(
      new ListMultipartUploadsCommand({
        Bucket: stack.buckets.intake,
        Prefix: `${tenantPrefix}${tenantId}/`,
        ...page,
      }),
    );
    found.push(...(answer.Uploads ?? []).map(({ Key }) => String(Key)));
    if (!answer.IsTruncated) return found;
    page = { KeyMarker: answer.NextKeyMarker, UploadIdMarker: answer.NextUploadIdMarker };
  }
}
