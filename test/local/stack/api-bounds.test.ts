import { describe, expect, inject, it } from 'vitest';
import { type InitiateBody, ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { problem } from '../../support/problem.ts';
import { changeTenant, createTenant, noUsage, usageOf } from '../../support/tenants.ts';
import { MiB, multipartUploadsOf, octets, untilStatus, uploadText } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const TiB = 1024 ** 2 * MiB;

describe('a bound', () => {
  const cases: {
    name: string;
    policy: object;
    tier?: 'basic';
    body: InitiateBody;
    refusal: [number, string];
  }[] = [
    {
      name: 'size of a file',
      policy: { maxFileSize: 10 },
      body: octets(11),
      refusal: [413, 'file_too_large'],
    },
    {
      name: 'size of a basic file',
      policy: {},
      tier: 'basic',
      body: { filename: 'a.txt', mimeType: 'text/plain', size: 512 * MiB + 1 },
      refusal: [413, 'file_too_large'],
    },
    {
      name: 'S3’s own size',
      policy: { maxFileSize: 60 * TiB },
      body: octets(49 * TiB),
      refusal: [413, 'file_too_large'],
    },
    {
      name: 'type',
      policy: {},
      tier: 'basic',
      body: { filename: 'a.zip', mimeType: 'application/zip', size: 1 },
      refusal: [415, 'type_not_allowed'],
    },
    {
      name: 'extension',
      policy: { allowedExtensions: ['.txt'] },
      body: octets(1),
      refusal: [415, 'type_not_allowed'],
    },
    {
      name: 'uploads at all',
      policy: { blockUploads: true },
      body: octets(1),
      refusal: [403, 'uploads_blocked'],
    },
    {
      name: 'bytes of the user',
      policy: { bytesPerUser: 10 },
      body: octets(11),
      refusal: [403, 'quota_exceeded'],
    },
    {
      name: 'bytes of the tenant',
      policy: { maxBytes: 10 },
      body: octets(11),
      refusal: [403, 'quota_exceeded'],
    },
    {
      name: 'bytes of an hour',
      policy: { bytesPerHour: 10 },
      body: octets(11),
      refusal: [429, 'hourly_bytes_exceeded'],
    },
  ];

  it.each(cases)(
    'of the $name refuses before anything is reserved',
    async ({ policy, tier, body, refusal }) => {
      const { api, tenantId } = await createTenant(engine, { policy, ...(tier && { tier }) });
      problem(await api.initiate(body), ...refusal);
      expect(await usageOf(api)).toEqual(noUsage);
      expect(await multipartUploadsOf(engine, tenantId)).toEqual([]);
    },
  );

  const filled: { name: string; policy: object; refusal: [number, string]; freedByAbort: boolean }[] = [
    {
      name: 'bytes of the user',
      policy: { bytesPerUser: 25 },
      refusal: [403, 'quota_exceeded'],
      freedByAbort: true,
    },
    {
      name: 'bytes of the tenant',
      policy: { maxBytes: 25 },
      refusal: [403, 'quota_exceeded'],
      freedByAbort: true,
    },
    {
      name: 'files of the user',
      policy: { filesPerUser: 2 },
      refusal: [403, 'files_limit_exceeded'],
      freedByAbort: true,
    },
    {
      name: 'slots of the user',
      policy: { slotsPerUser: 2 },
      refusal: [429, 'concurrency_limit_exceeded'],
      freedByAbort: true,
    },
    {
      name: 'slots of the tenant',
      policy: { maxConcurrentUploads: 2 },
      refusal: [429, 'concurrency_limit_exceeded'],
      freedByAbort: true,
    },
    {
      name: 'bytes of the hour',
      policy: { bytesPerHour: 25 },
      refusal: [429, 'hourly_bytes_exceeded'],
      freedByAbort: true,
    },
    {
      name: 'files of the day',
      policy: { maxFilesPerDay: 2 },
      refusal: [429, 'daily_files_exceeded'],
      freedByAbort: false,
    },
    {
      name: 'initiations of the minute',
      policy: { initiationsPerMinute: 2 },
      refusal: [429, 'rate_limited'],
      freedByAbort: false,
    },
  ];

  it.each(filled)(
    'of the $name takes what fits and refuses the next',
    async ({ policy, refusal, freedByAbort }) => {
      const { api } = await createTenant(engine, { policy });
      const first = ok(await api.initiate(octets(10)));
      ok(await api.initiate(octets(10)));

      problem(await api.initiate(octets(10)), ...refusal);

      expect(await usageOf(api)).toMatchObject({ reserved: 20, slots: 2 });
      ok(await api.abort(first.fileId));
      const after = await api.initiate(octets(10));
      if (freedByAbort) expect(after.status).toBe(201);
      else problem(after, ...refusal);
    },
  );

  it('that changes holds for the next call', async () => {
    const { api, tenantId } = await createTenant(engine);
    ok(await api.initiate(octets(10)));
    await changeTenant(engine, tenantId, { policy: { blockUploads: true } });
    problem(await api.initiate(octets(10)), 403, 'uploads_blocked');
  });
});

it('what was stored counts; refused uploads do not disturb it', async () => {
  const { api } = await createTenant(engine, { policy: { bytesPerUser: 20 } });
  await untilStatus(api, await uploadText(api, '0123456789'), 'ready');
  problem(await api.initiate(octets(11)), 403, 'quota_exceeded');
  expect((await api.initiate(octets(10))).status).toBe(201);
  const quota = ok(await api.quota());
  expect(quota).toMatchObject({
    currentUsage: 10,
    reserved: 10,
    maxQuota: 20,
    availableSpace: 0,
    filesCount: 1,
  });
});
