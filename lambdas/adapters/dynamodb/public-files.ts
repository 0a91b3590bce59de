import { keys } from '../../contract/table.ts';
import type { PublicFiles } from '../../core/files/public.ts';
import type { Tenant } from '../../core/tenancy/policy.ts';
import type { Db } from './client.ts';
import { fileOf } from './file-item.ts';
import { getItem, getItems } from './file-store.ts';

/** No tenant has it: what is read for an id that no public file has, so that the time of the answer tells nothing. */
const nobody = '';

export const createPublicFiles = (db: Db): PublicFiles => ({
  candidate: async (fileId) => {
    const pointer = await getItem(db, keys.publicFile(fileId));
    const tenantId = String(pointer?.tenantId ?? nobody);
    const items = await getItems(db, [keys.file(tenantId, fileId), keys.tenant(tenantId)]);
    const file = items.find((item) => item.sk === keys.file(tenantId, fileId).sk);
    const tenant = items.find((item) => item.sk === keys.tenant(tenantId).sk);
    return { ...(file && { file: fileOf(file) }), ...(tenant && { tenant: tenant as unknown as Tenant }) };
  },
});
