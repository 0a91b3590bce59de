import { keys } from '../../contract/table.ts';
import type { LinkedFiles } from '../../core/images/image-link.ts';
import type { Db } from './client.ts';
import { fileOf } from './file-item.ts';
import { getItems } from './file-store.ts';
import { tenantOf } from './tenancy-store.ts';

export const createLinkedFiles = (db: Db): LinkedFiles => ({
  linked: async ({ tenantId, fileId }) => {
    const [ofFile, ofTenant] = [keys.file(tenantId, fileId), keys.tenant(tenantId)];
    const items = await getItems(db, [ofFile, ofTenant]);
    const file = items.find(({ pk, sk }) => pk === ofFile.pk && sk === ofFile.sk);
    const tenant = items.find(({ pk, sk }) => pk === ofTenant.pk && sk === ofTenant.sk);
    return { ...(file && { file: fileOf(file) }), ...(tenant && { tenant: tenantOf(tenant) }) };
  },
});
