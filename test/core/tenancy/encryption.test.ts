import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { contentFacts, keptVersion } from '../../../lambdas/core/files/content.ts';
import { changeTenant, createTenant, type TenantDeps } from '../../../lambdas/core/tenancy/admin/tenants.ts';
import type { Tenant } from '../../../lambdas/core/tenancy/policy.ts';
import { initiateUpload } from '../../../lambdas/core/uploads/initiate.ts';
import { caller, file, startOfTime, tenant } from '../../support/domain.ts';
import { World } from '../../support/world.ts';

const arn = (tenantId: string): string => `arn:aws:kms:eu-west-1:123456789012:key/${tenantId}`;
const root = caller({ tenant: { tenantId: 'operators' }, user: { tenantId: 'operators', role: 'root' } });

/** Tenants in memory, and which of them a key was made for. */
function world(tenants: readonly Tenant[] = [], kmsIsDown = false) {
  const known = new Map(tenants.map((each) => [each.tenantId, each]));
  const made: string[] = [];
  const deps: TenantDeps = {
    now: () => startOfTime,
    newId: () => 'E',
    defaults: defaultLimits,
    names: defaultLimits.names,
    keys: {
      ensure: async (tenantId) => {
        if (kmsIsDown) throw new Error('KMS is down');
        made.push(tenantId);
        return arn(tenantId);
      },
    },
    tenants: {
      tenant: async (tenantId) => known.get(tenantId),
      tenants: async () => ({ items: [...known.values()] }),
      createTenant: async (created) => {
        known.set(created.tenantId, created);
        return true;
      },
      changeTenant: async (_before, after) => {
        known.set(after.tenantId, after);
        return true;
      },
    },
  };
  return { deps, known, made };
}

const asked = { tenantId: 'acme', name: 'Acme', tier: 'enterprise' as const };

describe("a tenant's key", () => {
  it.each([
    ['the policy asks for it', { encryptionRequired: true }],
    ['a framework asks for it', { complianceFrameworks: ['HIPAA' as const] }],
  ])('is made with the tenant where %s', async (_why, policy) => {
    const { deps, known } = world();

    const view = await createTenant(deps, root, { ...asked, policy });

    expect(view.encryptionKey).toBe(arn('acme'));
    expect(known.get('acme')?.encryptionKey).toBe(arn('acme'));
  });

  it('is made when the policy first asks for it, once, and stays when it no longer does', async () => {
    const { deps, known, made } = world([tenant()]);

    await changeTenant(deps, root, 'acme', { policy: { encryptionRequired: true } });
    await changeTenant(deps, root, 'acme', { name: 'Another name' });
    await changeTenant(deps, root, 'acme', { policy: { encryptionRequired: null } });

    expect(made).toEqual(['acme']);
    expect(known.get('acme')?.encryptionKey).toBe(arn('acme'));
  });

  it('is made for a tenant that lacks it by saving the tenant again', async () => {
    const { deps, known } = world([tenant({ policy: { encryptionRequired: true } })]);
    await changeTenant(deps, root, 'acme', {});
    expect(known.get('acme')?.encryptionKey).toBe(arn('acme'));
  });

  it('is not made for a tenant that does not ask, nor by a creation under an id that is taken', async () => {
    const { deps, made } = world([tenant()]);
    await createTenant(deps, root, { ...asked, tenantId: 'globex' });
    await expect(
      createTenant(deps, root, { ...asked, policy: { encryptionRequired: true } }),
    ).rejects.toMatchObject({ code: 'name_conflict' });
    expect(made).toEqual([]);
  });

  it('that cannot be made keeps the policy as it was', async () => {
    const { deps, known } = world([tenant()], true);
    const change = changeTenant(deps, root, 'acme', { policy: { encryptionRequired: true } });
    await expect(change).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(known.get('acme')).toEqual(tenant());
  });
});

describe('an upload of a tenant with encryptionRequired', () => {
  const encrypted = { policy: { encryptionRequired: true }, encryptionKey: arn('acme') };
  const request = { path: '/', filename: 'a.bin', mimeType: 'application/octet-stream', size: 5 };

  it('has the key on session and file, whatever becomes of the policy before it is stored', async () => {
    const made = new World();
    const { fileId, uploadId } = await initiateUpload(made.uploads, caller({ tenant: encrypted }), request);
    made.s3.put({ tenantId: 'acme', fileId, uploadId }, new Uint8Array(5));
    await made.deliver();

    expect(made.table.sessions.get(`acme/${fileId}/${uploadId}`)?.session.encryptionKey).toBe(arn('acme'));
    expect(made.table.files.get(`acme/${fileId}`)).toMatchObject({
      status: 'ready',
      encryptionKey: arn('acme'),
    });
  });

  it('that replaces a file brings its own key; the version that is kept keeps the one it lies under', async () => {
    const made = new World();
    const first = await initiateUpload(made.uploads, caller(), request);
    made.s3.put({ tenantId: 'acme', ...first }, new Uint8Array(5));
    await made.deliver();
    const replacing = { ...request, onConflict: 'replace' as const };
    const second = await initiateUpload(made.uploads, caller({ tenant: encrypted }), replacing);
    made.s3.put({ tenantId: 'acme', ...second }, new Uint8Array(5));
    await made.deliver();
    const third = await initiateUpload(made.uploads, caller(), replacing);
    made.s3.put({ tenantId: 'acme', ...third }, new Uint8Array(5));
    await made.deliver();

    const keyOf = (version: number) =>
      made.table.versions.get(`acme/${first.fileId}/${version}`)?.encryptionKey;
    expect([keyOf(1), keyOf(2)]).toEqual([undefined, arn('acme')]);
    expect(made.table.files.get(`acme/${first.fileId}`)).not.toHaveProperty('encryptionKey');
  });

  it('is refused clearly while the tenant has no key yet, and reserves nothing', async () => {
    const made = new World();
    const lacking = caller({ tenant: { policy: { encryptionRequired: true } } });
    await expect(initiateUpload(made.uploads, lacking, request)).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringContaining('PUT /admin/tenants'),
    });
    expect(made.table.files.size).toBe(0);
  });
});

it('a restored version brings its key back', () => {
  const stored = file({ libraryKey: 'K', libraryVersionId: 'V', encryptionKey: arn('acme') });
  const kept = keptVersion(stored, startOfTime);
  expect(contentFacts(kept).set).toMatchObject({ encryptionKey: arn('acme') });
  expect(contentFacts(file()).clear).toContain('encryptionKey');
});
