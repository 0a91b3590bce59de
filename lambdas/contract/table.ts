/**
 * The one table (DESIGN 4): every key is built here and nowhere else. `pk`/`sk` are the table's keys; index keys
 * are attributes of their own, written only while the item belongs in that index.
 */
export const tableKeys = { partition: 'pk', sort: 'sk' } as const;

export const timeToLiveAttribute = 'ttlEpochSeconds';

/**
 * What the listing indexes hold of a file: the attributes that filters and conditions name, and one map with the
 * rest of what a listing shows. DynamoDB takes at most 20 attributes into an index and never changes them later;
 * the map can grow. Custom metadata and EXIF stay out of it, to keep a summary small (DESIGN 4).
 */
export const fileSummaryAttributes = [
  'ownerId',
  'path',
  'mimeType',
  'status',
  'tags',
  'size',
  'updatedAt',
  'revision',
  'summary',
] as const;

export const indexes = {
  /** A user's files, newest last; and, under a partition of its own, the user's unfinished uploads. */
  byOwner: { name: 'byOwner', partition: 'ownerPk', sort: 'createdSk', projected: fileSummaryAttributes },
  /** The files of one folder of one owner by name. */
  byFolder: { name: 'byFolder', partition: 'folderPk', sort: 'nameSk', projected: fileSummaryAttributes },
  /** A tenant's files of one status, oldest first. */
  byStatus: { name: 'byStatus', partition: 'statusPk', sort: 'createdSk', projected: fileSummaryAttributes },
  /** What the sweep must look at, by the time it is due. Keys only, so that a heartbeat does not rewrite it. */
  byDue: { name: 'byDue', partition: 'duePk', sort: 'dueSk', projected: [] },
} as const;

export const dueShards = 16;

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

const userPartition = (tenantId: string, userId: string): string => `TENANT#${tenantId}#USER#${userId}`;
const filePartition = (tenantId: string, fileId: string): string => `TENANT#${tenantId}#FILE#${fileId}`;

export const sortKeyPrefix = { session: 'SESSION#', event: 'EVENT#' } as const;

export const keys = {
  tenant: (tenantId: string): ItemKey => ({ pk: `TENANT#${tenantId}`, sk: 'TENANT' }),
  tenantCounter: (tenantId: string): ItemKey => ({ pk: `TENANT#${tenantId}`, sk: 'COUNTER' }),
  /** `day` is an ISO date. */
  tenantDay: (tenantId: string, day: string): ItemKey => ({ pk: `TENANT#${tenantId}`, sk: `DAY#${day}` }),
  user: (tenantId: string, userId: string): ItemKey => ({ pk: userPartition(tenantId, userId), sk: 'USER' }),
  userCounter: (tenantId: string, userId: string): ItemKey => ({
    pk: userPartition(tenantId, userId),
    sk: 'COUNTER',
  }),
  /** `hour` is an ISO date and hour, as in 2026-11-20T13. */
  userHour: (tenantId: string, userId: string, hour: string): ItemKey => ({
    pk: userPartition(tenantId, userId),
    sk: `HOUR#${hour}`,
  }),
  idempotency: (tenantId: string, userId: string, key: string): ItemKey => ({
    pk: userPartition(tenantId, userId),
    sk: `IDEMPOTENCY#${key}`,
  }),
  batch: (tenantId: string, userId: string, batchId: string): ItemKey => ({
    pk: userPartition(tenantId, userId),
    sk: `BATCH#${batchId}`,
  }),
  /** Holds a name in a folder of one owner, so that two files never share it. */
  nameClaim: (tenantId: string, ownerId: string, path: string, filename: string): ItemKey => ({
    pk: `${userPartition(tenantId, ownerId)}#FOLDER#${path}`,
    sk: `NAME#${filename}`,
  }),
  file: (tenantId: string, fileId: string): ItemKey => ({ pk: filePartition(tenantId, fileId), sk: 'FILE' }),
  session: (tenantId: string, fileId: string, uploadId: string): ItemKey => ({
    pk: filePartition(tenantId, fileId),
    sk: `${sortKeyPrefix.session}${uploadId}`,
  }),
  /** Events of a file sort by time; the id makes two of one millisecond distinct. */
  event: (tenantId: string, fileId: string, at: string, eventId: string): ItemKey => ({
    pk: filePartition(tenantId, fileId),
    sk: `${sortKeyPrefix.event}${at}#${eventId}`,
  }),
  rateWindow: (scope: string, window: string): ItemKey => ({ pk: `RATE#${scope}`, sk: `WINDOW#${window}` }),
  lastSweep: (): ItemKey => ({ pk: 'SYSTEM', sk: 'LAST_SWEEP' }),
} as const;

export const indexKeys = {
  ownerFiles: (tenantId: string, ownerId: string): string => userPartition(tenantId, ownerId),
  ownerOpenUploads: (tenantId: string, ownerId: string): string => `${userPartition(tenantId, ownerId)}#OPEN`,
  /** A path is absolute within its owner's space: one partition for all owners of a tenant would hold all their roots. */
  folder: (tenantId: string, ownerId: string, path: string): string =>
    `${userPartition(tenantId, ownerId)}#FOLDER#${path}`,
  status: (tenantId: string, status: string): string => `TENANT#${tenantId}#STATUS#${status}`,
  created: (createdAt: string, id: string): string => `${createdAt}#${id}`,
  name: (filename: string, fileId: string): string => `${filename}#${fileId}`,
  due: (shard: number): string => `DUE#${shard}`,
} as const;

export type TierName = 'basic' | 'premium' | 'enterprise';
export type RoleName = 'user' | 'admin' | 'root';

/** What a tenant may say differently from its tier and the defaults; absent means the default (DESIGN 3). */
export interface TenantPolicyOverrides {
  readonly maxBytes?: number;
  readonly maxConcurrentUploads?: number;
  readonly maxFilesPerDay?: number;
  readonly maxFileSize?: number;
  readonly allowedMimeTypes?: readonly string[];
  readonly allowedExtensions?: readonly string[];
  readonly blockUploads?: boolean;
  /** Slots of each user; the tier's otherwise. */
  readonly slotsPerUser?: number;
  readonly initiationsPerMinute?: number;
  readonly bytesPerUser?: number;
  readonly filesPerUser?: number;
  readonly bytesPerHour?: number;
}

export interface TenantItem extends ItemKey {
  readonly tenantId: string;
  readonly name: string;
  readonly status: 'active' | 'suspended';
  readonly tier: TierName;
  readonly policy: TenantPolicyOverrides;
  /** How many users the tenant has: its default quota is its tier's for each of them. */
  readonly userCount: number;
  readonly createdAt: string;
}

export interface UserItem extends ItemKey {
  readonly tenantId: string;
  /** The `sub` of the user's tokens. */
  readonly userId: string;
  readonly email: string;
  readonly role: RoleName;
  readonly status: 'active' | 'inactive';
  /** Absent: the tenant's default. */
  readonly tier?: TierName;
  readonly createdAt: string;
}

export const tenantItem = (tenant: Omit<TenantItem, keyof ItemKey>): TenantItem => ({
  ...keys.tenant(tenant.tenantId),
  ...tenant,
});

export const userItem = (user: Omit<UserItem, keyof ItemKey>): UserItem => ({
  ...keys.user(user.tenantId, user.userId),
  ...user,
});
