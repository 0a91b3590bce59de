import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listUnfinished, matchSource, type UploadQueue } from '../../client/index.ts';
import { ResumeStore } from '../../client/resume-store.ts';
import { FakeSluice } from './support/fake-sluice.ts';
import { bytesOf, clientOf, fileOf, memoryStorage, start, until } from './support/harness.ts';

let server: FakeSluice;
beforeEach(async () => {
  server = await new FakeSluice().start();
});
afterEach(() => server.stop());

describe('after a reload', () => {
  it('finds the unfinished upload, knows its file again and sends only the missing parts', async () => {
    const bytes = bytesOf(41);
    const storage = memoryStorage();
    server.putDelayMs = 10;
    const before = clientOf(server, { storage, partsPerFile: 2 });
    const [begun] = before.queue.add([{ source: fileOf('film.mp4', bytes), path: '/' }]);
    await until(() => server.puts.length >= 4);
    before.queue.pauseAll();
    // A PUT that was given up may reach the server all the same, a moment later.
    await new Promise((resolve) => setTimeout(resolve, 60));
    await until(() => server.putsInFlight === 0);
    const sent = [...server.puts];

    const after = clientOf(server, { storage });
    const [unfinished] = await listUnfinished(after.api, after.queue.openFileIds());
    if (!unfinished) throw new Error('not listed');
    expect(matchSource(unfinished, fileOf('film.mp4', bytes), after.resumeStore)).toBe('same');
    const resumed = after.queue.addUnfinished(unfinished, fileOf('film.mp4', bytes));
    await until(() => resumed.phase === 'finished');

    expect(resumed.fileId).toBe(begun?.fileId);
    expect(server.bytesOf(resumed.fileId ?? '')).toEqual(bytes);
    expect(new Set(server.puts).size).toBe(server.puts.length);
    expect(server.puts.slice(sent.length)).toHaveLength(11 - sent.length);
    expect(await listUnfinished(after.api, new Set())).toEqual([]);
  });

  it('goes on replacing a file, and follows the replacement and not the file', async () => {
    const bytes = bytesOf(12);
    const before = clientOf(server);
    const file = start(before, 'a.bin', bytesOf(4));
    await until(() => file.phase === 'finished');
    server.interceptPut = (_, partNumber) => (partNumber === 2 ? { status: 400 } : undefined);
    const begun = start(before, 'a.bin', bytes, { onConflict: 'replace' });
    await until(() => begun.phase === 'failed');
    server.interceptPut = () => undefined;
    server.statuses = ['inspecting', 'rejected'];

    const after = clientOf(server);
    const [unfinished] = await listUnfinished(after.api, after.queue.openFileIds());
    if (!unfinished) throw new Error('not listed');
    const resumed = after.queue.addUnfinished(unfinished, fileOf('a.bin', bytes));
    await until(() => resumed.phase === 'rejected');

    expect(resumed.fileId).toBe(file.fileId);
    expect(server.bytesOf(resumed.fileId ?? '')).toEqual(bytes);
  });

  it('takes a part of the wrong length for missing', async () => {
    const bytes = bytesOf(12);
    const left = server.leaveBehind('a.bin', bytes, [1, 2, 3]);
    left.parts.set(2, { size: 1, etag: '"short"', body: Buffer.alloc(1) });
    const client = clientOf(server);
    const [unfinished] = await listUnfinished(client.api, new Set());
    if (!unfinished) throw new Error('not listed');

    const resumed = client.queue.addUnfinished(unfinished, fileOf('a.bin', bytes));
    await until(() => resumed.phase === 'finished');

    expect(server.puts).toEqual([`${left.fileId}/2`]);
    expect(server.bytesOf(left.fileId)).toEqual(bytes);
  });

  it('does not take another file for the same', async () => {
    const bytes = bytesOf(12);
    const left = server.leaveBehind('a.bin', bytes, [1]);
    const store = new ResumeStore(memoryStorage(), Date.now);
    const [unfinished] = await listUnfinished(clientOf(server).api, new Set());
    if (!unfinished) throw new Error('not listed');

    expect(matchSource(unfinished, fileOf('a.bin', bytes), store)).toBe('plausible');
    expect(matchSource(unfinished, fileOf('a.bin', bytesOf(13)), store)).toBe('different');
    store.remember(left.fileId, fileOf('a.bin', bytes));
    expect(matchSource(unfinished, fileOf('a.bin', bytes), store)).toBe('same');
    expect(matchSource(unfinished, fileOf('a.bin', bytes, 1), store)).toBe('different');
  });

  it('forgets fingerprints that no upload can need any more', () => {
    const storage = memoryStorage();
    let now = 0;
    const store = new ResumeStore(storage, () => now);
    store.remember('old', fileOf('a', bytesOf(1)));
    now = 9 * 24 * 60 * 60 * 1000;

    store.remember('new', fileOf('b', bytesOf(1)));

    expect(storage.length).toBe(1);
    expect(store.fingerprintOf('old')).toBeUndefined();
  });

  it('leaves out what this page is running itself', async () => {
    const left = server.leaveBehind('a.bin', bytesOf(12), [1]);

    expect(await listUnfinished(clientOf(server).api, new Set([left.fileId]))).toEqual([]);
  });
});

