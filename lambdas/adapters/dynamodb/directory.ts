import { keys } from '../../contract/table.ts';
import type { Directory } from '../../core/tenancy/caller.ts';
import type { Tenant, User } from '../../core/tenancy/policy.ts';
import type { UsageStore } from '../../core/tenancy/quota.ts';
import type { Db } from './client.ts';
import { usageOf } from './counters.ts';
import { getItems } from './file-store.ts';

export function createDirectory(db: Db): Directory & UsageStore {
  return {
    find: async (tenantId, userId) => {
      const items = await getItems(db, [keys.tenant(tenantId), keys.user(tenantId, userId)]);
      const tenant = items.find((item) => item.sk === 'TENANT') as Tenant | undefined;
      const user = items.find((item) => item.sk !== 'TENANT') as User | undefined;
      return { ...(tenant && { tenant }), ...(user && { user }) };
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
