import { describe, expect, inject, it } from 'vitest';
import { type Api, ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { createTenant, noUsage, type TestTenant, usageOf } from '../../support/tenants.ts';
import {
  download,
  MiB,
  octets,
  put,
  putParts,
  randomBytesOf,
  sha256,
  untilStatus,
  upload,
  versionsOf,
} from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const size = 1_000;
const same = randomBytesOf(size, 'same');

/** `virusScanningRequired`: the scanner tells the SHA-256, else the client has declared it and S3 has verified it. */
const sharing = (dedupeQuota: 'each' | 'once', virusScanningRequired = false): Promise<TestTenant> =>
  createTenant(engine, {
    policy: { dedupe: 'share', dedupeQuota, virusScanningRequired },
    roles: ['user', 'user', 'admin'],
  });

const sha256Of = (bytes: Buffer) => ({ checksum: { algorithm: 'SHA256' as const, value: sha256(bytes) } });

async function stored(api: Api, bytes = same, declared: object = sha256Of(bytes), filename?: string) {
  const replaces = filename && { filename, onConflict: 'replace' as const };
  const request = octets(bytes.length, { ...declared, ...replaces });
  const fileId = await upload(api, request, bytes);
  await untilStatus(api, fileId, 'ready');
  return fileId;
}

const bytesOf = async (api: Api, fileId: string): Promise<Buffer> =>
  (await download(ok(await api.downloadUrl(fileId)).url)).bytes;

const untilObjects = (tenantId: string, count: number) =>
  eventually(`the library has ${count} objects of ${tenantId}`, async () => {
    const objects = await versionsOf(engine, 'library', tenantId);
    return objects.length === count ? objects : undefined;
  });

describe.each(['once', 'each'] as const)('files with the same bytes, counted %s', (quota) => {
  const counted = (files: number) => (quota === 'once' ? Math.min(files, 1) : files) * size;

  it('lie in one object of their tenant, which goes with the last of them', async () => {
    const { tenantId, users } = await sharing(quota, quota === 'once');
    const declared = quota === 'once' ? {} : sha256Of(same);
    const [alice, bob, admin] = users.map(({ api }) => api) as [Api, Api, Api];
    const [first, second, third] = (await Promise.all(
      [alice, alice, bob].map((api) => stored(api, same, declared)),
    )) as [string, string, string];
    expect(await versionsOf(engine, 'library', tenantId)).toHaveLength(1);
    expect(await usageOf(alice)).toMatchObject({ used: 2 * size, tenant: { used: counted(3), files: 3 } });
    expect(await usageOf(bob)).toMatchObject({ used: size, tenant: { used: counted(3) } });
    const { jobId } = ok(await admin.call<{ jobId: string }>('POST', `/admin/tenants/${tenantId}/reconcile`));
    const job = await eventually('the counters are proved', async () => {
      const { status, progress } = ok(await admin.job(jobId));
      return status === 'done' ? progress : undefined;
    });
    expect(job).toMatchObject({ failed: 0 });
    expect(await usageOf(bob)).toMatchObject({ tenant: { used: counted(3) } });

    expect((await alice.deleteFile(first)).status).toBe(204);
    expect(await usageOf(bob)).toMatchObject({ tenant: { used: counted(2), files: 2 } });
    expect((await bytesOf(alice, second)).equals(same)).toBe(true);
    expect((await alice.deleteFile(second)).status).toBe(204);
    expect((await bytesOf(bob, third)).equals(same)).toBe(true);
    expect(await versionsOf(engine, 'library', tenantId)).toHaveLength(1);
    expect((await bob.deleteFile(third)).status).toBe(204);

    await untilObjects(tenantId, 0);
    expect(await usageOf(bob)).toEqual(noUsage);
  });
});

it('another tenant with the same bytes has objects of its own, each file one where it does not ask to share', async () => {
  const off = createTenant(engine, { policy: { virusScanningRequired: false } });
  const [one, other, third] = await Promise.all([sharing('each'), sharing('each'), off]);
  const [here = '', there = ''] = await Promise.all([one, other, third, third].map(({ api }) => stored(api)));

  expect(await versionsOf(engine, 'library', one.tenantId)).toHaveLength(1);
  expect(await versionsOf(engine, 'library', other.tenantId)).toHaveLength(1);
  expect(await versionsOf(engine, 'library', third.tenantId)).toHaveLength(2);
  await one.api.deleteFile(here);
  await untilObjects(one.tenantId, 0);
  expect((await bytesOf(other.api, there)).equals(same)).toBe(true);
});

it('a content that is replaced, kept and restored is shared all the while', async () => {
  const { api, tenantId, users } = await sharing('each');
  const [, bob] = users.map((user) => user.api) as [Api, Api];
  const [fileId, others] = await Promise.all([stored(api, same, sha256Of(same), 'a.bin'), stored(bob)]);
  await stored(api, randomBytesOf(2 * size), {}, 'a.bin');
  await eventually('the file is replaced', async () => ok(await api.file(fileId)).version === 2);
  await untilObjects(tenantId, 2);
  await bob.deleteFile(others);
  ok(await api.restoreVersion(fileId, 1));
  expect((await bytesOf(api, fileId)).equals(same)).toBe(true);

  const again = await stored(bob);
  await api.deleteFile(fileId);
  await untilObjects(tenantId, 1);
  expect((await bytesOf(bob, again)).equals(same)).toBe(true);
});

it("who claims another's SHA-256 gets nothing of it", async () => {
  const { api, users, tenantId } = await sharing('once');
  const [, bob] = users.map((user) => user.api) as [Api, Api];
  const large = randomBytesOf(6 * MiB, 'large');
  await Promise.all([stored(api), stored(api, large)]);

  const single = octets(size, sha256Of(same));
  const [target] = ok(await bob.initiate(single)).parts;
  expect((await put(target as never, randomBytesOf(size, 'other'))).status).toBe(400);

  const begun = ok(await bob.initiate(octets(large.length, sha256Of(large))));
  const parts = await putParts(begun, begun.parts, randomBytesOf(large.length, 'other'));
  ok(await bob.complete(begun.fileId, parts));
  const refused = await untilStatus(bob, begun.fileId, 'rejected');
  expect(refused.reason).toBe('checksum_mismatch');
  expect(await usageOf(bob)).toMatchObject({ used: 0, tenant: { used: size + large.length } });
  expect(await versionsOf(engine, 'library', tenantId)).toHaveLength(2);
});
