import { errors } from '../errors.ts';
import type { FileRecord } from '../files/file.ts';
import type { Caller } from './caller.ts';

/**
 * The one decision about who may read or change a file (API.md): its owner and the tenant's admins; colleagues
 * nothing.
 */
export const mayAccess = (caller: Pick<Caller, 'tenantId' | 'userId' | 'user'>, file: FileRecord): boolean =>
  file.tenantId === caller.tenantId && (file.ownerId === caller.userId || caller.user.role !== 'user');

/**
 * The file, if the caller may; a foreign, private or purged one answers exactly like one that never existed.
 * @throws not_found
 */
export function requireAccess(caller: Caller, file: FileRecord | undefined): FileRecord {
  if (!file || file.status === 'purged' || !mayAccess(caller, file)) throw errors.notFound('file');
  return file;
}
