import { expect, inject, it } from 'vitest';
import { ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { photo } from '../../support/images.ts';
import { type Queue, untilEmpty, whilePaused } from '../../support/pipeline.ts';
import { problem } from '../../support/problem.ts';
import { createTenant, noUsage, usageOf } from '../../support/tenants.ts';
import { untilStatus, upload, versionsOf } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const picture = photo({ width: 800, height: 600, quality: 80 });
const request = { path: '/', filename: 'a.jpg', mimeType: 'image/jpeg' };

const nothingLeft = (tenantId: string) =>
  eventually('no bytes are left in any bucket', async () => {
    const left = await Promise.all(
      (['intake', 'library', 'derived'] as const).map((bucket) => versionsOf(engine, bucket, tenantId)),
    );
    return left.flat().length === 0;
  });

it('a hard delete removes original, versions and renditions and gives the quota back at once', async () => {
  const { api, tenantId } = await createTenant(engine);
  const fileId = await upload(api, request, await picture);
  await untilStatus(api, fileId, 'ready');
  expect(await versionsOf(engine, 'derived', tenantId)).toHaveLength(4);

  expect((await api.deleteFile(fileId)).status).toBe(204);

  expect(await usageOf(api)).toEqual(noUsage);
  problem(await api.file(fileId), 404, 'not_found');
  problem(await api.downloadUrl(fileId), 404, 'not_found');
  problem(await api.deleteFile(fileId), 404, 'not_found');
  expect(ok(await api.files()).files).toEqual([]);
  await nothingLeft(tenantId);
  await untilStatus(api, await upload(api, request, await picture), 'ready');
});

const moments: { name: string; queue: Queue; status: string }[] = [
  { name: 'before its inspection', queue: 'Inspect', status: 'uploaded' },
  { name: 'before its processing', queue: 'Images', status: 'stored' },
];

it.each(moments)('a purge $name leaves nothing, whatever still runs', async ({ queue, status }) => {
  const { api, tenantId } = await createTenant(engine);
  await whilePaused(engine, queue, async () => {
    const fileId = await upload(api, request, await picture);
    await expect.poll(async () => ok(await api.status(fileId)).status, { timeout: 30_000 }).toBe(status);
    expect((await api.deleteFile(fileId)).status).toBe(204);
  });

  await untilEmpty(engine, queue);
  await untilEmpty(engine, 'Purge');

  expect(await usageOf(api)).toEqual(noUsage);
  await nothingLeft(tenantId);
});

it('purges that race with the pipeline at any moment leave nothing', async () => {
  const { api, tenantId } = await createTenant(engine);
  const bytes = await picture;
  const delaysMs = [0, 50, 100, 150, 200, 300, 400, 600];

  await Promise.all(
    delaysMs.map(async (delayMs, index) => {
      const fileId = await upload(api, { ...request, filename: `${index}.jpg` }, bytes);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await eventually('the file lets itself be deleted', async () => {
        const { status } = await api.deleteFile(fileId);
        // 409 while its upload is not claimed yet; 503 would be a conflict that did not end.
        expect([204, 409]).toContain(status);
        return status === 204;
      });
    }),
  );

  for (const queue of ['Intake', 'Inspect', 'Images', 'Purge'] as const) await untilEmpty(engine, queue);
  expect(await usageOf(api)).toEqual(noUsage);
  await nothingLeft(tenantId);
});
