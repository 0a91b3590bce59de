import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { changedPolicy, type PolicyPatch } from '../../../lambdas/core/tenancy/admin/policy-change.ts';
import {
  hasPermission,
  type Permission,
  permissions,
  policyFields,
  requirePermission,
} from '../../../lambdas/core/tenancy/roles.ts';
import { caller, tenant } from '../../support/domain.ts';

const all = Object.keys(permissions) as Permission[];
const as = (role: 'user' | 'admin' | 'root') => caller({ user: { role } });

describe('roles', () => {
  it('give a user nothing to govern', () => {
    expect(all.filter((permission) => hasPermission(as('user'), permission))).toEqual([]);
  });

  it('give an admin its own tenant, and root everything there is', () => {
    expect(all.filter((permission) => hasPermission(as('admin'), permission, 'globex'))).toEqual([]);
    expect(all.filter((permission) => !hasPermission(as('root'), permission))).toEqual([]);
    for (const permission of [
      'tenant.create',
      'tenant.govern',
      'tenant.erase',
      'users.manageRoots',
      'queues.redrive',
    ] as const) {
      expect(hasPermission(as('admin'), permission), permission).toBe(false);
    }
  });

  it('answer for a foreign tenant as for one that is not there', () => {
    expect(() => requirePermission(as('admin'), 'users.manage', 'globex')).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
    expect(() => requirePermission(as('user'), 'users.manage', 'globex')).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
    expect(() => requirePermission(as('root'), 'users.manage', 'globex')).not.toThrow();
  });
});

describe('a change of a policy', () => {
  const deps = { defaults: defaultLimits, names: defaultLimits.names };
  const change = (role: 'admin' | 'root', patch: PolicyPatch, policy = {}) =>
    changedPolicy(deps, as(role), tenant({ tier: 'basic', policy }), patch);
  const refused = (code: string) => expect.objectContaining({ code });

  it('says of every field whether an admin may loosen it', () => {
    const field = Object.keys(policyFields);
    expect(field).toEqual(expect.arrayContaining(['maxBytes', 'geoRestrictions', 'profiles', 'timeZone']));
  });

  it.each<[PolicyPatch, PolicyPatch]>([
    [{ maxFileSize: 10 }, { maxFileSize: 1024 ** 4 }],
    [{ allowedMimeTypes: ['image/png'] }, { allowedMimeTypes: ['image/*'] }],
    [{ allowedExtensions: ['.pdf'] }, { slotsPerUser: 6 }],
    [{ blockUploads: true }, { virusScanningRequired: false }],
    [{ auditLevel: 'full' }, { auditLevel: 'minimal' }],
    [{ retentionDays: 365 }, { bytesPerHour: 1024 ** 4 }],
    [{ geoRestrictions: { allow: ['DE'] } }, { maxConcurrentUploads: 501 }],
    [{ complianceFrameworks: ['GDPR'] }, { maxBytes: 1024 ** 5 }],
    [{ timeZone: 'Asia/Tokyo', trashDays: 90, unscannable: 'hold' }, { initiationsPerMinute: 61 }],
  ])('lets an admin say %j, and only root %j', (admins, roots) => {
    expect(change('admin', admins)).toEqual(admins);
    expect(() => change('admin', roots)).toThrow(refused('forbidden'));
    expect(change('root', roots)).toEqual(roots);
  });

  it('lets an admin not undo by null what loosens', () => {
    expect(() => change('admin', { blockUploads: null }, { blockUploads: true })).toThrow(
      refused('forbidden'),
    );
    expect(change('root', { blockUploads: null }, { blockUploads: true })).toEqual({});
  });

  it('takes nothing laxer than a framework, from root neither', () => {
    const named = { complianceFrameworks: ['SOX'] as const };
    expect(() => change('root', { retentionDays: 30 }, named)).toThrow(refused('validation_failed'));
    expect(change('root', { retentionDays: 4_000 }, named)).toMatchObject({ retentionDays: 4_000 });
  });

  it('keeps folders of profiles in the form that paths have', () => {
    const profile = { allowedTypes: ['image/*'], maxFiles: 1 };
    expect(change('admin', { profiles: { a: { ...profile, folder: 'pics/' } } }).profiles?.a?.folder).toBe(
      '/pics',
    );
    expect(() => change('admin', { profiles: { a: { ...profile, folder: '/../x' } } })).toThrow(
      refused('validation_failed'),
    );
  });
});
