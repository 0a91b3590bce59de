import { readFileSync } from 'node:fs';
import { Api, ok } from './api.ts';
import { putParts } from './uploads.ts';

/**
 * Another process that knows nothing but the file's id, a token and the bytes: it asks S3, by GET parts, what is
 * missing, sends that and completes. Run by resume.test.ts; prints the numbers of the parts that it sent.
 */
export interface ResumeOrder {
  readonly apiUrl: string;
  readonly token: string;
  readonly fileId: string;
  readonly path: string;
}

async function resume({ apiUrl, token, fileId, path }: ResumeOrder): Promise<number[]> {
  const api = new Api(apiUrl, token);
  const there = ok(await api.parts(fileId));
  const have = new Set(there.parts.map((part) => part.partNumber));
  const missing = Array.from({ length: there.totalParts }, (_, index) => index + 1).filter(
    (n) => !have.has(n),
  );
  const { parts } = ok(await api.partUrls(fileId, { partNumbers: missing }));
  const sent = await putParts(there, parts, readFileSync(path));
  const all = [...there.parts, ...sent].map(({ partNumber, etag }) => ({ partNumber, etag }));
  ok(await api.complete(fileId, all));
  return sent.map((part) => part.partNumber);
}

if (import.meta.main) {
  const order = JSON.parse(process.argv[2] ?? '') as ResumeOrder;
  process.stdout.write(JSON.stringify(await resume(order)));
}
