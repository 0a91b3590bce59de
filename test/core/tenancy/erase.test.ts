import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import type { JobRecord } from '../../../lambdas/core/jobs/job.ts';
import { createErasure, type Owner } from '../../../lambdas/core/tenancy/admin/erase.ts';
import type { Tenant } from '../../../lambdas/core/tenancy/policy.ts';
import { startOfTime, tenant } from '../../support/domain.ts';

const owners: readonly Owner[] = [
  { kind: 'user', id: 'alice', email: 'alice@acme.example' },
  { kind: 'user', id: 'bob' },
  { kind: 'client', id: 'machine-1' },
];
const job = { tenantId: 'operators', ownerId: 'root', params: { tenantId: 'acme' }, actor: { kind: 'user' } };

/** A tenant whose parts are removed a bit at a time, by an outside that dies whenever `dies` says so. */
function world(
  dies: () => boolean,
  {
    status = 'erasing',
    policy = {},
    held,
    locked = false,
  }: Partial<Pick<Tenant, 'status' | 'policy'>> & { held?: string; locked?: boolean } = {},
) {
  const left = new Map<string, number>(
    [
      ...owners.flatMap(({ id }) => [`files ${id}`, `folders ${id}`]),
      'purged',
      'jobs',
      'events',
      'bytes',
    ].map((part) => [part, 2]),
  );
  const state = { owners: [...owners], accounts: ['alice'], tenant: true, key: true, status };
  const die = () => {
    if (dies()) throw new Error('killed');
  };
  const some = async (part: string): Promise<boolean> => {
    die();
    const more = left.get(part) ?? 0;
    left.set(part, Math.max(0, more - 1));
    die();
    return more === 0;
  };
  const erasure = createErasure({
    tenants: {
      tenant: async () => (state.tenant ? tenant({ status, policy }) : undefined),
      changeTenant: async (_before, after) => {
        state.status = after.status;
        return true;
      },
    },
    guard: { heldFile: async () => held, fileCount: async () => 1 },
    defaults: defaultLimits,
    keys: {
      retire: async () => {
        die();
        expect(left.get('bytes')).toBe(0);
        state.key = false;
        die();
      },
    },
    eraser: {
      nextOwner: async () => state.owners[0],
      files: (_t, { id }) => some(`files ${id}`),
      folders: (_t, { id }) => some(`folders ${id}`),
      owner: async (_t, { id }) => {
        die();
        expect(left.get(`files ${id}`)).toBe(0);
        state.owners = state.owners.filter((owner) => owner.id !== id);
        die();
      },
      purgedFiles: () => some('purged'),
      sharedContents: () => some('contents'),
      jobs: () => some('jobs'),
      events: () => some('events'),
      tenant: async () => {
        expect([...left.values()].every((count) => count === 0)).toBe(true);
        expect(state).toMatchObject({ owners: [], accounts: [], key: false });
        state.tenant = false;
        die();
      },
    },
    bytes: { erase: async () => (locked ? 'locked' : (await some('bytes')) ? 'gone' : 'more') },
    accounts: {
      remove: async ({ userId }) => {
        die();
        state.accounts = state.accounts.filter((id) => id !== userId);
      },
    },
    now: () => startOfTime,
    newId: () => 'E',
  });
  return { state, step: () => erasure.step(job as unknown as JobRecord) };
}

describe('erasing a tenant', () => {
  it('removes everything, the tenant last, wherever it is killed and begun again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(9)), async (dice) => {
        const { state, step } = world(() => dice.next().value === 0);
        for (let round = 0; round < 1_000; round += 1) {
          const done = await step().catch(() => undefined);
          if (!done?.finished) continue;
          expect(state).toMatchObject({ owners: [], accounts: [], tenant: false, key: false });
          expect(done.event).toMatchObject({
            type: 'tenant.erased',
            tenantId: 'operators',
            data: { erasedTenantId: 'acme' },
          });
          return;
        }
        throw new Error('it did not end');
      }),
      { numRuns: 50 },
    );
  });

  it('touches no tenant that is not being erased', async () => {
    const { state, step } = world(() => false, { status: 'active' });
    await expect(step()).rejects.toMatchObject({ code: 'upload_state_conflict' });
    expect(state.owners).toHaveLength(owners.length);
  });

  it.each([
    ['a file under legal hold', { held: 'F1' }, 'legal_hold'],
    ['files that its policy retains', { policy: { retentionDays: 1 } }, 'retention_active'],
  ])('removes nothing of a tenant with %s, and lets root reactivate it', async (_what, has, code) => {
    const { state, step } = world(() => false, has);
    await expect(step()).rejects.toMatchObject({ code });
    expect(state).toMatchObject({ status: 'suspended', key: true });
    expect(state.owners).toHaveLength(owners.length);
  });

  it('ends where S3 has locked versions, so that it can be begun again; the key stays until then', async () => {
    const { state, step } = world(() => false, { locked: true });
    const steps = async () => {
      for (let round = 0; round < 100; round += 1) await step();
    };
    await expect(steps()).rejects.toMatchObject({ code: 'retention_active' });
    expect(state).toMatchObject({ owners: [], tenant: true, key: true, status: 'erasing' });
  });
});
