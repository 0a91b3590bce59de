import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type InitiateBody, ok } from '../../support/api.ts';
import { engineOf } from '../../support/engine.ts';
import { problem } from '../../support/problem.ts';
import { createTenant, type TestTenant, usageOf } from '../../support/tenants.ts';
import { MiB, octets } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const TiB = 1024 ** 2 * MiB;

describe('an initiation', () => {
  let tenant: TestTenant;

  beforeAll(async () => {
    // Unscanned: what is larger than the scanner takes is refused before anything is planned.
    const policy = { slotsPerUser: 100, initiationsPerMinute: 10_000, virusScanningRequired: false };
    tenant = await createTenant(engine, { policy });
  });

  const invalid: { field: string; body: InitiateBody; code?: string }[] = [
    { field: 'filename', body: octets(1, { filename: undefined }) },
    { field: 'filename', body: octets(1, { filename: '' }) },
    { field: 'filename', body: octets(1, { filename: 'a/b' }), code: 'invalid_name' },
    { field: 'filename', body: octets(1, { filename: '..' }), code: 'invalid_name' },
    { field: 'filename', body: octets(1, { filename: 'a\u202egpj.exe' }), code: 'invalid_name' },
    { field: 'filename', body: octets(1, { filename: 'line\nbreak' }), code: 'invalid_name' },
    { field: 'filename', body: octets(1, { filename: 'ü'.repeat(128) }), code: 'invalid_name' },
    { field: 'path', body: octets(1, { path: '/a/../b' }), code: 'invalid_name' },
    { field: 'path', body: octets(1, { path: '/a//b' }), code: 'invalid_name' },
    { field: 'path', body: octets(1, { path: `/${'a/'.repeat(600)}` }), code: 'invalid_name' },
    { field: 'mimeType', body: octets(1, { mimeType: 'jpeg' }) },
    { field: 'size', body: octets(-1) },
    { field: 'size', body: octets(1.5) },
    { field: 'size', body: { ...octets(1), size: '1' } as unknown as InitiateBody },
    { field: 'expirationSeconds', body: octets(1, { expirationSeconds: 59 }) },
    { field: 'expirationSeconds', body: octets(1, { expirationSeconds: 86_401 }) },
    { field: 'urls', body: octets(1, { urls: 1_001 }) },
    { field: 'tags', body: octets(1, { tags: Array.from({ length: 21 }, String) }) },
    { field: 'onConflict', body: { ...octets(1), onConflict: 'overwrite' } as unknown as InitiateBody },
    { field: 'key', body: octets(1, { key: 'tenants/other/x' }), code: 'unknown_field' },
    { field: 'tenantId', body: octets(1, { tenantId: 'other' }), code: 'unknown_field' },
  ];

  it.each(invalid)('is refused by name: $field', async ({ field, body, code }) => {
    const { errors } = problem(await tenant.api.initiate(body), 400, 'validation_failed');
    expect(errors?.map((error) => error.field)).toContain(field);
    if (code) expect(errors?.[0]?.code).toBe(code);
  });

  it('is refused when its body is no JSON', async () => {
    const broken = await tenant.api.call('POST', '/storage/multipart/initiate', { body: '{"path":' });
    expect(problem(broken, 400, 'validation_failed').errors).toMatchObject([{ code: 'not_json' }]);
  });

  it('ignores where a client would like the bytes to go', async () => {
    const started = ok(await tenant.api.initiate(octets(1, { bucket: 'elsewhere' })));
    expect(started.parts[0]?.url).toContain(`${engine.stack.buckets.intake}/tenants/${tenant.tenantId}/`);
  });

  it.each([
    { size: 0, partSize: 5 * MiB, totalParts: 1 },
    { size: 5 * MiB, partSize: 5 * MiB, totalParts: 1 },
    { size: 5 * MiB + 1, partSize: 5 * MiB, totalParts: 2 },
    { size: 100 * MiB, partSize: 5 * MiB, totalParts: 20 },
    { size: 50_000 * MiB, partSize: 5 * MiB, totalParts: 10_000 },
    { size: 50_000 * MiB + 1, partSize: 6 * MiB, totalParts: 8_334 },
    { size: 5 * TiB, partSize: 525 * MiB, totalParts: 9_987 },
  ])('of $size bytes plans $totalParts parts', async ({ size, partSize, totalParts }) => {
    const started = ok(await tenant.api.initiate(octets(size, { urls: 1_000 })));
    expect(started).toMatchObject({ partSize, totalParts, heartbeatSeconds: 30 });
    expect(started.parts).toHaveLength(Math.min(1_000, totalParts));
    const last = ok(await tenant.api.partUrl(started.fileId, totalParts));
    expect(last.size).toBe(size - (totalParts - 1) * partSize);
    ok(await tenant.api.abort(started.fileId));
  });

  it('gives 100 URLs unless asked otherwise, each as long as asked for', async () => {
    const request = octets(1_000 * MiB);
    const started = ok(await tenant.api.initiate(request));
    expect(started.parts).toHaveLength(100);
    const none = ok(await tenant.api.initiate(octets(6 * MiB, { urls: 0 })));
    expect(none.parts).toEqual([]);
    const short = ok(await tenant.api.initiate(octets(1, { expirationSeconds: 90 })));
    const seconds = (Date.parse(short.parts[0]?.expiresAt ?? '') - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(60);
    expect(seconds).toBeLessThanOrEqual(90);
  });
});

describe('a name', () => {
  it('is taken once in a folder, and free again after its upload ended', async () => {
    const { api } = await createTenant(engine);
    const request = octets(1, { path: 'docs/', filename: 'Zu\u0308rich.bin' });
    const first = ok(await api.initiate(request));

    problem(
      await api.initiate({ ...request, path: '/docs', filename: 'Z\u00fcrich.bin' }),
      409,
      'name_conflict',
    );
    expect((await api.initiate({ ...request, path: '/other' })).status).toBe(201);
    const renamed = ok(await api.initiate({ ...request, onConflict: 'rename' }));
    expect(ok(await api.file(renamed.fileId)).filename).toBe('Z\u00fcrich (2).bin');

    ok(await api.abort(first.fileId));
    expect((await api.initiate(request)).status).toBe(201);
  });

  it('of one user does not disturb another’s', async () => {
    const { users } = await createTenant(engine, { roles: ['user', 'user'] });
    for (const { api } of users) {
      expect((await api.initiate(octets(1, { filename: 'same.bin' }))).status).toBe(201);
    }
  });
});

describe('an idempotency key', () => {
  it('gives the same upload again, costs nothing, and refuses another body', async () => {
    const { api } = await createTenant(engine, { policy: { initiationsPerMinute: 1 } });
    const request = octets(6 * MiB);
    const first = ok(await api.initiate(request, 'key-1'));

    const again = ok(await api.initiate(request, 'key-1'));

    expect(again).toMatchObject({ fileId: first.fileId, uploadId: first.uploadId, totalParts: 2 });
    expect(again.parts).toHaveLength(2);
    problem(await api.initiate(octets(1), 'key-1'), 422, 'idempotency_key_reused');
    expect(await usageOf(api)).toMatchObject({ reserved: 6 * MiB, slots: 1 });
    problem(await api.initiate(request, 'key-2'), 429, 'rate_limited');
  });

  it('belongs to one user', async () => {
    const { users } = await createTenant(engine, { roles: ['user', 'user'] });
    const [one, other] = await Promise.all(
      users.map(async ({ api }) => ok(await api.initiate(octets(1), 'shared'))),
    );
    expect(one?.fileId).not.toBe(other?.fileId);
  });

  it('must have 1 to 255 characters', async () => {
    const { api } = await createTenant(engine);
    problem(await api.initiate(octets(1), 'k'.repeat(256)), 400, 'validation_failed');
  });
});
