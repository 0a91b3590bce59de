import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UploadSource } from '../../client/index.ts';
import { FakeSluice } from './support/fake-sluice.ts';
import { bytesOf, clientOf, fileOf, start, until } from './support/harness.ts';

let server: FakeSluice;
beforeEach(async () => {
  server = await new FakeSluice().start();
});
afterEach(() => server.stop());

const bytes = bytesOf(10);
const declared = () =>
  server.called(/multipart\/initiate$/).map(({ body }) => (body as { checksum?: unknown }).checksum);

describe('the checksum of a file', () => {
  it.each([
    [
      'up to the bound',
      10,
      { algorithm: 'SHA256', value: createHash('sha256').update(bytes).digest('base64') },
    ],
    ['above the bound', 9, undefined],
    ['where nothing is to be declared', 0, undefined],
  ])('%s', async (_name, checksumMaxBytes, expected) => {
    const upload = start(clientOf(server, { checksumMaxBytes }), 'a.bin', bytes);

    await until(() => upload.phase === 'finished');

    expect(declared()).toEqual([expected]);
    expect(server.bytesOf(upload.fileId ?? '')).toEqual(bytes);
  });

  it('cannot be told of a file that was moved since it was chosen: nothing is opened for it', async () => {
    const { name, size, type, lastModified } = fileOf('gone.bin', bytes);
    const gone: UploadSource = {
      ...{ name, size, type, lastModified },
      slice: () =>
        ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotFoundError')) }) as never,
    };
    const [upload] = clientOf(server).queue.add([{ source: gone, path: '/' }]);

    await until(() => upload?.phase === 'failed');

    expect(upload?.snapshot().error?.code).toBe('file_unreadable');
    expect(declared()).toEqual([]);
  });
});
