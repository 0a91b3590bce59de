import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListResourceTagsCommand,
} from '@aws-sdk/client-kms';
import { HeadObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { tenantPrefix } from '../../../lambdas/contract/storage-keys.ts';
import { tenantKeyAlias } from '../../../lambdas/contract/tenant-keys.ts';
import { localClientConfig } from '../../../local/aws-env.ts';
import { type Api, ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { photo } from '../../support/images.ts';
import { createTenant, type TestTenant } from '../../support/tenants.ts';
import { MiB, octets, put, randomBytesOf, untilStatus, upload, uploadText } from '../../support/uploads.ts';

/**
 * The engine keeps the encryption that a request names, and shows it; it neither encrypts nor asks KMS. So this shows
 * under which key everything is written. That nobody else can use the key follows from its policy (tenant-keys.test.ts).
 */
const engine = engineOf(inject('stack'));
const { stack, s3 } = engine;
const kms = new KMSClient(localClientConfig(stack.endpoint));

interface TenantView {
  readonly encryptionKey?: string;
  readonly effectivePolicy: { readonly encryptionRequired: boolean };
}

let root: Api;
beforeAll(async () => {
  root = (await createTenant(engine, { roles: ['root'] })).api;
});

const change = async (tenantId: string, policy: object): Promise<TenantView> =>
  ok(await root.call<TenantView>('PUT', `/admin/tenants/${tenantId}`, { body: { policy } }));

async function encryptedTenant(): Promise<TestTenant & { key: string }> {
  const tenant = await createTenant(engine, { roles: ['user', 'admin'] });
  const { encryptionKey = '' } = await change(tenant.tenantId, { encryptionRequired: true });
  return { ...tenant, key: encryptionKey };
}

/** Every version that the tenant has in a bucket, with the key it lies under. */
async function keysOf(bucket: keyof typeof stack.buckets, tenantId: string): Promise<(string | undefined)[]> {
  const at = { Bucket: stack.buckets[bucket] };
  const Prefix = `${tenantPrefix}${tenantId}/`;
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ ...at, Prefix }));
  return Promise.all(
    Versions.map(async ({ Key, VersionId }) => {
      const head = await s3.send(
        new HeadObjectCommand({ ...at, Key, ...(VersionId !== 'null' && { VersionId }) }),
      );
      return head.ServerSideEncryption === 'aws:kms' ? head.SSEKMSKeyId : "the bucket's";
    }),
  );
}

