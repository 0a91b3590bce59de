import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeSluice, problem } from './support/fake-sluice.ts';
import { bytesOf, clientOf, fileOf, hastyTiming, until } from './support/harness.ts';

let server: FakeSluice;
beforeEach(async () => {
  server = await new FakeSluice().start();
});
afterEach(() => server.stop());

const start = (client: ReturnType<typeof clientOf>, name: string, bytes: Buffer) => {
  const [upload] = client.queue.add([{ source: fileOf(name, bytes), path: '/' }]);
  if (!upload) throw new Error('no upload');
  return upload;
};

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

const DENIED =
  '<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>s3-req-1</RequestId></Error>';
const EXPIRED = '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>';

/** The waits between the attempts of a file's first part; the jitter is half of its bound. */
function recordedWaits() {
  const recorded: number[] = [];
  const sleep = (ms: number, signal?: AbortSignal) => {
    // Neither a heartbeat's interval nor the polling after the last byte is a retry.
    if (ms < server.heartbeatSeconds * 1000 && server.puts.length === 0) recorded.push(ms);
    return hastyTiming.sleep(ms, signal);
  };
  return { waits: () => recorded, timing: { ...hastyTiming, random: () => 0.5, sleep } };
}

describe('a part', () => {
  it('is retried through broken connections and S3 errors, and only that part', async () => {
    server.interceptPut = (_, partNumber, attempt) => {
      if (partNumber !== 2) return undefined;
      return [undefined, 'drop' as const, { status: 503, body: '<Error><Code>SlowDown</Code></Error>' }][
        attempt
      ];
    };
    const upload = start(clientOf(server), 'a.bin', bytesOf(12));

    await until(() => upload.phase === 'finished');

    expect(server.puts.map((put) => put.split('/')[1]).sort()).toEqual(['1', '2', '3']);
  });

  it('is given up after its limit of attempts, and a retry sends only what is missing', async () => {
    let attempts = 0;
    let broken = true;
    server.interceptPut = (_, partNumber) => {
      if (partNumber !== 3 || !broken) return undefined;
      attempts++;
      return { status: 500, body: '<Error><Code>InternalError</Code></Error>' };
    };
    const client = clientOf(server, { partRetry: { maxAttempts: 4, baseDelayMs: 10, maxDelayMs: 20 } });
    const upload = start(client, 'a.bin', bytesOf(12));

    await until(() => upload.phase === 'failed');
    expect(attempts).toBe(4);
    expect(upload.snapshot().error).toMatchObject({ code: 'storage_refused', status: 500 });

    broken = false;
    client.queue.resume(upload.id);
    await until(() => upload.phase === 'finished');
    expect(server.puts).toHaveLength(3);
  });

  it('gets a fresh URL before its own expires', async () => {
    server.urlLifetimeMs = 1_000;
    const upload = start(clientOf(server), 'a.bin', bytesOf(12));

    await until(() => upload.phase === 'finished');

    expect(server.called(/parts\/urls$/).length).toBeGreaterThan(0);
    expect(server.puts).toHaveLength(3);
  });

  it('gets a fresh URL when S3 says that its own has expired', async () => {
    server.interceptPut = (_, __, attempt) =>
      attempt === 1 ? { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' } : undefined;
    const upload = start(clientOf(server), 'a.bin', bytesOf(4));

    await until(() => upload.phase === 'finished');

    expect(server.called(/parts\/urls$/)).toHaveLength(1);
  });

  it('that S3 denies with a fresh URL too fails at once, with a clear error', async () => {
    let attempts = 0;
    server.interceptPut = () => {
      attempts++;
      return { status: 403, body: DENIED };
    };
    const { waits, timing } = recordedWaits();
    const upload = start(clientOf(server, { timing }), 'a.bin', bytesOf(4));

    await until(() => upload.phase === 'failed');

    expect(attempts).toBe(2);
    expect(waits()).toEqual([]);
    expect(server.called(/parts\/urls$/)).toHaveLength(1);
    expect(upload.snapshot().error).toMatchObject({
      code: 'storage_refused',
      status: 403,
      detail: expect.stringMatching(/denies access to part 1 \(AccessDenied\)/),
      requestId: 's3-req-1',
    });
  });

  it.each([
    ['an expired URL', 403, EXPIRED],
    ['an expired token', 400, '<Error><Code>ExpiredToken</Code></Error>'],
    ['a wrong signature', 403, '<Error><Code>SignatureDoesNotMatch</Code></Error>'],
    ['a 403 that says nothing', 403, ''],
  ])(
    'refused for %s again and again is tried once at once, then with growing waits, up to the limit',
    async (_, status, body) => {
      let attempts = 0;
      server.interceptPut = () => {
        attempts++;
        return { status, body };
      };
      const { waits, timing } = recordedWaits();
      const partRetry = { maxAttempts: 5, baseDelayMs: 100, maxDelayMs: 500 };
      const upload = start(clientOf(server, { timing, partRetry }), 'a.bin', bytesOf(4));

      await until(() => upload.phase === 'failed');

      expect(attempts).toBe(5);
      // Half of 200, 400 and the ceiling of 500: the first failure is followed by none.
      expect(waits()).toEqual([100, 200, 250]);
      expect(server.called(/parts\/urls$/)).toHaveLength(4);
      expect(upload.snapshot().error).toMatchObject({ code: 'storage_refused', status });
    },
  );

  it('has its one try at once, whatever failed before or in between', async () => {
    const answers = [
      { status: 503, body: '<Error><Code>SlowDown</Code></Error>' },
      { status: 403, body: EXPIRED },
      { status: 503, body: '<Error><Code>SlowDown</Code></Error>' },
      { status: 403, body: EXPIRED },
    ];
    server.interceptPut = (_, __, attempt) => answers[attempt - 1];
    const { waits, timing } = recordedWaits();
    const partRetry = { maxAttempts: 8, baseDelayMs: 100, maxDelayMs: 10_000 };
    const upload = start(clientOf(server, { timing, partRetry }), 'a.bin', bytesOf(4));

    await until(() => upload.phase === 'finished');

    expect(waits()).toEqual([50, 200, 400]);
    expect(server.puts).toHaveLength(1);
  });

  it('beyond the first URLs asks for them in one call', async () => {
    server.partSize = 1;
    const upload = start(clientOf(server), 'a.bin', bytesOf(130));

    await until(() => upload.phase === 'finished');

    expect(server.called(/parts\/urls$/)).toHaveLength(1);
  });
});

describe('pause, resume and cancel', () => {
  it('stops sending, keeps what arrived, and goes on with the rest only', async () => {
    server.putDelayMs = 10;
    const bytes = bytesOf(60);
    const client = clientOf(server, { partsPerFile: 2 });
    const upload = start(client, 'a.bin', bytes);
    await until(() => server.puts.length >= 3);

    client.queue.pause(upload.id);
    expect(upload.phase).toBe('paused');
    const before = server.puts.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    // What was given up may have reached the server's ears already; nothing comes after it.
    expect(server.puts.length).toBeLessThanOrEqual(before + 2);
    await until(() => server.putsInFlight === 0);
    expect(server.uploads.get(upload.fileId ?? '')?.state).toBe('open');

    client.queue.resume(upload.id);
    await until(() => upload.phase === 'finished');
    expect(server.bytesOf(upload.fileId ?? '')).toEqual(bytes);
    // Only the two that were under way when it stopped may have been sent again.
    expect(server.puts.length).toBeLessThanOrEqual(15 + 2);
    expect(server.called(/initiate$/)).toHaveLength(1);
  });

  it('paused and resumed in the same breath still arrives', async () => {
    server.putDelayMs = 5;
    const client = clientOf(server);
    const upload = start(client, 'a.bin', bytesOf(40));
    await until(() => server.puts.length >= 1);

    client.queue.pause(upload.id);
    client.queue.resume(upload.id);

    await until(() => upload.phase === 'finished');
  });

  it('starts anew by itself when the upload expired during the pause', async () => {
    server.putDelayMs = 5;
    const client = clientOf(server);
    const upload = start(client, 'a.bin', bytesOf(40));
    await until(() => server.puts.length >= 1);
    client.queue.pause(upload.id);
    const first = server.uploads.get(upload.fileId ?? '');
    if (first) first.state = 'expired';

    client.queue.resume(upload.id);

    await until(() => upload.phase === 'finished');
    expect(upload.fileId).not.toBe(first?.fileId);
  });

  it('cancelled ends on the server too', async () => {
    server.putDelayMs = 10;
    const client = clientOf(server);
    const upload = start(client, 'a.bin', bytesOf(60));
    await until(() => server.puts.length >= 1);
    const { fileId } = upload;

    await client.queue.cancel(upload.id);

    expect(upload.phase).toBe('cancelled');
    expect(server.uploads.get(fileId ?? '')?.state).toBe('aborted');
    expect(server.slots.used).toBe(0);
    expect(server.called(/complete$/)).toHaveLength(0);
  });

  it('cancelled while it is being initiated leaves no open upload behind', async () => {
    const client = clientOf(server);
    const upload = start(client, 'a.bin', bytesOf(60));
    const cancelling = new Promise<void>((resolve) => {
      upload.events.on('change', ({ phase }) => {
        if (phase === 'initiating') resolve(client.queue.cancel(upload.id));
      });
    });

    await cancelling;

    expect(server.slots.used).toBe(0);
    expect(server.puts).toEqual([]);
  });
});

describe('heartbeats', () => {
  it('are one call for all running uploads and stop with the last of them', async () => {
    server.putDelayMs = 30;
    server.heartbeatSeconds = 1;
    const client = clientOf(server, { partsPerFile: 1 });
    const uploads = client.queue.add(
      ['a', 'b', 'c'].map((name) => ({ source: fileOf(name, bytesOf(16)), path: '/' })),
    );
    await until(() => uploads.every((upload) => upload.phase === 'finished'));

    const beats = server
      .called(/POST .*heartbeat$/)
      .map((call) => (call.body as { fileIds: string[] }).fileIds);
    expect(beats.length).toBeGreaterThan(2);
    expect(Math.max(...beats.map((fileIds) => fileIds.length))).toBe(3);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.called(/POST .*heartbeat$/)).toHaveLength(beats.length);
  });

  it('that tell of an upload that is gone start it anew', async () => {
    // The one PUT of the first upload hangs for as long as nobody gives it up.
    server.heartbeatSeconds = 1;
    server.putDelayMs = 60_000;
    const upload = start(clientOf(server), 'a.bin', bytesOf(4));
    await until(() => server.putsInFlight === 1);
    const first = server.uploads.get(upload.fileId ?? '');
    if (first) first.state = 'expired';
    server.putDelayMs = 0;

    await until(() => upload.phase === 'finished');

    expect(upload.fileId).not.toBe(first?.fileId);
    expect(server.called(/initiate$/)).toHaveLength(2);
  });
});
