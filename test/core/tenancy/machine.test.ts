import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { errors } from '../../../lambdas/core/errors.ts';
import { admitMachine } from '../../../lambdas/core/tenancy/caller.ts';
import { type MachineClient, userOfMachine } from '../../../lambdas/core/tenancy/machine.ts';
import { issueMachineToken, type MachineTokenDeps } from '../../../lambdas/core/tenancy/machine-token.ts';
import { startOfTime, tenant, user } from '../../support/domain.ts';

const client: MachineClient = {
  clientId: 'machine-1',
  tenantId: 'acme',
  name: 'import',
  scopes: ['files.read', 'uploads'],
  secretHash: 'digest of secret',
  status: 'active',
  createdAt: startOfTime,
  createdBy: 'admin',
};

describe('a machine that calls', () => {
  const admit = (
    over: {
      client?: MachineClient | null;
      of?: Parameters<typeof tenant>[0];
      who?: Parameters<typeof user>[0];
    },
    onBehalfOf?: string,
    scope: string | undefined = 'uploads',
  ) =>
    admitMachine(
      {
        client: async () => (over.client === null ? undefined : (over.client ?? client)),
        find: async (_tenantId, userId) => ({
          tenant: tenant(over.of),
          ...(userId === 'alice' && { user: user(over.who) }),
          ...(userId === 'machine-2' && { user: userOfMachine({ ...client, clientId: 'machine-2' }) }),
        }),
      },
      defaultLimits,
      { clientId: 'machine-1', scopes: ['uploads', 'files.write'], onBehalfOf },
      scope,
      { address: '192.0.2.1' },
    );

  it('is a user of its own, with the bounds of one of its tenant’s tier', async () => {
    const itself = await admit({ of: { tier: 'premium' } });
    expect(itself).toMatchObject({ tenantId: 'acme', userId: 'machine-1', user: { role: 'user' } });
    expect(itself.policy.tier).toBe('premium');
    expect(itself.actor).toEqual({
      kind: 'machine',
      clientId: 'machine-1',
      userId: 'machine-1',
      address: '192.0.2.1',
    });
  });

  it('counts as the user whom it acts for, never with more than the role user', async () => {
    const alice = await admit({ who: { role: 'root', tier: 'basic' } }, 'alice');
    expect(alice).toMatchObject({ userId: 'alice', user: { role: 'user' }, policy: { tier: 'basic' } });
    expect(alice.actor).toMatchObject({ kind: 'machine', clientId: 'machine-1', userId: 'alice' });
  });

  it.each([
    ['removed', () => admit({ client: null }), 'unauthenticated'],
    ['of a suspended tenant', () => admit({ of: { status: 'suspended' } }), 'tenant_suspended'],
    ['of a tenant that is being erased', () => admit({ of: { status: 'erasing' } }), 'tenant_suspended'],
    ['acting for somebody inactive', () => admit({ who: { status: 'inactive' } }, 'alice'), 'user_inactive'],
    ['acting for somebody removed', () => admit({ who: { status: 'removed' } }, 'alice'), 'user_inactive'],
    ['acting for another machine', () => admit({}, 'machine-2'), 'forbidden'],
    ['acting for nobody', () => admit({}, 'bob'), 'forbidden'],
    ['acting for what can be nobody', () => admit({}, 'b'.repeat(2_000)), 'forbidden'],
    ['with a token that lacks the scope', () => admit({}, undefined, 'files.read'), 'forbidden'],
    ['with a scope that the client has no more', () => admit({}, undefined, 'files.write'), 'forbidden'],
  ])('is refused when it is %s', async (_what, attempt, code) => {
    await expect(attempt()).rejects.toMatchObject({ code });
  });

  it.each([
    ['with a scope that it lacks', () => admit({}, undefined, 'files.read')],
    ['acting for nobody', () => admit({}, 'bob')],
  ])('tells the audit who was refused %s', async (_what, attempt) => {
    await expect(attempt()).rejects.toMatchObject({
      ...{ tenantId: 'acme', auditLevel: 'standard' },
      actor: { kind: 'machine', clientId: 'machine-1', userId: 'machine-1', address: '192.0.2.1' },
    });
  });

  it('is refused where no machine may call', async () => {
    const people = admitMachine(
      { client: async () => client, find: async () => ({ tenant: tenant() }) },
      defaultLimits,
      { clientId: 'machine-1', scopes: ['uploads'] },
      undefined,
      {},
    );
    await expect(people).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a token for a machine', () => {
  const deps = (over: Partial<MachineTokenDeps> = {}): MachineTokenDeps => ({
    client: async (clientId) => (clientId === client.clientId ? client : undefined),
    verify: (secret, digest) => digest === `digest of ${secret}`,
    mint: async (clientId, scopes) => ({ accessToken: `${clientId}: ${scopes.join(' ')}`, expiresIn: 3_600 }),
    rates: { take: async () => {} },
    bounds: { tokensPerAddressAndMinute: 1, tokensPerClientAndMinute: 1 },
    fullScope: (scope) => `sluice/${scope}`,
    now: () => startOfTime,
    ...over,
  });
  const request = { clientId: 'machine-1', clientSecret: 'secret', address: '192.0.2.1' };

  it('carries all scopes of the client, or those that it asks for', async () => {
    expect(await issueMachineToken(deps(), request)).toMatchObject({
      scope: 'sluice/files.read sluice/uploads',
    });
    const scope = 'sluice/uploads';
    expect((await issueMachineToken(deps(), { ...request, scope })).accessToken).toBe(`machine-1: ${scope}`);
  });

  it.each([
    ['a wrong secret', { clientSecret: 'guess' }, 'unauthenticated'],
    ['an unknown client', { clientId: 'machine-2' }, 'unauthenticated'],
    ['a scope that the client lacks', { scope: 'sluice/files.write' }, 'validation_failed'],
    ['no scope at all', { scope: ' ' }, 'validation_failed'],
  ])('is not given for %s', async (_what, over, code) => {
    await expect(issueMachineToken(deps(), { ...request, ...over })).rejects.toMatchObject({ code });
  });

  it('is not given for a client whose secret another issuer keeps', async () => {
    const { secretHash: _, ...foreign } = client;
    const attempt = issueMachineToken(deps({ client: async () => foreign }), request);
    await expect(attempt).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is counted by address and by client before the secret is looked at', async () => {
    const taken: string[] = [];
    const rates = {
      take: async (scope: string) => {
        taken.push(scope);
        if (taken.length === 2) throw errors.rateLimited('tokens', 9);
      },
    };
    const attempt = issueMachineToken(
      deps({ rates, client: () => Promise.reject(new Error('asked')) }),
      request,
    );
    await expect(attempt).rejects.toMatchObject({ code: 'rate_limited' });
    expect(taken).toEqual(['token-address#192.0.2.1', 'token-client#machine-1']);
  });
});
