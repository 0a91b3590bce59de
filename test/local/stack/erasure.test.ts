import { AdminGetUserCommand } from '@aws-sdk/client-cognito-identity-provider';
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, it } from 'vitest';
import { tenantPrefix } from '../../../lambdas/contract/storage-keys.ts';
import { Api, ok } from '../../support/api.ts';
import { engineOf, eventually } from '../../support/engine.ts';
import { corners } from '../../support/images.ts';
import { createTenant } from '../../support/tenants.ts';
import { MiB, octets, untilStatus, upload, uploadText } from '../../support/uploads.ts';

const engine = engineOf(inject('stack'));
const { stack } = engine;

interface Job {
  status: string;
  detail?: string;
}

/** Keys of everything in the table that names the tenant, but its audit, the rates, which expire, and `numbersOf`. */
async function traces(tenantId: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { Items = [] } of paginateScan({ client: engine.db }, { TableName: stack.tableName })) {
    for (const item of Items) {
      const names = [item.pk, item.ownerPk, item.folderPk, item.statusPk, item.tenantId].map(String);
      const isTheirs = names.some((name) => name === tenantId || name.split('#').includes(tenantId));
      if (isTheirs && !leftOnPurpose(String(item.pk), String(item.sk))) found.push(`${item.pk} ${item.sk}`);
    }
  }
  return found;
}

const leftOnPurpose = (pk: string, sk: string): boolean =>
  /^(RATE|METRICS|AUDIT)#/.test(pk) || sk.startsWith('AUDIT_');

/** Keys of the numbers of the tenant: they go when the event of its erasure is tallied. */
async function numbersOf(tenantId: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { Items = [] } of paginateScan({ client: engine.db }, { TableName: stack.tableName })) {
    for (const { pk, sk } of Items) {
      if (String(pk).startsWith('METRICS#') && String(sk).split('#').includes(tenantId))
        found.push(`${pk} ${sk}`);
    }
  }
  return found;
}

/** Objects, versions, delete markers and uploads in progress below the tenant's prefix. */
async function bytesOf(tenantId: string): Promise<string[]> {
  const Prefix = `${tenantPrefix}${tenantId}/`;
  const found = await Promise.all(
    Object.values(stack.buckets).map(async (Bucket) => {
      const { Versions = [], DeleteMarkers = [] } = await engine.s3.send(
        new ListObjectVersionsCommand({ Bucket, Prefix }),
      );
      const { Uploads = [] } = await engine.s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
      return [...Versions, ...DeleteMarkers, ...Uploads].map(({ Key }) => `${Bucket} ${Key}`);
    }),
  );
  return found.flat();
}

describe('erasing a tenant', () => {
  it('stops every call at once and leaves nothing behind but the audit', async () => {
    const root = (await createTenant(engine, { roles: ['root'] })).api;
    const neighbour = await createTenant(engine);
    const kept = await uploadText(neighbour.api, 'stays');
    const { tenantId, users } = await createTenant(engine, { roles: ['user', 'admin'] });
    const [user, admin] = [users[0], users[1] as (typeof users)[number]];
    const at = `/admin/tenants/${tenantId}`;

    const shared = await uploadText(user.api, 'one', { path: '/a/b/c', isPublic: true });
    const trashed = await uploadText(user.api, 'two');
    const purged = await uploadText(user.api, 'three');
    await Promise.all([shared, trashed, purged].map((id) => untilStatus(user.api, id, 'ready')));
    ok(
      await user.api.call('PUT', `/storage/files/${shared}/shares/${admin.userId}`, {
        body: { access: 'read' },
      }),
    );
    ok(await user.api.deleteFile(trashed, {}));
    ok(await user.api.deleteFile(purged, { hard: true }));
    ok(await user.api.call('POST', '/storage/folders', { body: { path: '/empty/inside' } }));
    ok(await user.api.initiate(octets(20 * MiB)));
    const picture = { path: '/a', filename: 'p.png', mimeType: 'image/png' };
    await untilStatus(user.api, await upload(user.api, picture, await corners(200, 100)), 'ready');
    // What a crash may leave: bytes that nobody claimed, a copy that was never completed.
    const left = { Key: `${tenantPrefix}${tenantId}/left` };
    await engine.s3.send(new PutObjectCommand({ ...left, Bucket: stack.buckets.intake, Body: 'left' }));
    await engine.s3.send(new CreateMultipartUploadCommand({ ...left, Bucket: stack.buckets.library }));
    ok(
      await user.api.call('POST', '/storage/files/bulk', {
        body: { action: 'tag', fileIds: [shared], params: { tags: ['x'] } },
      }),
    );
    const client = ok(
      await admin.api.call<{ clientId: string; clientSecret: string }>('POST', `${at}/clients`, {
        body: { name: 'm', scopes: ['uploads'] },
      }),
    );
    const leaver = ok(
      await admin.api.call<{ userId: string }>('POST', `${at}/users`, {
        body: { email: `leaver@${tenantId}.example`, password: 'Leaver-password-1!' },
      }),
    );
    ok(await admin.api.call('DELETE', `${at}/users/${leaver.userId}`));
    expect((await traces(tenantId)).length).toBeGreaterThan(20);
    expect((await bytesOf(tenantId)).length).toBeGreaterThan(2);

    const asked = await root.call<{ jobId: string }>('DELETE', at);
    expect(asked.status).toBe(202);
    expect((await user.api.files()).body).toMatchObject({ status: 403, code: 'tenant_suspended' });
    const repeated = await root.call<{ jobId: string }>('DELETE', at);
    expect(repeated.status).toBe(202);
    for (const { jobId } of [ok(asked), ok(repeated)]) {
      await eventually(`job ${jobId} is done`, async () => {
        const job = ok(await root.call<Job>('GET', `/storage/jobs/${jobId}`));
        if (job.status === 'failed') throw new Error(job.detail);
        return job.status === 'done';
      });
    }

    expect(await traces(tenantId)).toEqual([]);
    expect(await bytesOf(tenantId)).toEqual([]);
    await eventually('its numbers are forgotten', async () => (await numbersOf(tenantId)).length === 0);
    expect((await root.call('GET', at)).status).toBe(404);
    for (const { email } of users) {
      const account = new AdminGetUserCommand({ UserPoolId: stack.userPoolId, Username: email });
      await expect(engine.cognito.send(account)).rejects.toThrow(/not exist/i);
    }
    const token = await fetch(`${stack.apiUrl}/auth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.clientId,
        client_secret: client.clientSecret,
      }),
    });
    expect(token.status).toBe(401);
    expect((await user.api.files()).status).toBe(403);
    expect((await new Api(stack.apiUrl).call('GET', `/public/storage/files/${shared}/url`)).status).toBe(404);
    expect((await neighbour.api.file(kept)).status).toBe(200);
  });

  it('is for root, of another tenant than its own', async () => {
    const operators = await createTenant(engine, { roles: ['root', 'admin'] });
    const at = `/admin/tenants/${operators.tenantId}`;
    for (const { api } of operators.users) {
      expect((await api.call('DELETE', at)).body).toMatchObject({ status: 403, code: 'forbidden' });
    }
    expect((await operators.api.call('DELETE', '/admin/tenants/no-such-tenant')).status).toBe(404);
  });
});
