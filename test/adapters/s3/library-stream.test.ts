import { Readable } from 'node:stream';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { streamLibrary } from '../../../lambdas/adapters/s3/library-stream.ts';

const content = Buffer.from('0123456789abcdef');

describe('the stream of a library object', () => {
  const s3 = mockClient(S3Client);
  const open = streamLibrary(new S3Client({ region: 'eu-west-1' }), 'library', { key: 'K', versionId: 'V' });
  const ranges = () => s3.commandCalls(GetObjectCommand).map(({ args }) => args[0].input.Range);
  beforeEach(() => {
    s3.reset();
    // Pauses of no length.
    vi.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Answers a range with as many bytes as are left before the connection breaks. */
  const serve = (...breaksAfter: readonly number[]): void => {
    const breaks = [...breaksAfter];
    s3.on(GetObjectCommand).callsFake(({ Range }: { Range: string }) => {
      const [, from, last] = /^bytes=(\d+)-(\d+)$/.exec(Range) ?? [];
      const bytes = content.subarray(Number(from), Number(last) + 1);
      const left = breaks.shift();
      return { Body: left === undefined ? Readable.from([bytes]) : broken(bytes.subarray(0, left)) };
    });
  };

  async function* broken(bytes: Buffer): AsyncGenerator<Uint8Array> {
    if (bytes.length > 0) yield bytes;
    throw new Error('the connection broke');
  }

  const read = async (from: number, to: number, signal = new AbortController().signal): Promise<string> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await open({ from, to }, signal)) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };

  it('has exactly the bytes that were asked for, of exactly that version', async () => {
    serve();

    expect(await read(2, 6)).toBe('2345');
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toEqual({
      ...{ Bucket: 'library', Key: 'K', VersionId: 'V' },
      Range: 'bytes=2-5',
    });
  });

  it('goes on where its connection broke', async () => {
    serve(3, 0, 5);

    expect(await read(0, 16)).toBe(content.toString());
    expect(ranges()).toEqual(['bytes=0-15', 'bytes=3-15', 'bytes=3-15', 'bytes=8-15']);
  });

  it('gives up what keeps breaking', async () => {
    serve(...Array.from({ length: 20 }, () => 0));

    await expect(read(0, 16)).rejects.toThrow('the connection broke');
    expect(ranges()).toHaveLength(6);
  });

  it('ends when it is told to, and does not try again', async () => {
    serve(1, 1, 1);
    const controller = new AbortController();
    controller.abort();

    await expect(read(0, 16, controller.signal)).rejects.toThrow();
    expect(ranges()).toHaveLength(1);
  });
});
