import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { problem } from './support/fake-server.ts';
import { FakeSluice } from './support/fake-sluice.ts';
import { bytesOf, clientOf, start, until } from './support/harness.ts';

let server: FakeSluice;
beforeEach(async () => {
  server = await new FakeSluice().start();
});
afterEach(() => server.stop());

describe('one file', () => {
  it('arrives byte by byte, in parallel parts within the bound, and ends ready', async () => {
    const bytes = bytesOf(41);
    server.putDelayMs = 5;
    const upload = start(clientOf(server, { partsPerFile: 3 }), 'photo.jpg', bytes);

    await until(() => upload.phase === 'finished');

    expect(server.bytesOf(upload.fileId ?? '')).toEqual(bytes);
    expect(server.maxPutsInFlight).toBe(3);
    expect(server.puts).toHaveLength(11);
    expect(upload.snapshot()).toMatchObject({ fileStatus: 'ready', uploadedBytes: 41, partsDone: 11 });
  });

  it('of 0 bytes is one empty part, completed like any other', async () => {
    const upload = start(clientOf(server), 'empty.txt', Buffer.alloc(0));

    await until(() => upload.phase === 'finished');

    expect(server.puts).toEqual([`${upload.fileId}/1`]);
    expect(server.called(/complete$/)[0]?.body).toEqual({ parts: [{ partNumber: 1, etag: '"etag-1"' }] });
  });

  it('announces itself with name, type and an idempotency key, and repeats the same key after a lost answer', async () => {
    let lost = 0;
    server.intercept = (call) => (call.path.endsWith('initiate') && lost++ === 0 ? 'drop' : undefined);
    const upload = start(clientOf(server), 'clip.mov', bytesOf(3));

    await until(() => upload.phase === 'finished');

    const [first, second] = server.called(/initiate$/);
    expect(first?.body).toMatchObject({
      path: '/',
      filename: 'clip.mov',
      mimeType: 'video/quicktime',
      size: 3,
    });
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect(server.uploads.size).toBe(1);
  });

  it('tells the rejection and its reason', async () => {
    server.statuses = ['inspecting', 'rejected'];
    const upload = start(clientOf(server), 'bad.exe', bytesOf(3));

    await until(() => upload.phase === 'rejected');

    expect(upload.snapshot()).toMatchObject({ fileStatus: 'rejected', reason: 'malware_found' });
  });

  it('asks S3 for the ETags that the browser may not see', async () => {
    server.exposeEtag = false;
    const upload = start(clientOf(server), 'a.bin', bytesOf(10));

    await until(() => upload.phase === 'finished');

    expect(server.called(/GET .*\/parts$/)).toHaveLength(1);
  });

  it('sends again what complete says is missing', async () => {
    const upload = start(clientOf(server), 'a.bin', bytesOf(12));
    server.intercept = (call) => {
      if (!call.path.endsWith('/complete') || server.called(/complete$/).length > 1) return undefined;
      // S3 lost a part between our PUT and our complete.
      server.uploads.get(upload.fileId ?? '')?.parts.delete(2);
      return undefined;
    };

    await until(() => upload.phase === 'finished');

    expect(server.puts.filter((put) => put.endsWith('/2'))).toHaveLength(2);
    expect(server.puts).toHaveLength(4);
  });

  it('takes a completion that was lost on its way back for what it is', async () => {
    const upload = start(clientOf(server), 'a.bin', bytesOf(12));
    server.intercept = (call) => {
      const arrived = server.uploads.get(upload.fileId ?? '');
      if (!call.path.endsWith('/complete') || !arrived) return undefined;
      arrived.state = 'completed';
      return problem(409, 'upload_state_conflict');
    };

    await until(() => upload.phase === 'finished');
  });
});

describe('an upload that replaces the content of a file', () => {
  const replace = { onConflict: 'replace' } as const;

  it('is followed by its own progress, though the file is ready all along, and ends with the new content', async () => {
    const client = clientOf(server);
    const first = start(client, 'a.bin', bytesOf(12));
    await until(() => first.phase === 'finished');
    server.statuses = ['uploaded', 'inspecting', 'stored', 'ready'];
    const upload = start(client, 'a.bin', bytesOf(8), replace);
    const seen: unknown[] = [];
    upload.events.on('change', () => {
      const { phase, fileStatus } = upload.snapshot();
      if (phase === 'processing') seen.push(fileStatus);
    });

    await until(() => upload.phase === 'finished');

    expect(upload.fileId).toBe(first.fileId);
    expect([...new Set(seen)]).toEqual(['uploaded', 'inspecting', 'stored']);
    expect(server.called(/status$/).length).toBeGreaterThanOrEqual(4);
  });

  it('tells that it was rejected, whatever the file is', async () => {
    const client = clientOf(server);
    const first = start(client, 'a.bin', bytesOf(12));
    await until(() => first.phase === 'finished');
    server.statuses = ['inspecting', 'rejected'];
    const upload = start(client, 'a.bin', bytesOf(8), replace);

    await until(() => upload.phase === 'rejected');

    expect(upload.snapshot()).toMatchObject({ fileStatus: 'rejected', reason: 'malware_found' });
  });

  it('has not arrived because the file that it is to replace is there', async () => {
    const client = clientOf(server);
    const first = start(client, 'a.bin', bytesOf(12));
    await until(() => first.phase === 'finished');
    server.intercept = (call) =>
      call.path.endsWith('/complete') ? problem(409, 'upload_state_conflict') : undefined;
    const upload = start(client, 'a.bin', bytesOf(8), replace);

    await until(() => upload.phase === 'failed');

    expect(upload.snapshot().error).toMatchObject({ code: 'upload_state_conflict' });
  });
});
