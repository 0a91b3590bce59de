import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { zip } from '../../support/archives.ts';
import { engineOf } from '../../support/engine.ts';
import { corners } from '../../support/images.ts';
import { KillableFunction } from '../../support/killed-function.ts';
import {
  deadLetters,
  endLeases,
  type Queue,
  sendMessages,
  takeMessages,
  whilePaused,
} from '../../support/pipeline.ts';
import { createTenant, storedUsage, usageOf } from '../../support/tenants.ts';
import { multipartUploadsOf, untilStatus, upload, versionsOf } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));

/** More calls than any of the workers makes for one file. */
const maxCalls = 60;

interface Sample {
  readonly filename: string;
  readonly mimeType: string;
  readonly bytes: () => Promise<Buffer>;
  /** Objects that are made of it. */
  readonly derived: number;
}

const picture: Sample = {
  ...{ filename: 'picture.png', mimeType: 'image/png', bytes: () => corners(200, 150) },
  derived: 4,
};
/** Its first page, four pictures of that, and its text. */
const document: Sample = {
  ...{ filename: 'notes.txt', mimeType: 'text/plain', bytes: async () => Buffer.from('Turbine hall\n') },
  derived: 6,
};
/** The names of its entries. */
const archive: Sample = {
  ...{ filename: 'files.zip', mimeType: 'application/zip' },
  bytes: async () => zip([{ name: 'turbine.txt', content: 'Turbine hall' }]),
  derived: 1,
};

const workers: readonly (readonly [Queue, string, Sample])[] = [
  ['Intake', 'lambdas/workers/dispatch.lambda.ts', picture],
  ['Inspect', 'lambdas/workers/inspect.lambda.ts', picture],
  ['Scan', 'lambdas/workers/scan.lambda.ts', picture],
  ['Images', 'lambdas/workers/images.lambda.ts', picture],
  ['Documents', 'lambdas/workers/documents.lambda.ts', document],
  ['Other', 'lambdas/workers/other.lambda.ts', archive],
];

describe.each(workers)('the worker of the queue %s', (queue, entry, sample) => {
  const worker = new KillableFunction(engine, queue, entry);
  beforeAll(() => worker.prepare());
  afterAll(() => worker.forget());

  it('may be killed after any of its calls: the next delivery ends what it began, and nothing is left over', async () => {
    const tenant = await createTenant(engine);
    const { mimeType } = sample;
    const bytes = await sample.bytes();
    const before = await deadLetters(engine);
    const fileIds: string[] = [];
    const killedAt: string[] = [];

    for (let nth = 1; nth <= maxCalls; nth += 1) {
      const call = await whilePaused(engine, queue, async () => {
        const filename = `${queue}-${nth}-${sample.filename}`;
        const fileId = await upload(tenant.api, { path: '/', filename, mimeType }, bytes);
        fileIds.push(fileId);
        const [message = ''] = await takeMessages(engine, queue, fileId, 1);
        const died = await worker.run(message, nth);
        await endLeases(engine, tenant.tenantId);
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
      fileIds.length * sample.derived,
    );
    expect(await multipartUploadsOf(engine, tenant.tenantId)).toEqual([]);
    expect(await deadLetters(engine)).toBe(before);
  });
});
