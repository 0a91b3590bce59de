import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { frameworkNames } from '../../../lambdas/contract/tenant-items.ts';
import { laxerThanPresets, presetOf, presets } from '../../../lambdas/core/tenancy/compliance.ts';
import { type TenantPolicy, tenantPolicy } from '../../../lambdas/core/tenancy/policy.ts';
import { isAtLeastAsStrict, orderedFields, stricterOf } from '../../../lambdas/core/tenancy/stricter.ts';
import { tenant } from '../../support/domain.ts';

const types = fc.subarray(['image/*', 'image/png', 'image/jpeg', 'video/*', 'video/mp4', 'text/plain']);
const bound = fc.integer({ min: 0, max: 1_000 });
const countries = fc.subarray(['DE', 'FR', 'US'], { minLength: 1 });
const frameworks = fc.subarray([...frameworkNames]);

/** Any policy, as far as it has an order from lax to strict. */
const policies: fc.Arbitrary<Partial<TenantPolicy>> = fc.record(
  {
    maxBytes: bound,
    maxConcurrentUploads: bound,
    maxFilesPerDay: bound,
    maxFileSize: bound,
    allowedMimeTypes: types,
    allowedExtensions: fc.option(fc.subarray(['.pdf', '.png', '.txt'])),
    blockUploads: fc.boolean(),
    slotsPerUser: bound,
    initiationsPerMinute: bound,
    bytesPerUser: bound,
    filesPerUser: bound,
    bytesPerHour: fc.option(bound),
    transcodeMinutesPerMonth: bound,
    virusScanningRequired: fc.boolean(),
    encryptionRequired: fc.boolean(),
    trashDays: bound,
    retentionDays: bound,
    geoRestrictions: fc.record({ allow: countries, deny: countries }, { requiredKeys: [] }),
    auditLevel: fc.constantFrom('minimal', 'standard', 'full'),
    complianceFrameworks: frameworks,
    unscannable: fc.constantFrom('reject', 'hold'),
    svg: fc.constantFrom('rasterize', 'reject'),
  },
  { requiredKeys: [] },
);

describe('the stricter of several policies', () => {
  const merged = (all: readonly Partial<TenantPolicy>[]) =>
    all.reduce<Partial<TenantPolicy>>((sum, one) => stricterOf(sum, one), {});
  /** A value as a merge leaves it: lists sorted, without repetitions. */
  const settled = (policy: Partial<TenantPolicy>) => stricterOf(policy, policy);

  it('is the same in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(policies, { maxLength: 4 }), fc.infiniteStream(fc.nat()), (all, order) => {
        const shuffled = all
          .map((policy) => ({ policy, at: order.next().value }))
          .sort((a, b) => Number(a.at) - Number(b.at))
          .map(({ policy }) => policy);
        expect(settled(merged(shuffled))).toEqual(settled(merged(all)));
      }),
    );
  });

  it('is at least as strict as each of them, in every field', () => {
    fc.assert(
      fc.property(policies, policies, (a, b) => {
        const both = stricterOf(a, b);
        for (const field of orderedFields) {
          for (const one of [a, b]) {
            const [mine, theirs] = [both[field], one[field]];
            if (mine !== undefined && theirs !== undefined) {
              expect(isAtLeastAsStrict(field, mine, theirs), field).toBe(true);
            }
          }
        }
      }),
    );
  });

  it('keeps of a group and a type in it the type', () => {
    const { allowedMimeTypes } = stricterOf(
      { allowedMimeTypes: ['image/*', 'text/plain'] },
      { allowedMimeTypes: ['image/png', 'video/*'] },
    );
    expect(allowedMimeTypes).toEqual(['image/png']);
  });
});

describe('a compliance framework', () => {
  it('has a preset whose every value says where it comes from', () => {
    expect(Object.keys(presets).sort()).toEqual([...frameworkNames].sort());
    for (const [framework, preset] of Object.entries(presets)) {
      expect(Object.keys(preset).length, framework).toBeGreaterThan(0);
      for (const { source, basis } of Object.values(preset)) {
        expect(source.length, framework).toBeGreaterThan(10);
        expect(['required', 'choice']).toContain(basis);
      }
    }
  });

  it('sets the policy, several the stricter of each field, whatever their order', () => {
    fc.assert(
      fc.property(frameworks, (named) => {
        expect(presetOf([...named].reverse())).toEqual(presetOf(named));
        const policy = tenantPolicy(tenant({ policy: { complianceFrameworks: named } }), defaultLimits);
        for (const framework of named) {
          expect(laxerThanPresets(policy, [framework]), framework).toEqual([]);
        }
      }),
    );
  });

  it('bounds what the tenant says, even where it was said before', () => {
    const laxer = {
      complianceFrameworks: ['HIPAA', 'PCI-DSS'],
      trashDays: 90,
      auditLevel: 'minimal',
    } as const;
    expect(tenantPolicy(tenant({ policy: laxer }), defaultLimits)).toMatchObject({
      trashDays: 7,
      auditLevel: 'full',
      encryptionRequired: true,
      retentionDays: 2_192,
    });
    expect(
      laxerThanPresets(laxer, laxer.complianceFrameworks).map(({ field, framework }) => [field, framework]),
    ).toEqual(
      expect.arrayContaining([
        ['trashDays', 'PCI-DSS'],
        ['auditLevel', 'HIPAA'],
      ]),
    );
  });

  it('lets stricter values stand', () => {
    const policy = { complianceFrameworks: ['GDPR'], trashDays: 1, auditLevel: 'full' } as const;
    expect(laxerThanPresets(policy, policy.complianceFrameworks)).toEqual([]);
    expect(tenantPolicy(tenant({ policy }), defaultLimits)).toMatchObject({
      trashDays: 1,
      auditLevel: 'full',
    });
  });
});
