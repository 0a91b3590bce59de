import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { engineOf } from '../../support/engine.ts';
import { corners } from '../../support/images.ts';
import { KillableFunction } from '../../support/killed-function.ts';
import { deadLetters, type Queue, sendMessages, takeMessages, whilePaused } from '../../support/pipeline.ts';
import { createTenant, storedUsage, usageOf } from '../../support/tenants.ts';
import { multipartUploadsOf, untilStatus, upload, versionsOf } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

/** More calls than any of the workers makes for one file. */
const maxCalls = 60;

/** What is made of each file: four renditions. */
const renditionsPerFile = 4;

const workers: readonly (readonly [Queue, string])[] = [
  ['Intake', 'lambdas/workers/dispatch.lambda.ts'],
  ['Inspect', 'lambdas/workers/inspect.lambda.ts'],
  ['Scan', 'lambdas/workers/scan.lambda.ts'],
  ['Images', 'lambdas/workers/images.lambda.ts'],
];

describe.each(workers)('the worker of the queue %s', (queue, entry) => {
  const worker = new KillableFunction(engine, queue, entry);
  beforeAll(() => worker.prepare());
  afterAll(() => worker.forget());

  it('may be killed after any of its calls: the next delivery ends what it began, and nothing is left over', async () => {
    const tenant = await createTenant(engine);
    const bytes = await corners(200, 150);
    const before = await deadLetters(engine);
    const fileIds: string[] = [];
    const killedAt: string[] = [];

    for (let nth = 1; nth <= maxCalls; nth += 1) {
      const call = await whilePaused(engine, queue, async () => {
        const filename = `${queue}-${nth}.png`;
        const fileId = await upload(tenant.api, { path: '/', filename, mimeType: 'image/png' }, bytes);
        fileIds.push(fileId);
        const [message = ''] = await takeMessages(engine, queue, fileId, 1);
        const died = await worker.run(message, nth);
        await sendMessages(engine, queue, [message]);
        return died;
      });
      if (call === undefined) break;
      killedAt.push(call);
    }

    for (const fileId of fileIds) await untilStatus(tenant.api, fileId, 'ready');
    expect(killedAt.length).toBeGreaterThan(4);
    expect(killedAt.length).toBeLessThan(maxCalls);
    expect(await usageOf(tenant.api)).toEqual(storedUsage(...fileIds.map(() => bytes.length)));
    expect(await versionsOf(engine, 'intake', tenant.tenantId)).toEqual([]);
    expect(await versionsOf(engine, 'library', tenant.tenantId)).toHaveLength(fileIds.length);
    expect(await versionsOf(engine, 'derived', tenant.tenantId)).toHaveLength(
      fileIds.length * renditionsPerFile,
    );
    expect(await multipartUploadsOf(engine, tenant.tenantId)).toEqual([]);
    expect(await deadLetters(engine)).toBe(before);
  });
});
