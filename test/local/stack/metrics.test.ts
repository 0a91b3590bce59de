import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect, inject, it } from 'vitest';
import { keys } from '../../../lambdas/contract/table.ts';
import { Api, ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { photo } from '../../support/images.ts';
import { health, listQueues, metrics, redrive } from '../../support/operations.ts';
import {
  repeatedAndShuffled,
  sendMessages,
  takeMessages,
  untilEmpty,
  whilePaused,
} from '../../support/pipeline.ts';
import { createTenant, type TestTenant } from '../../support/tenants.ts';
import { octets, plainText, randomBytesOf, untilStatus, upload } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const anybody = new Api(engine.stack.apiUrl, undefined);
let operator: Api;

beforeAll(async () => {
  operator = (await createTenant(engine, { roles: ['root'] })).api;
});

const dlq = (queue: string): string => {
  const url = engine.stack.deadLetterQueues[queue];
  if (!url) throw new Error(`no dead letters of ${queue}`);
  return url;
};

/** An event as the bus would have delivered it. */
const alertOf = (tenantId: string, eventId: string = randomUUID()) =>
  JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': 'security.alert',
    source: 'sluice',
    region: 'us-east-1',
    detail: {
      schemaVersion: 1,
      eventId,
      type: 'security.alert',
      at: new Date().toISOString(),
      tenantId,
      actor: { kind: 'system' },
      data: {},
    },
  });

it('numbers of a tenant are exact, though every event is delivered three times', async () => {
  const tenant = await createTenant(engine, { roles: ['user', 'admin'] });
  const { api, tenantId } = tenant;
  const admin = tenant.users[1]?.api as Api;
  const picture = await photo({ width: 640, height: 480, quality: 80 });
  const sizes = [1_000, 2_000];

  await whilePaused(engine, 'Tally', async () => {
    const ids = [await upload(api, { path: '/', filename: 'a.jpg', mimeType: 'image/jpeg' }, picture)];
    for (const size of sizes) ids.push(await upload(api, octets(size), randomBytesOf(size)));
    const bad = await upload(
      api,
      plainText('\u0000binary', { mimeType: 'image/png' }),
      Buffer.from('\u0000binary'),
    );
    const { fileId } = ok(await api.initiate(octets(10)));
    ok(await api.abort(fileId));
    for (const id of ids) await untilStatus(api, id, 'ready');
    await untilStatus(api, bad, 'rejected');
    // 5 initiated, 4 uploaded, 3 stored and ready, 1 rejected, 1 aborted.
    const delivered = await takeMessages(engine, 'Tally', tenantId, 17);
    expect(delivered).toHaveLength(17);
    await sendMessages(engine, 'Tally', repeatedAndShuffled(delivered, 3));
  });
  await untilEmpty(engine, 'Tally');

  const seen = ok(await metrics(admin, { window: '1h' }));
  expect(seen).toMatchObject({
    tenantId,
    uploads: { total: 5, successful: 3, failed: 0, rejected: 1, expired: 0, aborted: 1, active: 0 },
    successRate: 0.75,
    bytes: picture.length + 3_000,
    detections: 0,
    blocked: 1,
    storage: { bytes: picture.length + 3_000, files: 3 },
  });
  expect(seen.uploadSeconds?.average).toBeGreaterThan(0);
  expect(seen.processingSeconds?.p95).toBeGreaterThan(0);
  expect(seen.top.types).toEqual([
    { type: 'other', uploads: 3, bytes: 3_000 },
    { type: 'image', uploads: 2, bytes: picture.length },
  ]);
  expect(seen.series.reduce((sum, point) => sum + point.uploads, 0)).toBe(5);
  const ofDays = ok(await metrics(admin, { window: '30d' }));
  expect(ofDays.uploads).toEqual(seen.uploads);
  const ofStage = ok(await metrics(operator, { window: '24h' }));
  expect(ofStage.uploads.total).toBeGreaterThanOrEqual(5);
  expect(ofStage.storage.byTenant).toContainEqual({ tenantId, bytes: picture.length + 3_000, files: 3 });
  expect(ok(await metrics(operator, { window: '1h', tenant: tenantId })).uploads).toEqual(seen.uploads);
});

