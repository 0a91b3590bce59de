import { errors } from '../errors.ts';
import { requireAccess, type Share } from '../tenancy/access.ts';
import type { Caller, Directory } from '../tenancy/caller.ts';
import { addSeconds } from '../time.ts';
import { type AlterDeps, alterFile, requireLiving } from './alter.ts';
import { edit } from './change.ts';
import type { FileRecord, FileRef } from './file.ts';

export interface ShareListing {
  /** Every share of the file, expired ones too. */
  shares(ref: FileRef): Promise<readonly Share[]>;
}

export interface SharingDeps extends AlterDeps {
  readonly store: AlterDeps['store'] & ShareListing;
  readonly directory: Pick<Directory, 'find'>;
  readonly bounds: { readonly maxPerFile: number; readonly maxSeconds: number };
}

export interface ShareView
  extends Pick<Share, 'userId' | 'access' | 'expiresAt' | 'createdAt' | 'createdBy'> {}

const shareView = ({ userId, access, expiresAt, createdAt, createdBy }: Share): ShareView => ({
  userId,
  access,
  ...(expiresAt && { expiresAt }),
  createdAt,
  createdBy,
});

/** Whom the file is shared with, for its owner and the tenant's admins. @throws not_found, forbidden */
export async function listShares(
  deps: SharingDeps,
  caller: Caller,
  fileId: string,
): Promise<{ readonly file: FileRecord; readonly answer: { readonly shares: readonly ShareView[] } }> {
  const file = await requireAccess(deps, caller, fileId, 'manage');
  const shares = await deps.store.shares(file);
  return { file, answer: { shares: shares.map(shareView) } };
}

export interface ShareRequest {
  readonly access: Share['access'];
  readonly expiresAt?: string;
}

/**
 * Opens the file to a user of the tenant, or changes how far; what is so already stays as it is. The count on the file's record is written under the
 * record's revision, so that the bound holds under concurrency.
 * @throws not_found (file, or no active user of this tenant), forbidden, validation_failed, upload_state_conflict
 */
export async function shareFile(
  deps: SharingDeps,
  caller: Caller,
  fileId: string,
  userId: string,
  { access, expiresAt }: ShareRequest,
): Promise<ShareView> {
  const ref = { tenantId: caller.tenantId, fileId };
  // First the file: whoever may not share it does not learn who is a user of the tenant.
  await requireAccess(deps, caller, fileId, 'manage');
  requireExpiry(deps, expiresAt);
  const { user } = await deps.directory.find(caller.tenantId, userId);
  if (user?.status !== 'active') throw errors.notFound('user');
  let shared: Share | undefined;
  await alterFile(deps, caller, { fileId }, 'manage', async (file) => {
    requireLiving(file);
    if (file.ownerId === userId) {
      throw errors.invalidField('userId', 'is_owner', 'is the owner of the file, who has every access to it');
    }
    const known = await deps.store.share(ref, userId);
    if (known && known.access === access && known.expiresAt === expiresAt) {
      shared = known;
      return undefined;
    }
    const shareCount = (file.shareCount ?? 0) + (known ? 0 : 1);
    if (!known && shareCount > deps.bounds.maxPerFile) throw tooMany(deps.bounds.maxPerFile);
    const at = deps.now();
    const { createdAt = at, createdBy = caller.userId } = known ?? {};
    shared = { ...ref, userId, access, ...(expiresAt && { expiresAt }), createdAt, createdBy };
    return edit(file, {
      at,
      eventId: deps.newId(),
      actor: caller.actor,
      type: 'file.shared',
      data: { userId, access, ...(expiresAt && { expiresAt }) },
      set: { shareCount },
      shares: shared,
    });
  });
  return shareView(shared as unknown as Share);
}

/** Ends a share; one that does not exist stays what it is. @throws not_found, forbidden */
export async function endShare(
  deps: AlterDeps,
  caller: Caller,
  fileId: string,
  userId: string,
): Promise<void> {
  await alterFile(deps, caller, { fileId }, 'manage', async (file) => {
    const share = await deps.store.share(file, userId);
    return (
      share &&
      edit(file, {
        at: deps.now(),
        eventId: deps.newId(),
        actor: caller.actor,
        type: 'file.shared',
        data: { userId, revoked: true },
        set: { shareCount: Math.max(0, (file.shareCount ?? 0) - 1) },
        unshares: share,
      })
    );
  });
}

function requireExpiry({ bounds, now }: Pick<SharingDeps, 'bounds' | 'now'>, expiresAt: string | undefined) {
  if (expiresAt === undefined) return;
  const at = now();
  const latest = addSeconds(at, bounds.maxSeconds);
  if (expiresAt > at && expiresAt <= latest) return;
  throw errors.invalidField('expiresAt', 'out_of_range', `must be in the future, at the latest ${latest}`);
}

const tooMany = (max: number) =>
  errors.invalidField(
    'userId',
    'too_many_shares',
    `would be the share number ${max + 1}; a file has at most ${max}. End one first`,
  );
