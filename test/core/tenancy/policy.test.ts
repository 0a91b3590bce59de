import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { admitCaller } from '../../../lambdas/core/tenancy/caller.ts';
import { effectivePolicy, type User } from '../../../lambdas/core/tenancy/policy.ts';
import { type QuotaDeps, quotaView, type Usage } from '../../../lambdas/core/tenancy/quota.ts';
import { policyViolation } from '../../../lambdas/core/uploads/admission.ts';
import { caller, startOfTime, tenant, user } from '../../support/domain.ts';

const { basic, premium } = defaultLimits.tiers;
const policy = (of: Parameters<typeof tenant>[0], who: Parameters<typeof user>[0] = {}) =>
  effectivePolicy(tenant(of), user(who), defaultLimits);

describe('a policy', () => {
  it('is the tier of the user, else that of its tenant', () => {
    expect(policy({ tier: 'basic' }).user.maxBytes).toBe(basic.bytesPerUser);
    expect(policy({ tier: 'basic' }, { tier: 'premium' }).user.maxBytes).toBe(premium.bytesPerUser);
  });

  it('is tightened and widened by what the tenant says, field by field', () => {
    const said = policy({
      tier: 'basic',
      policy: { maxFileSize: 10, slotsPerUser: 50, allowedExtensions: ['.pdf'] },
    });
    expect(said).toMatchObject({
      maxFileBytes: 10,
      user: { maxOpenUploads: 50, maxBytes: basic.bytesPerUser },
    });
    expect(said.allowedExtensions).toEqual(['.pdf']);
  });

  it('gives a tenant the bytes and files of all its users, never more than a number holds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 6 }), (userCount) => {
        const { maxBytes, maxFiles } = policy({ tier: 'enterprise', userCount }).tenant;
        expect(Number.isSafeInteger(maxBytes)).toBe(true);
        expect(Number.isSafeInteger(maxFiles)).toBe(true);
        const all = BigInt(defaultLimits.tiers.enterprise.bytesPerUser) * BigInt(userCount);
        expect(BigInt(maxBytes) === all || maxBytes === Number.MAX_SAFE_INTEGER).toBe(true);
      }),
    );
  });
});

describe('admission before anything is reserved', () => {
  const request = { filename: 'a.pdf', mimeType: 'application/pdf', size: 10 };
  const codeOf = (of: Parameters<typeof tenant>[0], over: Partial<typeof request> = {}) =>
    policyViolation({ ...request, ...over }, policy({ tier: 'basic', ...of }))?.code;

  it.each([
    ['nothing', {}, {}, undefined],
    ['uploads that are blocked', { policy: { blockUploads: true } }, {}, 'uploads_blocked'],
    ['a type the tier lacks', {}, { mimeType: 'video/mp4' }, 'type_not_allowed'],
    ['an extension not on the list', { policy: { allowedExtensions: ['.png'] } }, {}, 'type_not_allowed'],
    [
      'no extension where a list says which',
      { policy: { allowedExtensions: ['.pdf'] } },
      { filename: 'README' },
      'type_not_allowed',
    ],
    ['a byte more than the tier takes', {}, { size: basic.maxFileBytes + 1 }, 'file_too_large'],
    ['exactly what the tier takes', {}, { size: basic.maxFileBytes }, undefined],
  ] as const)('finds %s', (_what, of, over, code) => {
    expect(codeOf(of, over)).toBe(code);
  });

  it('never lets through more than S3 stores, whatever the policy says', () => {
    const wide = policy({ policy: { maxFileSize: Number.MAX_SAFE_INTEGER } });
    expect(policyViolation({ ...request, size: 49 * 1024 ** 4 }, wide)?.code).toBe('file_too_large');
  });

  it.each([
    ['refuses what the scanner cannot take', {}, 'file_too_large'],
    ['lets it wait where the policy says so', { unscannable: 'hold' }, undefined],
    ['does not ask where nothing is scanned', { virusScanningRequired: false }, undefined],
  ] as const)('%s', (_what, of, code) => {
    const scannerMaxBytes = 2_000;
    const admitted = (size: number) =>
      policyViolation({ ...request, size }, policy({ tier: 'basic', policy: of }), scannerMaxBytes);

    expect(admitted(scannerMaxBytes)).toBeUndefined();
    expect(admitted(scannerMaxBytes + 1)?.code).toBe(code);
    if (code) expect(admitted(scannerMaxBytes + 1)?.message).toMatch(/malware scanner takes at most/);
  });

  it('takes an extension in capitals for the same', () => {
    expect(codeOf({ policy: { allowedExtensions: ['.pdf'] } }, { filename: 'A.PDF' })).toBeUndefined();
  });
});

