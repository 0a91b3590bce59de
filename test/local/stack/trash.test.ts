import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, it } from 'vitest';
import { keys } from '../../../lambdas/contract/table.ts';
import { type FileRecord, ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { photo } from '../../support/images.ts';
import { problem } from '../../support/problem.ts';
import { makeFileDue, minutesAgo, queryAll, runSweep } from '../../support/sweeping.ts';
import { changeTenant, createTenant, noUsage, storedUsage, usageOf } from '../../support/tenants.ts';
import {
  download,
  octets,
  readyText,
  untilStatus,
  upload,
  uploadText,
  versionsOf,
} from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const picture = photo({ width: 320, height: 240, quality: 80 });
const image = { path: '/', filename: 'a.jpg', mimeType: 'image/jpeg' };

const nothingLeft = (tenantId: string) =>
  eventually('no bytes are left in any bucket', async () => {
    const left = await Promise.all(
      (['intake', 'library', 'derived'] as const).map((bucket) => versionsOf(engine, bucket, tenantId)),
    );
    return left.flat().length === 0;
  });

const itemsOf = async (tenantId: string, fileId: string): Promise<string[]> => {
  const items = await queryAll(engine, {
    condition: 'pk = :pk',
    values: { ':pk': keys.file(tenantId, fileId).pk },
  });
  return items.map(({ sk }) => String(sk).split('#')[0] ?? '');
};

describe('the trash', () => {
  it('gives a file back with its renditions, and after purging nothing of it is left anywhere', async () => {
    const { api, tenantId } = await createTenant(engine);
    const bytes = await picture;
    const id = await upload(api, image, bytes);
    const before = await untilStatus(api, id, 'ready');
    expect((await api.deleteFile(id, {})).status).toBe(204);
    expect((await api.deleteFile(id, {})).status).toBe(204);

    const {
      status,
      deletedAt = '',
      purgeAt = '',
    }: FileRecord & { purgeAt?: string } = ok(await api.file(id));
    expect(status).toBe('deleted');
    expect(Date.parse(purgeAt) - Date.parse(deletedAt)).toBe(30 * 86_400_000);
    problem(await api.downloadUrl(id), 409, 'upload_state_conflict');
    problem(await api.changeFile(id, 'tags', { tags: [] }), 409, 'upload_state_conflict');
    expect(ok(await api.files()).files).toEqual([]);
    expect(ok(await api.files({ path: '/' })).files).toEqual([]);
    expect(ok(await api.files({ status: 'deleted' })).files).toMatchObject([{ id, deletedAt, purgeAt }]);
    expect(await usageOf(api)).toEqual(storedUsage(bytes.length));

    // Its name is free; what took it is in the way of its return.
    const other = await upload(api, image, bytes);
    await untilStatus(api, other, 'ready');
    problem(await api.restoreFile(id), 409, 'name_conflict');
    const restored = ok(await api.restoreFile(id, { onConflict: 'rename' }));
    const { etag: _etag, updatedAt: _updatedAt, ...same } = before;
    expect(restored).toMatchObject({ ...same, filename: 'a (2).jpg' });
    expect(restored).not.toHaveProperty('deletedAt');
    expect((await download(ok(await api.downloadUrl(id)).url)).bytes.equals(bytes)).toBe(true);
    await download(ok(await api.downloadUrl(id, { rendition: 'small' })).url);
    problem(await api.restoreFile(id), 409, 'upload_state_conflict');

    for (const each of [id, other]) expect((await api.deleteFile(each, { hard: true })).status).toBe(204);
    expect(await usageOf(api)).toEqual(noUsage);
    await nothingLeft(tenantId);
    await eventually('only the timeline is left', async () => {
      const left = await itemsOf(tenantId, id);
      return left.every((kind) => kind === 'EVENT' || kind === 'SESSION');
    });
  });

  it('forgets what its time is over for, with all versions, and usage is exact', async () => {
    const { api, tenantId } = await createTenant(engine);
    const id = await readyText(api);
    await uploadText(api, 'other content', { path: '/', filename: 'a.txt', onConflict: 'replace' });
    await eventually('the content is replaced', async () => {
      const file = ok(await api.file(id));
      return file.version === 2 && file.status === 'ready';
    });
    const kept = await readyText(api, { filename: 'kept.txt' });
    expect((await api.deleteFile(id, {})).status).toBe(204);
    expect((await usageOf(api)).used).toBe('hello'.length * 2 + 'other content'.length);

    await runSweep(engine);
    expect(ok(await api.file(id)).status).toBe('deleted');
    await engine.db.send(
      new UpdateCommand({
        TableName: engine.stack.tableName,
        Key: keys.file(tenantId, id),
        UpdateExpression: 'SET summary.purgeAt = :past',
        ExpressionAttributeValues: { ':past': minutesAgo(1) },
      }),
    );
    await makeFileDue(engine, tenantId, id);
    problem(await api.restoreFile(id), 409, 'upload_state_conflict');
    expect((await runSweep(engine)).purged).toBeGreaterThanOrEqual(1);

    problem(await api.file(id), 404, 'not_found');
    expect(await usageOf(api)).toEqual(storedUsage('hello'.length));
    await eventually('its bytes are gone', async () => {
      return (await versionsOf(engine, 'library', tenantId)).every((key) => key.includes(kept));
    });
    await eventually('its versions are gone', async () => !(await itemsOf(tenantId, id)).includes('VERSION'));
    expect((await download(ok(await api.downloadUrl(kept)).url)).bytes.toString()).toBe('hello');
  });

  it('is not kept where the policy says so; retention keeps a file longer than its owner wants', async () => {
    const { api, tenantId } = await createTenant(engine);
    const id = await readyText(api);
    const policy = { slotsPerUser: 100, initiationsPerMinute: 10_000 };
    await changeTenant(engine, tenantId, { policy: { ...policy, trashDays: 0, retentionDays: 1 } });
    problem(await api.deleteFile(id, {}), 403, 'retention_active');
    problem(await api.deleteFile(id), 403, 'retention_active');
    await changeTenant(engine, tenantId, { policy: { ...policy, trashDays: 0 } });
    expect((await api.deleteFile(id, {})).status).toBe(204);
    problem(await api.file(id), 404, 'not_found');
    expect(await usageOf(api)).toEqual(noUsage);
    await nothingLeft(tenantId);
  });

  it('does not take an upload that is under way, and removes what came to nothing', async () => {
    const { api } = await createTenant(engine);
    const { fileId } = ok(await api.initiate(octets(1)));
    problem(await api.deleteFile(fileId, {}), 409, 'upload_state_conflict');
    await api.abort(fileId);
    expect((await api.deleteFile(fileId, {})).status).toBe(204);
    problem(await api.file(fileId), 404, 'not_found');
  });
});
