import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeSluice } from './support/fake-sluice.ts';
import { bytesOf, clientOf, fileOf, start, until } from './support/harness.ts';

let server: FakeSluice;
beforeEach(async () => {
  server = await new FakeSluice().start();
});
afterEach(() => server.stop());

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