it('admins see their own tenant only, users nothing, and nobody but root the queues', async () => {
  const [own, other] = await Promise.all([
    createTenant(engine, { roles: ['admin', 'user'] }),
    createTenant(engine),
  ]);
  const user = own.users[1]?.api as Api;
  const numbers = ok(await metrics(own.api));

  expect(numbers.tenantId).toBe(own.tenantId);
  expect(Object.keys(numbers)).not.toContain('queues');
  expect(Object.keys(numbers.top).sort()).toEqual(['complete', 'types']);
  expect(numbers.storage.byTenant).toBeUndefined();
  const foreign = await metrics(own.api, { tenant: other.tenantId });
  const missing = await metrics(own.api, { tenant: 'nobody' });
  expect([foreign.status, missing.status]).toEqual([404, 404]);
  expect((await metrics(operator, { tenant: 'nobody' })).status).toBe(404);
  expect((await metrics(user)).status).toBe(403);
  for (const answer of [await listQueues(own.api), await redrive(own.api, 'tally'), await listQueues(user)]) {
    expect(answer.status).toBe(403);
  }
  expect((await redrive(operator, 'nothing')).status).toBe(404);
});

it('peaks are noted while uploads are open', async () => {
  const { api, users } = await createTenant(engine, { roles: ['admin'] });
  const open = [];
  for (let n = 0; n < 3; n += 1) open.push(ok(await api.initiate(octets(10))).fileId);

  await eventually('three open uploads are a peak', async () => ok(await metrics(api)).peakConcurrent === 3);
  expect(ok(await metrics(api)).uploads.active).toBe(3);
  for (const fileId of open) ok(await api.abort(fileId));
  await eventually('all are counted', async () => ok(await metrics(api)).uploads.aborted === 3);

  expect(ok(await metrics(users[0].api))).toMatchObject({ peakConcurrent: 3, uploads: { active: 0 } });
});

const lowEvents = async ({ tenantId }: TestTenant) => {
  const { Items = [] } = await engine.db.send(
    new QueryCommand({
      TableName: engine.stack.tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': keys.tenantEvent(tenantId, new Date().toISOString(), '').pk },
    }),
  );
  return Items.filter(({ type }) => type === 'quota.low').map(({ data }) => data);
};

it('low quota is announced once per crossing, however much is stored in between', async () => {
  const tenant = await createTenant(engine, { policy: { bytesPerUser: 1_000, maxBytes: 100_000 } });
  const { api } = tenant;
  const counted = (name: string, count: number) =>
    eventually(`${count} announcements`, async () => (await lowEvents(tenant)).length === count, {
      seen: () => name,
    });
  const store = async (size: number) => {
    const id = await upload(api, octets(size), randomBytesOf(size));
    await untilStatus(api, id, 'ready');
    await untilEmpty(engine, 'Tally');
    return id;
  };

  await store(700);
  const second = await store(150);
  await counted('80 %', 1);
  await store(20);
  expect(await lowEvents(tenant)).toEqual([
    {
      of: 'user',
      userId: tenant.users[0].userId,
      level: 80,
      usedBytes: 850,
      maxBytes: 1_000,
      usedFiles: 2,
      maxFiles: 10_000_000,
    },
  ]);
  ok(await api.deleteFile(second));
  await untilEmpty(engine, 'Tally');
  await store(250);
  await counted('95 %', 2);

  expect((await lowEvents(tenant)).map(({ level }) => level)).toEqual([80, 95]);
});

it('dead letters degrade health, can be looked at, and are counted after a redrive', async () => {
  const { api, tenantId } = await createTenant(engine, { roles: ['admin'] });
  const QueueUrl = dlq('Tally');
  await engine.sqs.send(new PurgeQueueCommand({ QueueUrl }));
  await engine.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: alertOf(tenantId) }));

  const degraded = await eventually('health is degraded', async () => {
    // Also by 503: what other tests had rejected or let expire counts against the last hour.
    const { body } = await health(anybody, '/health/storage');
    return body.issues.includes('dead letters wait in queue tally') && body;
  });
  expect(degraded.status).not.toBe('healthy');
  expect(degraded.checks.map(({ name, ok: answers }) => [name, answers])).toEqual(
    ['table', 'queues', 'intake', 'library', 'derived', 'audit'].map((name) => [name, true]),
  );
  expect(JSON.stringify(degraded)).not.toContain(tenantId);

  for (let look = 0; look < 3; look += 1) {
    const { queues } = ok(await listQueues(operator));
    const tally = queues.find(({ name }) => name === 'tally');
    expect(tally?.dlq.visible).toBe(1);
    expect(tally?.failed).toMatchObject([{ tenantId }]);
  }
  expect(ok(await redrive(operator, 'tally'))).toEqual({ moved: 1 });
  await eventually('the event is counted', async () => ok(await metrics(api)).alerts === 1);
  expect(ok(await redrive(operator, 'tally'))).toEqual({ moved: 0 });
  const left = await engine.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  expect(left.Attributes?.ApproximateNumberOfMessages).toBe('0');
});
