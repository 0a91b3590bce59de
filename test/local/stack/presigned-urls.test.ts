import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Api, ok, type PartTarget } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { problem } from '../../support/problem.ts';
import {
  createTenant,
  noUsage,
  signIn,
  storedUsage,
  type TestTenant,
  usageOf,
} from '../../support/tenants.ts';
import {
  download,
  MiB,
  octets,
  put,
  randomBytesOf,
  sliceOf,
  untilStatus,
  versionsOf,
} from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const bytes = randomBytesOf(10_000);

interface Started {
  readonly fileId: string;
  readonly target: PartTarget;
}

async function start(api: Api, size = bytes.length, rest = {}): Promise<Started> {
  const { fileId, parts } = ok(await api.initiate(octets(size, rest)));
  const [target] = parts;
  if (!target) throw new Error('no URL');
  return { fileId, target };
}

const withUrl = (target: PartTarget, change: (url: URL) => void): PartTarget => {
  const url = new URL(target.url);
  change(url);
  return { ...target, url: url.href };
};

describe('a presigned URL', () => {
  let tenant: TestTenant;

  beforeAll(async () => {
    tenant = await createTenant(engine);
  });

  it('of a part takes exactly its bytes, as that part', async () => {
    const whole = randomBytesOf(5 * MiB + 100);
    const upload = ok(await tenant.api.initiate(octets(whole.length)));
    const [first, last] = upload.parts;
    if (!first || !last) throw new Error('no URLs');

    const asPartOne = withUrl(last, (url) => url.searchParams.set('partNumber', '1'));
    expect((await put(last, sliceOf(whole, upload, 1))).status).toBe(403);
    expect((await put(asPartOne, sliceOf(whole, upload, 2))).status).toBe(403);
    expect((await put(first, sliceOf(whole, upload, 1).subarray(1))).status).toBe(403);

    expect(ok(await tenant.api.parts(upload.fileId)).uploadedParts).toBe(0);
    ok(await tenant.api.abort(upload.fileId));
    expect((await put(first, sliceOf(whole, upload, 1))).status).toBe(404);
    expect(await usageOf(tenant.api)).toEqual(noUsage);
  });

  it('that is used after the abort leaves no bytes and no quota', async () => {
    const { fileId, target } = await start(tenant.api);
    ok(await tenant.api.abort(fileId));

    expect((await put(target, bytes)).status).toBe(200);

    await eventually(
      'the stray bytes are deleted',
      async () => (await versionsOf(engine, 'intake', tenant.tenantId)).length === 0,
    );
    expect(await versionsOf(engine, 'library', tenant.tenantId)).toEqual([]);
    expect(await usageOf(tenant.api)).toEqual(noUsage);
    expect(ok(await tenant.api.status(fileId)).status).toBe('aborted');
    problem(await tenant.api.complete(fileId), 410, 'upload_aborted');
  });

  it('that is used again while the file is inspected swaps nothing', async () => {
    const { api, tenantId } = await createTenant(engine);
    const { fileId, target } = await start(api);
    await put(target, bytes);
    await eventually(
      'the upload is claimed',
      async () => ok(await api.status(fileId)).status !== 'uploading' || undefined,
    );

    expect((await put(target, randomBytesOf(bytes.length, 'other'))).status).toBe(200);

    await untilStatus(api, fileId, 'ready');
    await eventually(
      'the stray version is deleted',
      async () => (await versionsOf(engine, 'intake', tenantId)).length === 0,
    );
    expect((await download(ok(await api.downloadUrl(fileId)).url)).bytes.equals(bytes)).toBe(true);
    expect(await versionsOf(engine, 'library', tenantId)).toHaveLength(1);
    expect(ok(await api.versions(fileId)).versions).toHaveLength(1);
    expect(await usageOf(api)).toEqual(storedUsage(bytes.length));
  });

  it('that is used again after the file is ready changes nothing', async () => {
    const { api, tenantId } = await createTenant(engine);
    const { fileId, target } = await start(api);
    await put(target, bytes);
    const before = await untilStatus(api, fileId, 'ready');
    const kept = await versionsOf(engine, 'library', tenantId);

    expect((await put(target, randomBytesOf(bytes.length, 'other'))).status).toBe(200);

    await eventually(
      'the stray version is deleted',
      async () => (await versionsOf(engine, 'intake', tenantId)).length === 0,
    );
    expect(ok(await api.file(fileId))).toEqual(before);
    expect(await versionsOf(engine, 'library', tenantId)).toEqual(kept);
    expect((await download(ok(await api.downloadUrl(fileId)).url)).bytes.equals(bytes)).toBe(true);
    expect(await usageOf(api)).toEqual(storedUsage(bytes.length));
  });

  it('for reading refuses a tampered file name, and another object', async () => {
    const { api } = await createTenant(engine);
    const { fileId, target } = await start(api);
    await put(target, bytes);
    await untilStatus(api, fileId, 'ready');
    const url = new URL(ok(await api.downloadUrl(fileId)).url);
    const renamed = new URL(url);
    renamed.searchParams.set('response-content-disposition', 'inline');
    const moved = new URL(url);
    moved.pathname = moved.pathname.replace(/[^/]+$/, 'other');

    expect((await fetch(renamed)).status).toBe(403);
    expect((await fetch(moved)).status).toBe(403);
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(403);
    expect((await fetch(url)).status).toBe(200);
  });

  it('is refused by S3 after its expiry, and the quota does not move', async () => {
    const { tenantId, email, fileId, target } = inject('shortLived');
    const api = await signIn(engine, email);
    const before = await usageOf(api);
    const leftMs = Date.parse(target.expiresAt) - Date.now();
    expect(leftMs).toBeLessThan(60_000);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, leftMs) + 1_500));

    expect((await put(target, bytes)).status).toBe(403);

    expect(await versionsOf(engine, 'intake', tenantId)).toEqual([]);
    expect(await usageOf(api)).toEqual(before);
    const fresh = ok(await api.partUrl(fileId, 1));
    expect((await put(fresh, bytes)).status).toBe(200);
    await untilStatus(api, fileId, 'ready');
  });
});
