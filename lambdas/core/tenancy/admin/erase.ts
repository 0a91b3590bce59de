import { errors } from '../../errors.ts';
import { tenantEvent } from '../../files/event.ts';
import type { JobKind, JobRecord } from '../../jobs/job.ts';
import { type StartJobDeps, startJob } from '../../jobs/start-job.ts';
import { type StampDeps, stamp } from '../actor.ts';
import type { Caller } from '../caller.ts';
import type { TenantKeys } from '../encryption.ts';
import type { Tenant } from '../policy.ts';
import { requirePermission } from '../roles.ts';
import { type ErasableDeps, erasureRefusal } from './erasable.ts';
import type { Accounts, TenantStore } from './ports.ts';
import { maxChangeAttempts, requireTenant } from './tenants.ts';

export const eraseJob = 'erase-tenant';

export interface EraseDeps extends StartJobDeps, StampDeps, ErasableDeps {
  readonly tenants: Pick<TenantStore, 'tenant' | 'changeTenant'>;
}

/**
 * From this moment every call of the tenant is refused; a job removes what it has. The job belongs to who asked, since
 * the tenant itself will be gone. Repeated, it starts a job again: one that finds nothing is done at once.
 * @throws not_found, forbidden, legal_hold, retention_active
 */
export async function eraseTenant(
  deps: EraseDeps,
  caller: Caller,
  tenantId: string,
): Promise<{ readonly jobId: string }> {
  requirePermission(caller, 'tenant.erase', tenantId);
  if (tenantId === caller.tenantId) {
    throw errors.forbidden('This is your own tenant. A root of another tenant can erase it.');
  }
  await markErasing(deps, caller, tenantId);
  const { jobId } = await startJob(deps, {
    tenantId: caller.tenantId,
    ownerId: caller.userId,
    actor: caller.actor,
    kind: eraseJob,
    params: { tenantId },
  });
  return { jobId };
}

async function markErasing(deps: EraseDeps, caller: Caller, tenantId: string): Promise<void> {
  for (let attempt = 1; attempt <= maxChangeAttempts; attempt += 1) {
    const before = await requireTenant(deps, tenantId);
    if (before.status === 'erasing') return;
    const refusal = await erasureRefusal(deps, before);
    if (refusal) throw refusal;
    const event = tenantEvent(tenantId, 'tenant.changed', stamp(deps, caller.actor), {
      fields: 'status',
      status: 'erasing',
    });
    if (await deps.tenants.changeTenant(before, { ...before, status: 'erasing' }, event)) return;
  }
  throw errors.capacityExceeded();
}

/** Somebody who owns files: a user, also a removed one, or a machine client. */
export interface Owner {
  readonly kind: 'user' | 'client';
  readonly id: string;
  /** Of a user. */
  readonly email?: string;
}

/** Each method removes a bounded part; true when nothing of it is left. Repeating one is harmless. */
export interface TenantEraser {
  nextOwner(tenantId: string): Promise<Owner | undefined>;
  files(tenantId: string, owner: Owner): Promise<boolean>;
  folders(tenantId: string, owner: Owner): Promise<boolean>;
  /** Counters, windows, batches and keys of the owner, then the owner. */
  owner(tenantId: string, owner: Owner): Promise<void>;
  /** What purged files left: their timelines. */
  purgedFiles(tenantId: string): Promise<boolean>;
  /** Which files share their bytes. */
  sharedContents(tenantId: string): Promise<boolean>;
  jobs(tenantId: string): Promise<boolean>;
  /** Events of no single file, by day from the first to the last. */
  events(tenantId: string, from: string, to: string): Promise<boolean>;
  /** Counters, windows, gauges, and last of all the tenant itself. */
  tenant(tenantId: string): Promise<void>;
}

export interface TenantBytes {
  /** Objects, versions and uploads in progress in every bucket; a bounded part. */
  erase(tenantId: string): Promise<'gone' | 'more' | 'locked'>;
}

export interface ErasureDeps extends StampDeps, ErasableDeps {
  readonly tenants: Pick<TenantStore, 'tenant' | 'changeTenant'>;
  readonly eraser: TenantEraser;
  readonly bytes: TenantBytes;
  readonly keys: Pick<TenantKeys, 'retire'>;
  readonly accounts?: Pick<Accounts, 'remove'> | undefined;
}

/**
 * Removes everything that a tenant has but its audit, which keeps copies of its own. Every step looks for what is left,
 * so that the job needs no memory and finishes what a crash left half done. Records go before bytes: what the pipeline
 * still brings finds no record, and is removed by whoever brought it. Last goes the tenant's key: with it whatever copy
 * of its bytes there still is becomes unreadable. What S3 has locked ends the job; the tenant stays to be erased again.
 */
export function createErasure(deps: ErasureDeps): JobKind {
  return {
    step: async (job) => {
      const { tenantId } = job.params as { tenantId: string };
      const tenant = await deps.tenants.tenant(tenantId);
      if (tenant && tenant.status !== 'erasing')
        throw errors.uploadStateConflict('The tenant is not being erased.');
      if (tenant) {
        await requireErasable(deps, job, tenant);
        const owner = await deps.eraser.nextOwner(tenantId);
        if (owner) return eraseOwner(deps, tenantId, owner);
        const parts = [
          () => deps.eraser.purgedFiles(tenantId),
          () => deps.eraser.sharedContents(tenantId),
          () => deps.eraser.jobs(tenantId),
          () => deps.eraser.events(tenantId, tenant.createdAt, deps.now()),
          () => eraseBytes(deps, tenantId),
        ];
        for (const part of parts) if (!(await part())) return { results: [], finished: false };
        await deps.keys.retire(tenantId);
        await deps.eraser.tenant(tenantId);
      }
      // It is told where it was asked for: nothing of the tenant is left to tell it to.
      const event = tenantEvent(job.tenantId, 'tenant.erased', stamp(deps, job.actor), {
        erasedTenantId: tenantId,
      });
      return { results: [{ subject: tenantId, outcome: 'done' }], finished: true, event };
    },
  };
}

/** Somebody was admitted before the tenant was marked, and held a file after its erasure was found to be in order. */
async function requireErasable(deps: ErasureDeps, job: JobRecord, tenant: Tenant): Promise<void> {
  const refusal = await erasureRefusal(deps, tenant);
  if (!refusal) return;
  const { tenantId } = tenant;
  const event = tenantEvent(tenantId, 'tenant.changed', stamp(deps, job.actor), {
    fields: 'status',
    status: 'suspended',
  });
  await deps.tenants.changeTenant(tenant, { ...tenant, status: 'suspended' }, event);
  throw refusal;
}

async function eraseBytes({ bytes }: ErasureDeps, tenantId: string): Promise<boolean> {
  const left = await bytes.erase(tenantId);
  if (left === 'locked') throw errors.versionsLocked();
  return left === 'gone';
}

async function eraseOwner({ eraser, accounts }: ErasureDeps, tenantId: string, owner: Owner) {
  const unfinished = { results: [], finished: false };
  if (!(await eraser.files(tenantId, owner))) return unfinished;
  if (!(await eraser.folders(tenantId, owner))) return unfinished;
  if (owner.email) await accounts?.remove({ email: owner.email, tenantId, userId: owner.id });
  await eraser.owner(tenantId, owner);
  return { results: [{ subject: owner.id, outcome: 'done' as const }], finished: false };
}
