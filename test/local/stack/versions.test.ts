import { describe, expect, inject, it } from 'vitest';
import { type Api, type InitiateBody, ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { photo } from '../../support/images.ts';
import { whilePaused } from '../../support/pipeline.ts';
import { problem } from '../../support/problem.ts';
import { ageSessions, minutesAgo, openSessionKeys, runSweep } from '../../support/sweeping.ts';
import { createTenant, noUsage, storedUsage, usageOf } from '../../support/tenants.ts';
import {
  download,
  eventsOf,
  MiB,
  octets,
  plainText,
  put,
  putParts,
  randomBytesOf,
  upload,
  uploadText,
  versionsOf,
} from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const replacing: InitiateBody = { onConflict: 'replace' };

const bytesOf = async (api: Api, fileId: string, query = {}): Promise<Buffer> =>
  (await download(ok(await api.downloadUrl(fileId, query)).url)).bytes;

/** Waits until the file is done with its nth content. */
const untilVersion = (api: Api, fileId: string, version: number) =>
  eventually(`file ${fileId} is ready in version ${version}`, async () => {
    const file = ok(await api.file(fileId));
    return file.status === 'ready' && file.version === version ? file : undefined;
  });

describe('a photo that is replaced', () => {
  it('serves the old one until promotion, is restored with its renditions, and purged without a rest', async () => {
    const { api, tenantId } = await createTenant(engine);
    const first = await photo({ width: 800, height: 600, quality: 80 });
    const second = await photo({ width: 400, height: 300, quality: 60 });
    const request = { path: '/', filename: 'a.jpg', mimeType: 'image/jpeg', tags: ['kept'] };
    const fileId = await upload(api, request, first);
    await untilVersion(api, fileId, 1);
    const smallOfFirst = await bytesOf(api, fileId, { rendition: 'small' });

    await whilePaused(engine, 'Inspect', async () => {
      const again = await upload(api, { ...request, ...replacing, tags: ['new'] }, second);
      expect(again).toBe(fileId);
      const file = ok(await api.file(fileId));
      expect(file).toMatchObject({ status: 'ready', version: 1, size: first.length, tags: ['kept'] });
      expect(file.replacement).toMatchObject({ startedAt: expect.any(String) });
      expect((await bytesOf(api, fileId)).equals(first)).toBe(true);
      const { used, reserved, files } = await usageOf(api);
      expect({ used, reserved, files }).toEqual({ used: first.length, reserved: second.length, files: 1 });
    });

    const replaced = await untilVersion(api, fileId, 2);
    expect(replaced).toMatchObject({ size: second.length, tags: ['new'] });
    expect(replaced.replacement).toBeUndefined();
    expect((await bytesOf(api, fileId)).equals(second)).toBe(true);
    expect((await bytesOf(api, fileId, { rendition: 'small' })).equals(smallOfFirst)).toBe(false);
    expect((await bytesOf(api, fileId, { version: 1 })).equals(first)).toBe(true);
    const total = { ...storedUsage(first.length + second.length) };
    expect(await usageOf(api)).toEqual(total);

    const { versions } = ok(await api.versions(fileId));
    expect(versions.map(({ version, current, size }) => [version, current, size])).toEqual([
      [2, true, second.length],
      [1, false, first.length],
    ]);
    expect(versions[1]?.renditions.every(({ status }) => status === 'ready')).toBe(true);
    const page = ok(await api.versions(fileId, { limit: 1 }));
    const rest = ok(await api.versions(fileId, { limit: 1, cursor: page.nextCursor }));
    expect([...page.versions, ...rest.versions]).toEqual(versions);

    problem(await api.restoreVersion(fileId, 1, '"1"'), 412, 'precondition_failed');
    problem(await api.restoreVersion(fileId, 7), 404, 'not_found');
    const restored = ok(await api.restoreVersion(fileId, 1, replaced.etag));
    expect(restored).toMatchObject({ version: 3, size: first.length, status: 'ready' });
    expect((await bytesOf(api, fileId)).equals(first)).toBe(true);
    expect((await bytesOf(api, fileId, { rendition: 'small' })).equals(smallOfFirst)).toBe(true);
    expect(ok(await api.versions(fileId)).versions.map(({ version }) => version)).toEqual([3, 2]);
    expect(await usageOf(api)).toEqual(total);
    expect(ok(await api.restoreVersion(fileId, 3)).etag).toBe(restored.etag);
    expect((await eventsOf(api, fileId)).slice(-2)).toEqual(['file.restored', 'file.ready']);

    expect((await api.deleteFile(fileId)).status).toBe(204);
    expect(await usageOf(api)).toEqual(noUsage);
    await eventually('no bytes are left in any bucket', async () => {
      const buckets = ['intake', 'library', 'derived'] as const;
      const left = await Promise.all(buckets.map((bucket) => versionsOf(engine, bucket, tenantId)));
      return left.flat().length === 0;
    });
  });
});

describe('two uploads that are to replace one file', () => {
  it('at the same moment: one does, the other is told that the file is locked', async () => {
    const { api } = await createTenant(engine);
    const fileId = await uploadText(api, 'first', { filename: 'a.txt' });
    await untilVersion(api, fileId, 1);
    const again = plainText('second', { filename: 'a.txt', ...replacing });

    const answers = await Promise.all([api.initiate(again), api.initiate(again)]);

    const started = answers.filter(({ status }) => status === 201).map(ok);
    expect(started).toHaveLength(1);
    const locked = problem(
      answers.find(({ status }) => status !== 201) as (typeof answers)[0],
      409,
      'file_locked',
    );
    expect(locked.detail).toContain('abort');
    problem(await api.deleteFile(fileId), 409, 'file_locked');
    problem(await api.initiate({ ...again, onConflict: 'reject' }), 409, 'name_conflict');
    expect(ok(await api.uploads()).uploads.map((open) => open.uploadId)).toEqual([started[0]?.uploadId]);
    expect(await usageOf(api)).toMatchObject({ used: 5, reserved: 6, files: 1, slots: 1 });
    await put(started[0]?.parts[0] as never, Buffer.from('second'));
    await untilVersion(api, fileId, 2);
    expect(String(await bytesOf(api, fileId))).toBe('second');
    expect(await usageOf(api)).toEqual(storedUsage(11));
  });
});

describe('a replacement that comes to nothing', () => {
  it('by its type, an abort or time leaves the file as it was', async () => {
    const { api, tenantId, users } = await createTenant(engine);
    const text = { path: '/', filename: 'a.txt', mimeType: 'text/plain' };
    const fileId = await upload(api, text, Buffer.from('first'));
    await untilVersion(api, fileId, 1);
    const untouched = async (endedAs: string, reason?: string) => {
      const file = await eventually(`the replacement is ${endedAs}`, async () => {
        const now = ok(await api.file(fileId));
        return now.replacement?.endedAs === endedAs ? now : undefined;
      });
      expect(file).toMatchObject({ status: 'ready', version: 1, size: 5 });
      expect(file.replacement?.reason).toBe(reason);
      expect(String(await bytesOf(api, fileId))).toBe('first');
      expect(await usageOf(api)).toEqual(storedUsage(5));
    };

    const binary = Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytesOf(2_000)]);
    await upload(api, { ...text, ...replacing }, binary);
    await untouched('rejected', 'type_mismatch');

    ok(await api.initiate(plainText('second', { filename: 'a.txt', ...replacing })));
    expect((await api.abort(fileId)).status).toBe(204);
    expect((await api.abort(fileId)).status).toBe(204);
    await untouched('aborted');

    ok(await api.initiate(plainText('second', { filename: 'a.txt', ...replacing })));
    const sessions = await openSessionKeys(engine, tenantId, users[0].userId);
    await ageSessions(engine, sessions, { lastActivityAt: minutesAgo(20), lastProgressAt: minutesAgo(20) });
    await runSweep(engine);
    await untouched('expired');
    expect(await versionsOf(engine, 'intake', tenantId)).toEqual([]);
  });
});

describe('a replacement in several parts', () => {
  it('is uploaded, completed and listed like any other upload', async () => {
    const { api } = await createTenant(engine);
    const fileId = await upload(api, octets(10, { filename: 'a.bin' }), randomBytesOf(10));
    await untilVersion(api, fileId, 1);
    const bytes = randomBytesOf(6 * MiB);
    const started = ok(await api.initiate(octets(bytes.length, { filename: 'a.bin', ...replacing })));
    expect((await api.heartbeat(fileId)).status).toBe(204);
    expect(ok(await api.heartbeats([fileId]))).toEqual({ alive: [fileId], gone: [] });
    const parts = await putParts(started, started.parts, bytes);
    expect(ok(await api.parts(fileId))).toMatchObject({ uploadedParts: 2, progress: 100 });
    ok(await api.complete(fileId, parts));
    await untilVersion(api, fileId, 2);
    expect(ok(await api.complete(fileId, parts))).toEqual({ fileId, status: 'ready' });
    expect((await bytesOf(api, fileId)).equals(bytes)).toBe(true);
    expect(await usageOf(api)).toEqual(storedUsage(10 + bytes.length));
  });
});
