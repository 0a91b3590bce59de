import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { type Status, statuses } from '../../../lambdas/core/files/status.ts';
import {
  type Access,
  accessTo,
  decideAccess,
  type Need,
  requireAccess,
  type Share,
  suffices,
  viaOf,
} from '../../../lambdas/core/tenancy/access.ts';
import { caller, file } from '../../support/domain.ts';

const now = '2026-11-20T10:00:00.000Z';
const past = '2026-11-20T09:59:59.999Z';
const future = '2026-11-20T10:00:00.001Z';

const share = (over: Partial<Share> = {}): Share => ({
  tenantId: 'acme',
  fileId: 'F1',
  userId: 'bob',
  access: 'read',
  createdAt: past,
  createdBy: 'alice',
  ...over,
});

const who = (userId: string, role: 'user' | 'admin' | 'root', tenantId = 'acme') =>
  caller({ user: { userId, role, tenantId } });

const stored = file({ status: 'ready' });

describe('the access decision', () => {
  const none: Access = { level: 'none' };
  it.each<[string, Parameters<typeof decideAccess>[0], Share | undefined, Partial<FileRecord>, Access]>([
    ['the owner', who('alice', 'user'), undefined, {}, { level: 'manage', via: 'owner' }],
    ['an admin', who('eve', 'admin'), undefined, {}, { level: 'manage', via: 'admin' }],
    ['the root of the tenant', who('eve', 'root'), undefined, {}, { level: 'manage', via: 'admin' }],
    ['an admin of another tenant', who('eve', 'admin', 'globex'), undefined, {}, none],
    ['the root of another tenant', who('eve', 'root', 'globex'), undefined, {}, none],
    ['the owner id in another tenant', who('alice', 'user', 'globex'), undefined, {}, none],
    ['a colleague', who('bob', 'user'), undefined, {}, none],
    ['a reader', who('bob', 'user'), share(), {}, { level: 'read', via: 'share' }],
    ['a writer', who('bob', 'user'), share({ access: 'write' }), {}, { level: 'write', via: 'share' }],
    [
      'a reader until later',
      who('bob', 'user'),
      share({ expiresAt: future }),
      {},
      { level: 'read', via: 'share' },
    ],
    ['a reader until now', who('bob', 'user'), share({ expiresAt: now }), {}, none],
    ['a reader until before', who('bob', 'user'), share({ expiresAt: past }), {}, none],
    ["somebody with another's share", who('mallory', 'user'), share(), {}, none],
    ["a reader with another file's share", who('bob', 'user'), share({ fileId: 'F2' }), {}, none],
    ["a reader with another tenant's share", who('bob', 'user'), share({ tenantId: 'globex' }), {}, none],
    ['a reader of the trash', who('bob', 'user'), share(), { status: 'deleted' }, none],
    [
      'the owner of trash',
      who('alice', 'user'),
      undefined,
      { status: 'deleted' },
      { level: 'manage', via: 'owner' },
    ],
    ['the owner of what was purged', who('alice', 'user'), undefined, { status: 'purged' }, none],
    ['an admin, of what was purged', who('eve', 'admin'), undefined, { status: 'purged' }, none],
  ])('%s', (_name, caller, shared, over, expected) => {
    expect(decideAccess(caller, { ...stored, ...over }, shared, now)).toEqual(expected);
  });

  it('never opens a file beyond its tenant, nor to a colleague without a share that holds', () => {
    const ids = fc.constantFrom('alice', 'bob', 'carol');
    const tenants = fc.constantFrom('acme', 'globex');
    const shares = fc.option(
      fc.record({
        tenantId: tenants,
        fileId: fc.constantFrom('F1', 'F2'),
        userId: ids,
        access: fc.constantFrom('read' as const, 'write' as const),
        expiresAt: fc.option(fc.constantFrom(past, now, future), { nil: undefined }),
      }),
      { nil: undefined },
    );
    fc.assert(
      fc.property(
        tenants,
        ids,
        fc.constantFrom('user' as const, 'admin' as const, 'root' as const),
        fc.constantFrom<Status>(...statuses),
        shares,
        (tenantId, userId, role, status, shared) => {
          const given =
            shared && share({ ...shared, ...(shared.expiresAt && { expiresAt: shared.expiresAt }) });
          const { level, via } = decideAccess(who(userId, role, tenantId), { ...stored, status }, given, now);
          const inTenant = tenantId === 'acme' && status !== 'purged';
          const holds =
            given?.tenantId === 'acme' &&
            given.fileId === 'F1' &&
            given.userId === userId &&
            (given.expiresAt === undefined || given.expiresAt > now);
          if (!inTenant) expect(level).toBe('none');
          else if (userId === 'alice') expect(via).toBe('owner');
          else if (role !== 'user') expect(via).toBe('admin');
          else if (holds && status !== 'deleted') expect(level).toBe(given?.access);
          else expect(level).toBe('none');
          expect(level === 'manage').toBe(via === 'owner' || via === 'admin');
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('lets a write share read, and nothing less than owner or admin manage', () => {
    const needs: readonly Need[] = ['read', 'write', 'manage'];
    const enough = (level: Access['level']) => needs.filter((need) => suffices({ level }, need));
    expect(enough('none')).toEqual([]);
    expect(enough('read')).toEqual(['read']);
    expect(enough('write')).toEqual(['read', 'write']);
    expect(enough('manage')).toEqual(['read', 'write', 'manage']);
  });
});

describe('a call that needs a file', () => {
  const deps = (found: FileRecord | undefined, shared?: Share) => {
    const reads: string[] = [];
    const store = {
      file: async () => found,
      share: async () => {
        reads.push('share');
        return shared;
      },
    };
    return { reads, store, now: () => now };
  };
  const outcome = (promise: Promise<unknown>) =>
    promise.then(
      () => 'ok',
      ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
    );

  it('reads the share of nobody who owns the file or governs the tenant', async () => {
    for (const someone of [who('alice', 'user'), who('eve', 'admin')]) {
      const owned = deps(stored);
      await requireAccess(owned, someone, 'F1', 'manage');
      expect(owned.reads).toEqual([]);
    }
  });

  it('tells a colleague of a private file exactly what it tells of a missing, a purged and a foreign one', async () => {
    const bob = who('bob', 'user');
    const cases = [
      deps(undefined),
      deps(stored),
      deps({ ...stored, status: 'purged' }),
      deps({ ...stored, status: 'deleted' }, share()),
      deps({ ...stored, tenantId: 'globex' }),
    ];
    const answers = await Promise.all(cases.map((each) => outcome(requireAccess(each, bob, 'F1', 'read'))));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('not_found');
    // By the same reads, so that the time tells nothing either.
    expect(cases.map(({ reads }) => reads.length)).toEqual([1, 1, 1, 1, 1]);
  });

  it('says to somebody who may see the file what is missing', async () => {
    const bob = who('bob', 'user');
    expect(await outcome(requireAccess(deps(stored, share()), bob, 'F1', 'write'))).toContain('forbidden');
    const writer = deps(stored, share({ access: 'write' }));
    expect(await outcome(requireAccess(writer, bob, 'F1', 'write'))).toBe('ok');
    expect(await outcome(requireAccess(writer, bob, 'F1', 'manage'))).toContain('forbidden');
  });

  it('reads the share once, however often a change is built anew', async () => {
    const shared = deps(stored, share({ access: 'write' }));
    const admit = accessTo(shared, who('bob', 'user'), 'F1', 'write');
    await admit(stored);
    await admit({ ...stored, revision: 2 });
    expect(shared.reads).toEqual(['share']);
  });
});

describe('what events say of an access', () => {
  it.each([
    ['the owner', { kind: 'user', userId: 'alice', role: 'admin' }, undefined],
    ["an admin to somebody else's file", { kind: 'user', userId: 'eve', role: 'admin' }, 'admin'],
    ['somebody it is shared with', { kind: 'user', userId: 'bob', role: 'user' }, 'share'],
    ['the system', { kind: 'system' }, undefined],
    ['the public', { kind: 'public', address: '198.51.100.7' }, undefined],
  ] as const)('%s', (_name, actor, via) => {
    expect(viaOf(actor, 'alice')).toBe(via);
  });
});