describe('a caller', () => {
  const admit = (found: Parameters<typeof tenant>[0] | null, who: Parameters<typeof user>[0] | null) =>
    admitCaller(
      { find: async () => ({ ...(found && { tenant: tenant(found) }), ...(who && { user: user(who) }) }) },
      defaultLimits,
      { tenantId: 'acme', userId: 'alice' },
      {},
    );

  it.each([
    ['a tenant that is suspended', { status: 'suspended' }, {}, 'tenant_suspended'],
    ['a user that is inactive', {}, { status: 'inactive' }, 'user_inactive'],
    ['nobody of the tenant', {}, null, 'forbidden'],
    ['a machine with a token of people', {}, { isMachine: true }, 'forbidden'],
    ['no tenant at all', null, {}, 'forbidden'],
  ] as const)('is refused as %s', async (_what, found, who, code) => {
    await expect(admit(found, who)).rejects.toMatchObject({ code });
  });

  it('has the bounds that the table says at this moment', async () => {
    expect((await admit({}, { tier: 'basic' })).policy.tier).toBe('basic');
  });
});

const quotaDeps = (usage: { user: Usage; tenant: Usage }, users: readonly User[] = []): QuotaDeps => ({
  usage: { usage: async () => usage },
  directory: {
    find: async (_tenant, userId) => {
      const user = users.find((candidate) => candidate.userId === userId);
      return user ? { user } : {};
    },
  },
  limits: defaultLimits,
  transcoded: { used: async () => 90 },
  now: () => startOfTime,
});

describe('the quota view', () => {
  const zero = { committedBytes: 0, committedFiles: 0, reservedBytes: 0, reservedFiles: 0, openUploads: 0 };

  it('tells stored bytes from reserved ones and never shows less than no space', async () => {
    const used = {
      committedBytes: 900,
      committedFiles: 3,
      reservedBytes: 200,
      reservedFiles: 1,
      openUploads: 1,
    };
    const alice = caller({ tenant: { policy: { bytesPerUser: 800 } } });
    const view = await quotaView(quotaDeps({ user: used, tenant: zero }), alice);
    expect(view).toMatchObject({
      currentUsage: 700,
      reserved: 200,
      availableSpace: 0,
      filesCount: 2,
      slots: { used: 1 },
    });
    expect(view.tenant).toMatchObject({ currentUsage: 0, availableSpace: view.tenant.maxQuota });
    expect(view.tenant.transcodeMinutes).toEqual({ used: 1.5, max: 100_000 });
  });

  it("shows an admin any user of the tenant by that user's own bounds, and a user nobody else", async () => {
    const bob = user({ userId: 'bob', tier: 'basic' });
    const deps = quotaDeps({ user: zero, tenant: zero }, [bob]);
    const admin = caller({ user: { userId: 'admin', role: 'admin' } });

    expect(await quotaView(deps, admin, 'bob')).toMatchObject({ tier: 'basic', maxFiles: 100 });
    await expect(quotaView(deps, admin, 'nobody')).rejects.toMatchObject({ code: 'not_found' });
    await expect(quotaView(deps, caller(), 'bob')).rejects.toMatchObject({ code: 'forbidden' });
  });
});
