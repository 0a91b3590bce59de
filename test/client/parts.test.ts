import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeSluice } from './support/fake-sluice.ts';
import { bytesOf, clientOf, hastyTiming, start, until } from './support/harness.ts';

let server: FakeSluice;
beforeEach(async () => {
  server = await new FakeSluice().start();
});
afterEach(() => server.stop());

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
      code: 'storage_denied',
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
