import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queueTotals, type UploadPhase } from '../../client/index.ts';
import { problem } from './support/fake-server.ts';
import { FakeSluice } from './support/fake-sluice.ts';
import { bytesOf, clientOf, fileOf, until } from './support/harness.ts';

let server: FakeSluice;
beforeEach(async () => {
  server = await new FakeSluice().start();
});
afterEach(() => server.stop());

const requests = (count: number, bytes = 8) =>
  Array.from({ length: count }, (_, index) => ({
    source: fileOf(`f${index}.bin`, bytesOf(bytes)),
    path: '/',
  }));

describe('the queue', () => {
  it('keeps no more files in flight than configured', async () => {
    server.putDelayMs = 5;
    const client = clientOf(server, { maxFilesInFlight: 2 });
    let most = 0;
    client.queue.events.on('change', () => {
      most = Math.max(most, server.slots.used);
    });

    const uploads = client.queue.add(requests(6));
    await until(() => uploads.every((upload) => upload.phase === 'finished'));

    expect(most).toBe(2);
  });

  it('keeps no more files in flight than the server has slots left', async () => {
    server.slots = { used: 4, max: 5 };
    server.putDelayMs = 5;

    const uploads = clientOf(server, { maxFilesInFlight: 3 }).queue.add(requests(4));
    await until(() => uploads.every((upload) => upload.phase === 'finished'));

    expect(server.called(/initiate$/)).toHaveLength(4);
  });

  it('waits in line when all slots are taken, and goes on when one is free', async () => {
    server.slots = { used: 5, max: 5 };
    const uploads = clientOf(server).queue.add(requests(2));
    const [first] = uploads;
    await until(() => server.called(/initiate$/).length >= 2 && first?.snapshot().error !== undefined);
    expect(first?.snapshot()).toMatchObject({
      phase: 'queued',
      error: { code: 'concurrency_limit_exceeded' },
    });

    server.slots.used = 3;

    await until(() => uploads.every((upload) => upload.phase === 'finished'));
  });

  it('waits and retries when it was too fast', async () => {
    let refusals = 3;
    server.intercept = (call) =>
      call.path.endsWith('initiate') && refusals-- > 0
        ? { ...problem(429, 'rate_limited'), headers: { 'retry-after': '20' } }
        : undefined;

    const uploads = clientOf(server).queue.add(requests(3));

    await until(() => uploads.every((upload) => upload.phase === 'finished'));
  });

  it('fails at once where waiting does not help, and lets the others pass', async () => {
    server.intercept = (call) =>
      call.path.endsWith('initiate') && (call.body as { filename: string }).filename === 'f0.bin'
        ? problem(403, 'quota_exceeded')
        : undefined;

    const [first, second] = clientOf(server).queue.add(requests(2));

    await until(() => second?.phase === 'finished');
    expect(first?.snapshot()).toMatchObject({
      phase: 'failed',
      error: { code: 'quota_exceeded', status: 403 },
    });
  });

  it('asks again under another name when told to keep both', async () => {
    server.intercept = (call) =>
      call.path.endsWith('initiate') && (call.body as { onConflict?: string }).onConflict !== 'rename'
        ? problem(409, 'name_conflict')
        : undefined;
    const client = clientOf(server);
    const [upload] = client.queue.add(requests(1));
    await until(() => upload?.phase === 'failed');

    client.queue.resume(upload?.id ?? '', { onConflict: 'rename' });

    await until(() => upload?.phase === 'finished');
    const keys = server.called(/initiate$/).map((call) => call.headers['idempotency-key']);
    expect(new Set(keys).size).toBe(2);
  });

  it('pauses and resumes all', async () => {
    server.putDelayMs = 5;
    const client = clientOf(server, { maxFilesInFlight: 2 });
    const uploads = client.queue.add(requests(5, 40));
    await until(() => server.puts.length >= 2);

    client.queue.pauseAll();
    expect(uploads.every((upload) => upload.phase === 'paused')).toBe(true);
    client.queue.resumeAll();

    await until(() => uploads.every((upload) => upload.phase === 'finished'));
    const totals = queueTotals(uploads.map((upload) => upload.snapshot()));
    expect(totals).toMatchObject({ files: 5, filesSent: 5, filesFailed: 0, bytes: 200, uploadedBytes: 200 });
  });

  it('counts neither the bytes of failed files nor the time of paused ones', () => {
    const client = clientOf(server);
    const [upload] = client.queue.add(requests(1, 10));
    if (!upload) throw new Error('not added');
    const at = (phase: UploadPhase, uploadedBytes: number, bytesPerSecond = 0) => ({
      ...upload.snapshot(),
      ...{ phase, uploadedBytes, bytesPerSecond, size: 10 },
    });

    const totals = queueTotals([at('uploading', 4, 2), at('paused', 5), at('failed', 3), at('cancelled', 1)]);
    const ended = queueTotals([at('finished', 10), at('rejected', 10)]);

    expect(ended).toMatchObject({ files: 2, filesSent: 1, filesRejected: 1 });
    expect(totals).toMatchObject({ files: 3, filesFailed: 1, bytes: 20, uploadedBytes: 9, etaSeconds: 3 });
  });
});
