import {
  admitCaller,
  admitMachine,
  type Caller,
  type Directory,
  type MachineDirectory,
} from '../tenancy/caller.ts';
import type { PolicyDefaults } from '../tenancy/policy.ts';
import type { JobRecord } from './job.ts';

export interface AskerDeps {
  readonly directory: Directory & MachineDirectory;
  readonly defaults: PolicyDefaults;
}

/** The scope that a machine's token had when it asked for the job; the client must still have it. */
const jobScope = 'files.write';

/**
 * Who asked for the job, with role, status and bounds as they are now: a job does nothing that its asker may no longer
 * do. Events say from where it was asked for.
 * @throws tenant_suspended, user_inactive, region_blocked, forbidden, unauthenticated
 */
export async function askerOf(
  { directory, defaults }: AskerDeps,
  { tenantId, ownerId, actor }: JobRecord,
): Promise<Caller> {
  const { clientId, address, country, requestId } = actor;
  const origin = {
    ...(address && { address }),
    ...(country && { country }),
    ...(requestId && { requestId }),
  };
  if (clientId === undefined) return admitCaller(directory, defaults, { tenantId, userId: ownerId }, origin);
  const onBehalfOf = ownerId === clientId ? undefined : ownerId;
  const machine = { clientId, scopes: [jobScope], onBehalfOf };
  return admitMachine(directory, defaults, machine, jobScope, origin);
}
