import { keys, sortKeyPrefix } from '../../contract/table.ts';
import type { FileRef } from '../../core/files/file.ts';
import type { ShareListing } from '../../core/files/shares.ts';
import type { Share } from '../../core/tenancy/access.ts';
import type { Db } from './client.ts';
import { shareOf } from './file-item.ts';
import { queryItems } from './query-pages.ts';

export const createShareListing = (db: Db): ShareListing => ({ shares: (ref) => sharesOf(db, ref) });

/** One page in general: a share is some 300 bytes, a page 1 MB, and a file has a bounded number of them. */
async function sharesOf(db: Db, { tenantId, fileId }: FileRef): Promise<readonly Share[]> {
  const { pk } = keys.file(tenantId, fileId);
  return (await queryItems(db, { pk, prefix: sortKeyPrefix.share })).map(shareOf);
}
