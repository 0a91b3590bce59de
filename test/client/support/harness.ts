import {
  createSluiceClient,
  type FileUpload,
  type KeyValueStorage,
  type SluiceClientOptions,
  type UploadRequest,
} from '../../../client/index.ts';
import { systemTiming } from '../../../client/timing.ts';
import type { FakeSluice } from './fake-sluice.ts';

/** Waits pass at a hundredth of their length, so that backoff and polling keep their order without costing seconds. */
const HASTE = 100;
export const hastyTiming = {
  ...systemTiming,
  sleep: (ms: number, signal?: AbortSignal) => systemTiming.sleep(ms / HASTE, signal),
};

export const clientOf = (server: FakeSluice, options: Partial<SluiceClientOptions> = {}) =>
  createSluiceClient({
    baseUrl: server.url,
    tokens: { accessToken: async () => 'token-1', renew: async () => 'token-2' },
    timing: hastyTiming,
    ...options,
  });

/** Bytes that tell their place. */
export const bytesOf = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (index * 31 + 7) % 251));

export const fileOf = (name: string, bytes: Buffer, lastModified = 1_700_000_000_000): File =>
  new File([new Uint8Array(bytes)], name, { lastModified });

export function memoryStorage(): KeyValueStorage {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

const WAIT_LIMIT_MS = 20_000;

/** @throws when it does not become true in 20 s. */
export async function until(condition: () => boolean, what = condition.toString()): Promise<void> {
  const end = Date.now() + WAIT_LIMIT_MS;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Puts one file in line and gives its upload. */
export function start(
  client: ReturnType<typeof clientOf>,
  name: string,
  bytes: Buffer,
  options: Pick<UploadRequest, 'onConflict'> = {},
): FileUpload {
  const [upload] = client.queue.add([{ source: fileOf(name, bytes), path: '/', ...options }]);
  if (!upload) throw new Error('no upload');
  return upload;
}
