import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createSluiceClient } from '../../../client/index.ts';

/** Uploads files as a page does, in a process of its own: run by the stack's tests. Prints the ids of the files. */
export interface UploadOrder {
  readonly apiUrl: string;
  readonly token: string;
  readonly paths: readonly string[];
}

const patienceMs = 60_000;

async function uploadFiles({ apiUrl, token, paths }: UploadOrder): Promise<(string | undefined)[]> {
  const client = createSluiceClient({
    baseUrl: apiUrl,
    tokens: { accessToken: async () => token, renew: async () => token },
  });
  const uploads = client.queue.add(
    paths.map((path) => ({ source: new File([readFileSync(path)], basename(path)), path: '/' })),
  );
  const end = Date.now() + patienceMs;
  while (uploads.some(({ phase }) => phase !== 'finished')) {
    const failed = uploads.find(({ phase }) => phase === 'failed' || phase === 'rejected');
    if (failed) throw new Error(`${failed.phase}: ${failed.snapshot().error?.message}`);
    if (Date.now() > end) throw new Error('the uploads did not end');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return uploads.map(({ fileId }) => fileId);
}

const order = JSON.parse(process.argv[2] ?? '') as UploadOrder;
process.stdout.write(JSON.stringify(await uploadFiles(order)));
// What still watches or beats is nobody's any more.
process.exit();
