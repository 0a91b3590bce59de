import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { type ServedSource, serveSource } from '../../../lambdas/adapters/ffmpeg/source-server.ts';

const MiB = 1024 * 1024;
const blockBytes = 4 * MiB;

/** Bytes that tell where they lie. */
const byteAt = (at: number): number => (at * 31 + (at >> 8)) % 251;

function recording(bytes: number) {
  const reads: string[] = [];
  const aborted: string[] = [];
  return {
    ...{ bytes, reads, aborted },
    async open({ from, to }: { from: number; to: number }, signal: AbortSignal) {
      reads.push(`${from / MiB}-${to / MiB}`);
      signal.addEventListener('abort', () => aborted.push(`${from / MiB}-${to / MiB}`));
      return (async function* () {
        const chunk = Buffer.allocUnsafe(to - from);
        for (let index = 0; index < chunk.length; index += 1) chunk[index] = byteAt(from + index);
        yield chunk;
      })();
    },
  };
}

describe('the source as an encoder reads it', () => {
  let served: ServedSource | undefined;
  const serve = async (
    source: Parameters<typeof serveSource>[0],
    onFailure: (error: unknown) => void = () => undefined,
  ) => {
    served = await serveSource(source, onFailure);
    return served.url;
  };
  afterEach(() => served?.close());

  it('answers a range across blocks with exactly its bytes', async () => {
    const url = await serve(recording(9 * MiB));
    const [from, to] = [blockBytes - 3, blockBytes + 4];

    const response = await fetch(url, { headers: { range: `bytes=${from}-${to - 1}` } });

    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${9 * MiB}`);
    const expected = Array.from({ length: to - from }, (_, index) => byteAt(from + index));
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual(expected);
  });

  it('answers an open range up to the end, the whole, and HEAD', async () => {
    const url = await serve(recording(1_000));

    const tail = await fetch(url, { headers: { range: 'bytes=990-' } });
    expect((await tail.arrayBuffer()).byteLength).toBe(10);
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(1_000);
    const head = await fetch(url, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe('1000');
    expect(head.headers.get('accept-ranges')).toBe('bytes');
  });

  it('refuses ranges behind the end, other methods and every other path', async () => {
    const url = await serve(recording(1_000));
    const status = async (address: string, init?: RequestInit) => (await fetch(address, init)).status;

    expect(await status(url, { headers: { range: 'bytes=1000-' } })).toBe(416);
    expect(await status(url, { method: 'PUT' })).toBe(405);
    expect(await status(new URL('/', url).href)).toBe(404);
    expect(await status(`${url}0`)).toBe(404);
    expect(await status(`${url}/../..`)).toBe(404);
  });

  it('listens on loopback alone', async () => {
    const { port } = new URL(await serve(recording(1_000)));
    const elsewhere = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ family, internal }) => family === 'IPv4' && !internal);

    if (elsewhere) await expect(fetch(`http://${elsewhere.address}:${port}/`)).rejects.toThrow();
  });

  it('reads one block ahead and no further, however long nobody takes it', async () => {
    const source = recording(100 * MiB);
    const url = await serve(source);

    await firstBytes(url);
    await new Promise((resolve) => setTimeout(resolve, 200));

    expect(source.reads.length).toBeLessThanOrEqual(4);
  });

  it('reads nothing twice when an encoder jumps back and forth', async () => {
    const source = recording(40 * MiB);
    const url = await serve(source);

    for (let jump = 0; jump < 5; jump += 1) {
      for (const at of [jump * 1_000, 20 * MiB + jump * 1_000]) {
        await (await fetch(url, { headers: { range: `bytes=${at}-${at + 10}` } })).arrayBuffer();
      }
    }

    expect(source.reads.toSorted()).toEqual(['0-4', '20-24', '24-28', '4-8']);
  });

  it('says what the original throws, and breaks the connection off', async () => {
    const failures: unknown[] = [];
    const broken = new Error('the bucket is gone');
    const url = await serve({ bytes: 1_000, open: () => Promise.reject(broken) }, (error) =>
      failures.push(error),
    );

    const answer = fetch(url).then((response) => response.arrayBuffer());
    await expect(answer).rejects.toThrow();

    expect(failures).toEqual([broken]);
  });

  it('takes an original that gives too few bytes for a failure', async () => {
    const failures: unknown[] = [];
    const open = async () =>
      (async function* () {
        yield Buffer.alloc(10);
      })();
    const url = await serve({ bytes: 1_000, open }, (error) => failures.push(error));

    await expect(fetch(url).then((response) => response.arrayBuffer())).rejects.toThrow();

    expect(String(failures[0])).toContain('10 bytes of 1000');
  });

  it('ends what it reads when it is closed', async () => {
    const aborted: string[] = [];
    const failures: unknown[] = [];
    const never = (_range: unknown, signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted.push('read');
          reject(signal.reason);
        });
      });
    const url = await serve({ bytes: 1_000, open: never }, (error) => failures.push(error));
    const answer = fetch(url).then((response) => response.arrayBuffer());
    const refused = expect(answer).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));

    await served?.close();

    await refused;
    expect(aborted).toEqual(['read']);
    expect(failures).toEqual([]);
  });
});

/** Takes the first bytes and then nothing more, with the connection open. */
const firstBytes = (url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const asked = request(url, (response) => {
      response.once('readable', () => {
        response.read(10);
        resolve();
      });
    });
    asked.on('error', () => undefined);
    asked.once('error', reject);
    asked.end();
  });