/** The locks that the tabs of one browser share. */
function recordedLocks() {
  const held = new Set<string>();
  const everHeld: string[] = [];
  const hold = (fileId: string) => {
    held.add(fileId);
    everHeld.push(fileId);
    return () => held.delete(fileId);
  };
  return { locks: { hold, held: async () => held }, held, everHeld };
}

/** Acts between the question and the answer of the next initiation. */
function whileInitiating(act: () => void): void {
  server.intercept = (call) => {
    if (call.path.endsWith('/initiate')) act();
    return undefined;
  };
}

describe('an abandoned queue', () => {
  it('lets go of lock and heartbeat, and what it sent waits for another page that remembers it in turn', async () => {
    const bytes = bytesOf(41);
    const { locks, held } = recordedLocks();
    server.putDelayMs = 10;
    server.heartbeatSeconds = 1;
    const before = clientOf(server, { locks, partsPerFile: 1 });
    const [begun] = before.queue.add([{ source: fileOf('film.mp4', bytes), path: '/' }]);
    await until(() => server.puts.length >= 2 && server.called(/heartbeat$/).length >= 1);
    expect([...held]).toEqual([begun?.fileId]);

    const beats = server.called(/heartbeat$/).length;
    before.queue.abandonAll();

    expect(held.size).toBe(0);
    // Ten intervals; one beat may have been on its way already.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.called(/heartbeat$/).length).toBeLessThanOrEqual(beats + 1);

    const after = clientOf(server, { locks, storage: memoryStorage() });
    const [unfinished] = await listUnfinished(after.api, await locks.held());
    if (!unfinished) throw new Error('not listed');
    const resumed = after.queue.addUnfinished(unfinished, fileOf('film.mp4', bytes));
    expect([...held]).toEqual([begun?.fileId]);
    expect(matchSource(unfinished, fileOf('film.mp4', bytes), after.resumeStore)).toBe('same');
    await until(() => resumed.phase === 'finished');
    expect(server.bytesOf(resumed.fileId ?? '')).toEqual(bytes);
    expect(held.size).toBe(0);
    expect(after.resumeStore?.fingerprintOf(unfinished.fileId)).toBeUndefined();
  });

  it.each([
    ['running', () => undefined],
    ['paused', (queue: UploadQueue) => queue.pauseAll()],
  ])(
    'while an upload is being initiated (%s) does not keep what the answer opens from other tabs',
    async (_, before) => {
      const { locks, held, everHeld } = recordedLocks();
      server.heartbeatSeconds = 1;
      const client = clientOf(server, { locks });
      whileInitiating(() => {
        before(client.queue);
        client.queue.abandonAll();
      });

      const [upload] = client.queue.add([{ source: fileOf('film.mp4', bytesOf(41)), path: '/' }]);
      await until(() => upload?.fileId !== undefined);

      expect(everHeld).toEqual([upload?.fileId]);
      expect(held.size).toBe(0);
      // Five intervals of the heartbeat.
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(upload?.phase).toBe('paused');
      expect(server.puts).toEqual([]);
      expect(server.called(/heartbeat$/)).toEqual([]);
      const listed = await listUnfinished(clientOf(server).api, await locks.held());
      expect(listed.map(({ fileId }) => fileId)).toEqual([upload?.fileId]);
    },
  );

  it('keeps the lock when somebody goes on with the upload before the answer arrives', async () => {
    const { locks, held } = recordedLocks();
    server.putDelayMs = 10;
    const client = clientOf(server, { locks });
    whileInitiating(() => {
      client.queue.abandonAll();
      client.queue.resumeAll();
    });

    const [upload] = client.queue.add([{ source: fileOf('film.mp4', bytesOf(41)), path: '/' }]);
    await until(() => server.putsInFlight > 0);

    expect([...held]).toEqual([upload?.fileId]);
    await until(() => upload?.phase === 'finished');
    expect(held.size).toBe(0);
  });
});