/** Through the browser client, as a page does it; gives the files' ids. */
async function uploadByClient(api: Api, files: Readonly<Record<string, Buffer>>): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-encryption-'));
  try {
    const paths = Object.keys(files).map((name) => join(directory, name));
    await Promise.all(Object.values(files).map((bytes, index) => writeFile(paths[index] ?? '', bytes)));
    const order = { apiUrl: stack.apiUrl, token: api.token, paths };
    const script = join(import.meta.dirname, '../../client/support/upload-files.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(order)]);
    return JSON.parse(stdout) as string[];
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe('a tenant with encryptionRequired', () => {
  it('has every version and rendition written under its own key, by the browser client', async () => {
    const { tenantId, api, key } = await encryptedTenant();
    const picture = await photo({ width: 900, height: 700 });

    const files = { 'photo.jpg': picture, 'large.bin': randomBytesOf(11 * MiB) };
    for (const fileId of await uploadByClient(api, files)) await untilStatus(api, fileId, 'ready');

    expect(await keysOf('library', tenantId)).toEqual([key, key]);
    const renditions = await keysOf('derived', tenantId);
    expect(renditions.length).toBeGreaterThan(3);
    expect(new Set(renditions)).toEqual(new Set([key]));
  });

  it('has what waits in intake under it, too: a single PUT by its headers, a multipart upload by its creation', async () => {
    const { tenantId, api, key } = await encryptedTenant();
    const single = ok(await api.initiate(octets(5)));
    const [part] = single.parts;
    if (!part) throw new Error('no URL');

    expect(part.headers).toMatchObject({ 'x-amz-server-side-encryption-aws-kms-key-id': key });
    expect((await put(part, Buffer.alloc(5), {})).status).toBe(403);
    const foreign = { ...part.headers, 'x-amz-server-side-encryption-aws-kms-key-id': `${key}x` };
    expect((await put(part, Buffer.alloc(5), foreign)).status).toBe(403);
    expect(await keysOf('intake', tenantId)).toEqual([]);
    const multipart = ok(await api.initiate(octets(11 * MiB)));
    expect(multipart.parts.map(({ headers }) => headers)).toEqual([{}, {}, {}]);
    await api.abort(single.fileId);
    await api.abort(multipart.fileId);
  });

  it('has one key, with rotation, tags and the policy of its own prefix, found again by its alias', async () => {
    const { tenantId, key } = await encryptedTenant();

    expect(await change(tenantId, { encryptionRequired: true })).toMatchObject({ encryptionKey: key });
    const alias = tenantKeyAlias('local', tenantId);
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: alias }));
    expect(KeyMetadata).toMatchObject({ Arn: key, KeyState: 'Enabled', KeySpec: 'SYMMETRIC_DEFAULT' });
    const rotation = await kms.send(new GetKeyRotationStatusCommand({ KeyId: key }));
    expect(rotation.KeyRotationEnabled).toBe(true);
    const { Tags } = await kms.send(new ListResourceTagsCommand({ KeyId: key }));
    expect(Tags).toContainEqual({ TagKey: 'TenantId', TagValue: tenantId });
    const { Policy = '' } = await kms.send(new GetKeyPolicyCommand({ KeyId: key, PolicyName: 'default' }));
    for (const bucket of ['intake', 'library', 'derived'] as const) {
      expect(Policy).toContain(`arn:aws:s3:::${stack.buckets[bucket]}/tenants/${tenantId}/*`);
    }
  });

  it('gets its key with the framework that asks for one, and at its creation', async () => {
    const tenantId = `t-${randomUUID().slice(0, 8)}`;
    const body = { tenantId, name: 'x', policy: { complianceFrameworks: ['HIPAA'] } };
    const created = ok(await root.call<TenantView>('POST', '/admin/tenants', { body }));

    const { KeyMetadata } = await kms.send(
      new DescribeKeyCommand({ KeyId: tenantKeyAlias('local', tenantId) }),
    );
    expect(created.encryptionKey).toBe(KeyMetadata?.Arn);
  });

  it('keeps old content as it was, and what began before under what it began with', async () => {
    const { tenantId, api } = await createTenant(engine);
    const before = ok(await api.initiate(octets(5, { filename: 'under-way.bin' })));
    await untilStatus(api, await uploadText(api, 'old'), 'ready');

    const { encryptionKey = '' } = await change(tenantId, { encryptionRequired: true });
    await put(before.parts[0] as (typeof before.parts)[0], Buffer.alloc(5));
    await untilStatus(api, before.fileId, 'ready');
    await untilStatus(api, await uploadText(api, 'new'), 'ready');

    expect((await keysOf('library', tenantId)).sort()).toEqual([
      encryptionKey,
      "the bucket's",
      "the bucket's",
    ]);
  });

  it('is told what is wrong while its key is missing, and how to get it', async () => {
    const { tenantId, api } = await createTenant(engine, { policy: { encryptionRequired: true } });
    const refused = await api.initiate(octets(5));

    expect(refused.body).toMatchObject({ status: 503, code: 'storage_unavailable' });
    await change(tenantId, {});
    expect((await api.initiate(octets(5))).status).toBe(201);
  });
});

describe('erasing', () => {
  const until = (jobId: string, end: string) =>
    eventually(`job ${jobId} is ${end}`, async () => {
      const job = ok(await root.call<{ status: string }>('GET', `/storage/jobs/${jobId}`));
      return job.status === end;
    });

  it("a tenant schedules its key's deletion and takes the alias away", async () => {
    const { tenantId, api, key } = await encryptedTenant();
    await untilStatus(api, await upload(api, octets(5), Buffer.alloc(5)), 'ready');

    const { jobId } = ok(await root.call<{ jobId: string }>('DELETE', `/admin/tenants/${tenantId}`));
    await until(jobId, 'done');

    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: key }));
    expect(KeyMetadata?.KeyState).toBe('PendingDeletion');
    const days = ((KeyMetadata?.DeletionDate?.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    const gone = new DescribeKeyCommand({ KeyId: tenantKeyAlias('local', tenantId) });
    await expect(kms.send(gone)).rejects.toThrow(/not found/i);
  });

  it('a tenant that holds or retains files is refused, until somebody decided about them', async () => {
    const { tenantId, users, api } = await createTenant(engine, { roles: ['user', 'admin'] });
    const admin = (users[1] as (typeof users)[number]).api;
    const fileId = await uploadText(api, 'evidence');
    await untilStatus(api, fileId, 'ready');
    const erase = () => root.call<{ jobId: string }>('DELETE', `/admin/tenants/${tenantId}`);
    const hold = (body: object) => admin.call('PUT', `/storage/files/${fileId}/legal-hold`, { body });

    ok(await hold({ hold: true, reason: 'case 12' }));
    expect((await erase()).body).toMatchObject({
      status: 403,
      code: 'legal_hold',
      detail: expect.stringContaining(fileId),
    });
    ok(await hold({ hold: false }));
    await change(tenantId, { retentionDays: 7 });
    expect((await erase()).body).toMatchObject({ status: 403, code: 'retention_active' });
    expect((await api.file(fileId)).status).toBe(200);

    await change(tenantId, { retentionDays: 0 });
    await until(ok(await erase()).jobId, 'done');
  });
});
