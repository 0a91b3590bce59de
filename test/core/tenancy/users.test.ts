import { beforeEach, describe, expect, it } from 'vitest';
import { createUser, type UserDeps } from '../../../lambdas/core/tenancy/admin/users.ts';
import type { User } from '../../../lambdas/core/tenancy/policy.ts';
import { caller, startOfTime, tenant, user } from '../../support/domain.ts';

const admin = caller({ user: { userId: 'admin', role: 'admin' } });
const password = 'Some-password-1!';

describe('adding a user with a password', () => {
  const users = new Map<string, User>();
  const passwordOf = new Map<string, string>();
  const deps: UserDeps = {
    now: () => startOfTime,
    newId: () => 'E',
    tenants: { tenant: async () => tenant() },
    users: {
      user: async (_tenantId, userId) => users.get(userId),
      users: async () => ({ items: [...users.values()] }),
      createUser: async (made) => {
        users.set(made.userId, made);
        return true;
      },
      changeUser: async () => true,
    },
    accounts: {
      passwords: true,
      ensure: async ({ email }) => email.split('@')[0],
      givePassword: async (email, given) => {
        passwordOf.set(email, given);
      },
      remove: async () => {},
    },
  };
  const add = (name: string) =>
    createUser(deps, admin, 'acme', { email: `${name}@acme.example`, role: 'user', password });

  beforeEach(() => {
    users.clear();
    passwordOf.clear();
  });

  it('gives it to somebody new, and to who was removed', async () => {
    users.set('bob', user({ userId: 'bob', status: 'removed' }));
    await add('alice');
    await add('bob');
    expect([...passwordOf.keys()]).toEqual(['alice@acme.example', 'bob@acme.example']);
  });

  it.each(['root', 'admin', 'user'] as const)(
    'gives none to a %s who was invited and has not signed in yet',
    async (role) => {
      users.set('carol', user({ userId: 'carol', role }));
      expect(await add('carol')).toMatchObject({ userId: 'carol', role });
      expect(passwordOf.size).toBe(0);
    },
  );
});
