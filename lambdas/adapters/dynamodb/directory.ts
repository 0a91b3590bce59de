import { keys } from '../../contract/table.ts';
import type { Directory, MachineDirectory } from '../../core/tenancy/caller.ts';
import { userOfMachine } from '../../core/tenancy/machine.ts';
import type { User } from '../../core/tenancy/policy.ts';
import type { UsageStore } from '../../core/tenancy/quota.ts';
import type { Db } from './client.ts';
import { usageOf } from './counters.ts';
import { getItem, getItems } from './file-store.ts';
import { clientOf, tenantOf, userOf } from './tenancy-store.ts';

/** Machines are few, so that people's calls do not pay for looking among them. */
async function machine(db: Db, tenantId: string, userId: string): Promise<User | undefined> {
  const item = await getItem(db, keys.client(tenantId, userId));
  return item && userOfMachine(clientOf(item));
}

export function createDirectory(db: Db): Directory & MachineDirectory & UsageStore {
  return {
    find: async (tenantId, userId) => {
      const items = await getItems(db, [keys.tenant(tenantId), keys.user(tenantId, userId)]);
      const tenant = items.find((item) => item.sk === 'TENANT');
      const user = items.find((item) => item.sk !== 'TENANT');
      const found = user ? userOf(user) : tenant && (await machine(db, tenantId, userId));
      return { ...(tenant && { tenant: tenantOf(tenant) }), ...(found && { user: found }) };
    },
    client: async (clientId) => {
      const item = await getItem(db, keys.clientTenant(clientId));
      return item && clientOf(item);
    },
    usage: async (tenantId, userId) => {
      const tenantKey = keys.tenantCounter(tenantId);
      const items = await getItems(db, [tenantKey, keys.userCounter(tenantId, userId)]);
      return {
        tenant: usageOf(items.find((item) => item.pk === tenantKey.pk)),
        user: usageOf(items.find((item) => item.pk !== tenantKey.pk)),
      };
    },
  };
}
