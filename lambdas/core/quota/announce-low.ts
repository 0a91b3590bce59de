import { type TenantEvent, tenantEvent } from '../files/event.ts';
import { systemActor } from '../tenancy/actor.ts';
import { effectivePolicy, type PolicyDefaults, type Tenant, type User } from '../tenancy/policy.ts';
import type { Usage } from '../tenancy/quota.ts';
import { type QuotaBounds, type QuotaLevel, type QuotaStep, quotaStep } from './low.ts';

export interface QuotaSubject {
  readonly tenantId: string;
  readonly userId: string;
}

/** What a counter says, and the level that was noted on it last. */
export interface Watched {
  readonly usage: Usage;
  readonly level: QuotaLevel;
}

/** Somebody and what it has, as it is at this moment. */
export interface QuotaFacts {
  readonly tenant: Tenant;
  readonly user: User;
  readonly ofTenant: Watched;
  readonly ofUser: Watched;
}

export interface LowQuotaDeps {
  readonly quotas: {
    /** Those of whom tenant and user are there. */
    facts(subjects: readonly QuotaSubject[]): Promise<readonly QuotaFacts[]>;
    /**
     * Notes the step on the counter of the tenant, or of the user, together with its event, if it still holds; else
     * nothing.
     */
    note(
      of: QuotaSubject & { readonly of: 'tenant' | 'user' },
      step: QuotaStep,
      event?: TenantEvent,
    ): Promise<void>;
  };
  readonly limits: PolicyDefaults;
  readonly now: () => string;
  readonly newId: () => string;
}

/** Announces, once per crossing, that a tenant or a user comes near its bounds. Running it twice announces nothing more. */
export async function announceLowQuota(deps: LowQuotaDeps, subjects: readonly QuotaSubject[]): Promise<void> {
  const looked = new Set<string>();
  for (const facts of await deps.quotas.facts(subjects)) {
    const bounds = effectivePolicy(facts.tenant, facts.user, deps.limits);
    await look(deps, facts, 'user', facts.ofUser, bounds.user);
    // Several users of one tenant were read with one counter.
    if (looked.has(facts.tenant.tenantId)) continue;
    looked.add(facts.tenant.tenantId);
    await look(deps, facts, 'tenant', facts.ofTenant, bounds.tenant);
  }
}

async function look(
  deps: LowQuotaDeps,
  { tenant: { tenantId }, user: { userId } }: QuotaFacts,
  of: 'tenant' | 'user',
  { usage, level }: Watched,
  bounds: QuotaBounds,
): Promise<void> {
  const step = quotaStep(usage, bounds, level);
  if (!step) return;
  const event = step.rises
    ? tenantEvent(
        tenantId,
        'quota.low',
        { at: deps.now(), eventId: deps.newId(), actor: systemActor },
        {
          of,
          ...(of === 'user' && { userId }),
          level: step.to,
          usedBytes: usage.committedBytes,
          maxBytes: bounds.maxBytes,
          usedFiles: usage.committedFiles,
          maxFiles: bounds.maxFiles,
        },
      )
    : undefined;
  await deps.quotas.note({ tenantId, userId, of }, step, event);
}
