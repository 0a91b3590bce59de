import { type ContentKey, contentName } from './content-key.ts';
import { fileSummaryAttributes } from './file-summary.ts';

/**
 * The one table (DESIGN 4): every key is built here and nowhere else. `pk`/`sk` are the table's keys; index keys
 * are attributes of their own, written only while the item belongs in that index.
 */
export const tableKeys = { partition: 'pk', sort: 'sk' } as const;

export const timeToLiveAttribute = 'ttlEpochSeconds';

export const indexes = {
  /**
   * A user's files, newest last; and, under partitions of their own, the user's unfinished uploads, what is shared
   * with the user, and the stage's tenants.
   */
  byOwner: { name: 'byOwner', partition: 'ownerPk', sort: 'createdSk', projected: fileSummaryAttributes },
  /** The files of one folder of one owner by name. */
  byFolder: { name: 'byFolder', partition: 'folderPk', sort: 'nameSk', projected: fileSummaryAttributes },
  /**
   * A tenant's files of one status, oldest first, and its unfinished uploads. One partition holds what a status of one
   * tenant writes, about 500 moves a second; the tenant's counter, which every move of a file writes too, bounds it
   * just as early.
   */
  byStatus: { name: 'byStatus', partition: 'statusPk', sort: 'createdSk', projected: fileSummaryAttributes },
  /** A user's files by their last change, and by size. Keys only: a page's files are read from the table. */
  byUpdated: { name: 'byUpdated', partition: 'ownerPk', sort: 'updatedSk', projected: [] },
  bySize: { name: 'bySize', partition: 'ownerPk', sort: 'sizeSk', projected: [] },
  /** What the sweep must look at, by the time it is due. Keys only, so that a heartbeat does not rewrite it. */
  byDue: { name: 'byDue', partition: 'duePk', sort: 'dueSk', projected: [] },
} as const;

export const dueShards = 16;

/** The sealer asks each of them every minute. */
export const sealShards = 4;

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

const userPartition = (tenantId: string, userId: string): string => `TENANT#${tenantId}#USER#${userId}`;
const contentPartition = (tenantId: string): string => `TENANT#${tenantId}#CONTENT`;
const filePartition = (tenantId: string, fileId: string): string => `TENANT#${tenantId}#FILE#${fileId}`;

export const sortKeyPrefix = {
  session: 'SESSION#',
  event: 'EVENT#',
  auditRecord: 'RECORD#',
  version: 'VERSION#',
  scan: 'SCAN#',
  share: 'SHARE#',
  content: 'CONTENT#',
  contentHolder: 'HOLDER#',
  text: 'TEXT#',
  held: 'HELD#',
  folder: 'FOLDER#',
  user: 'USER#',
  client: 'CLIENT#',
  result: 'RESULT#',
  name: 'NAME#',
  purged: 'PURGED#',
  transcode: 'TRANSCODE#',
  resemblance: 'FILE#',
} as const;

/** Numbers in sort keys are padded, so that they sort as numbers. 16 digits hold every safe integer. */
const padded = (value: number): string => String(value).padStart(16, '0');

/** The root's parent is the empty path, so that the root is a folder like every other. */
export const parentOf = (path: string): string =>
  path === '/' ? '' : path.slice(0, Math.max(1, path.lastIndexOf('/')));

/** Sort keys of the metric windows. A tenant's own rows begin with the tenant's. */
export const metricDimension = {
  all: (): string => 'ALL',
  tenant: (tenantId: string): string => `TENANT#${tenantId}`,
  tenantType: (tenantId: string, type: string): string => `TENANT#${tenantId}#TYPE#${type}`,
  type: (type: string): string => `TYPE#${type}`,
  region: (region: string): string => `REGION#${region}`,
} as const;

/** What the partitions of the audit begin with, and no others: policies name them by it. */
export const auditPartition = 'AUDIT#';

export const keys = {
  tenant: (tenantId: string): ItemKey => ({ pk: `TENANT#${tenantId}`, sk: 'TENANT' }),
  tenantCounter: (tenantId: string): ItemKey => ({ pk: `TENANT#${tenantId}`, sk: 'COUNTER' }),
  /** Which segments of the search index count. */
  searchIndex: (tenantId: string): ItemKey => ({ pk: `TENANT#${tenantId}`, sk: 'SEARCH' }),
  /** `day` is an ISO date. */
  tenantDay: (tenantId: string, day: string): ItemKey => ({ pk: `TENANT#${tenantId}`, sk: `DAY#${day}` }),
  /** Minutes that a tenant has transcoded in a month. `month` as in 2026-11. */
  transcodeMonth: (tenantId: string, month: string): ItemKey => ({
    pk: `TENANT#${tenantId}`,
    sk: `TRANSCODED#${month}`,
  }),
  /** In the tenant's own partition, so that one Query lists a tenant's users. */
  user: (tenantId: string, userId: string): ItemKey => ({
    pk: `TENANT#${tenantId}`,
    sk: `${sortKeyPrefix.user}${userId}`,
  }),
  /** A machine client of the tenant, listed like the users. */
  client: (tenantId: string, clientId: string): ItemKey => ({
    pk: `TENANT#${tenantId}`,
    sk: `${sortKeyPrefix.client}${clientId}`,
  }),
  /** Which tenant a client id belongs to: the tokens of client credentials name no tenant. */
  clientTenant: (clientId: string): ItemKey => ({ pk: `CLIENT#${clientId}`, sk: 'CLIENT' }),
  userCounter: (tenantId: string, userId: string): ItemKey => ({
    pk: userPartition(tenantId, userId),
    sk: 'COUNTER',
  }),
  /** `hour` is an ISO date and hour, as in 2026-11-20T13. */
  userHour: (tenantId: string, userId: string, hour: string): ItemKey => ({
    pk: userPartition(tenantId, userId),
    sk: `HOUR#${hour}`,
  }),
  /** How many uploads a user has open under an upload profile. */
  profileUploads: (tenantId: string, userId: string, profile: string): ItemKey => ({
    pk: userPartition(tenantId, userId),
    sk: `PROFILE#${profile}`,
  }),
  idempotency: (tenantId: string, userId: string, key: string): ItemKey => ({
    pk: userPartition(tenantId, userId),
    sk: `IDEMPOTENCY#${key}`,
  }),
  batch: (tenantId: string, userId: string, batchId: string): ItemKey => ({
    pk: userPartition(tenantId, userId),
    sk: `BATCH#${batchId}`,
  }),
  /** The user's jobs that have not ended. */
  unfinishedJobs: (tenantId: string, userId: string): ItemKey => ({
    pk: userPartition(tenantId, userId),
    sk: 'JOBS',
  }),
  /** Holds a name in a folder of one owner, so that two files never share it. */
  nameClaim: (tenantId: string, ownerId: string, path: string, filename: string): ItemKey => ({
    pk: `${userPartition(tenantId, ownerId)}#FOLDER#${path}`,
    sk: `${sortKeyPrefix.name}${filename}`,
  }),
  /** Sub-folders of one folder share a partition. */
  folder: (tenantId: string, ownerId: string, path: string): ItemKey => ({
    pk: `${userPartition(tenantId, ownerId)}#TREE#${parentOf(path)}`,
    sk: `${sortKeyPrefix.folder}${path.slice(path.lastIndexOf('/') + 1)}`,
  }),
  file: (tenantId: string, fileId: string): ItemKey => ({ pk: filePartition(tenantId, fileId), sk: 'FILE' }),
  /** The upload that is to replace the file's content: one at a time. */
  replacement: (tenantId: string, fileId: string): ItemKey => ({
    pk: filePartition(tenantId, fileId),
    sk: 'REPLACEMENT',
  }),
  version: (tenantId: string, fileId: string, version: number): ItemKey => ({
    pk: filePartition(tenantId, fileId),
    sk: `${sortKeyPrefix.version}${padded(version)}`,
  }),
  /** What the scanner said of one version of the bytes. */
  scan: (tenantId: string, fileId: string, versionId: string): ItemKey => ({
    pk: filePartition(tenantId, fileId),
    sk: `${sortKeyPrefix.scan}${versionId}`,
  }),
  /** The beginning of the text that was found in the content which an upload brought. */
  text: (tenantId: string, fileId: string, uploadId: string): ItemKey => ({
    pk: filePartition(tenantId, fileId),
    sk: `${sortKeyPrefix.text}${uploadId}`,
  }),
  /** What is known and made of one content that is transcoded. */
  transcode: (tenantId: string, fileId: string, version: number): ItemKey => ({
    pk: filePartition(tenantId, fileId),
    sk: `${sortKeyPrefix.transcode}${padded(version)}`,
  }),
  share: (tenantId: string, fileId: string, userId: string): ItemKey => ({
    pk: filePartition(tenantId, fileId),
    sk: `${sortKeyPrefix.share}${userId}`,
  }),
  /** Bytes that files of one tenant may share: those of one SHA-256, of one size and under one key. */
  content: (content: ContentKey): ItemKey => ({
    pk: contentPartition(content.tenantId),
    sk: `${sortKeyPrefix.content}${contentName(content)}`,
  }),
  /** That a file has them. An empty `fileId`: what the holders of a content begin with. */
  contentHolder: (content: ContentKey, fileId: string): ItemKey => ({
    pk: contentPartition(content.tenantId),
    sk: `${sortKeyPrefix.contentHolder}${contentName(content)}#${fileId}`,
  }),
  /** Which content lies in this version of a library object. */
  contentObject: (tenantId: string, versionId: string): ItemKey => ({
    pk: contentPartition(tenantId),
    sk: `OBJECT#${versionId}`,
  }),
  /** Where a public file is found without knowing its tenant; exists exactly while the file is public. */
  publicFile: (fileId: string): ItemKey => ({ pk: `PUBLIC#${fileId}`, sk: 'PUBLIC' }),
  session: (tenantId: string, fileId: string, uploadId: string): ItemKey => ({
    pk: filePartition(tenantId, fileId),
    sk: `${sortKeyPrefix.session}${uploadId}`,
  }),
  /** Events of a file sort by time; the id makes two of one millisecond distinct. */
  event: (tenantId: string, fileId: string, at: string, eventId: string): ItemKey => ({
    pk: filePartition(tenantId, fileId),
    sk: `${sortKeyPrefix.event}${at}#${eventId}`,
  }),
  /** Events of no single file, by day: a partition of its own keeps the tenant's small. */
  tenantEvent: (tenantId: string, at: string, eventId: string): ItemKey => ({
    pk: `TENANT#${tenantId}#EVENTS#${at.slice(0, 10)}`,
    sk: `${sortKeyPrefix.event}${at}#${eventId}`,
  }),
  /** Records of the audit, by the day of what they tell. What begins with `auditPartition`, only the audit may write. */
  auditRecord: (tenantId: string, at: string, eventId: string): ItemKey => ({
    pk: `${auditPartition}${tenantId}#${at.slice(0, 10)}`,
    sk: `${sortKeyPrefix.auditRecord}${at}#${eventId}`,
  }),
  /** How far the tenant's audit is sealed. It outlives the tenant, as what is sealed does. */
  auditHead: (tenantId: string): ItemKey => ({ pk: `${auditPartition}${tenantId}`, sk: 'HEAD' }),
  /** The countries that a user has come from. */
  auditOrigins: (tenantId: string, userId: string): ItemKey => ({
    pk: userPartition(tenantId, userId),
    sk: 'AUDIT_ORIGINS',
  }),
  /** A user's operations by minute. `hour` is an ISO date and hour. */
  auditHour: (tenantId: string, userId: string, hour: string): ItemKey => ({
    pk: userPartition(tenantId, userId),
    sk: `AUDIT_HOUR#${hour}`,
  }),
  /** That there was such a file: its timeline stays, and who erases the tenant must find it. */
  purgedFile: (tenantId: string, fileId: string): ItemKey => ({
    pk: `TENANT#${tenantId}#PURGED`,
    sk: `${sortKeyPrefix.purged}${fileId}`,
  }),
  /** That a file is under legal hold, for who erases the tenant; exists exactly while it is. */
  heldFile: (tenantId: string, fileId: string): ItemKey => ({
    pk: `TENANT#${tenantId}#HELD`,
    sk: `${sortKeyPrefix.held}${fileId}`,
  }),
  /** That a picture has this value in one band of its perceptual hash; exists while the picture can be read. */
  resemblance: (tenantId: string, band: number, value: string, fileId: string): ItemKey => ({
    pk: `TENANT#${tenantId}#RESEMBLANCE#${band}#${value}`,
    sk: `${sortKeyPrefix.resemblance}${fileId}`,
  }),
  job: (tenantId: string, jobId: string): ItemKey => ({ pk: `TENANT#${tenantId}#JOB#${jobId}`, sk: 'JOB' }),
  /** What one step of a job has to tell of its files, in the order of the steps. */
  jobResults: (tenantId: string, jobId: string, step: number): ItemKey => ({
    pk: `TENANT#${tenantId}#JOB#${jobId}`,
    sk: `${sortKeyPrefix.result}${padded(step)}`,
  }),
  /** What of a tenant is being worked on in one lane. */
  laneSlots: (lane: string, tenantId: string): ItemKey => ({
    pk: `TENANT#${tenantId}#LANE#${lane}`,
    sk: 'SLOTS',
  }),
  rateWindow: (scope: string, window: string): ItemKey => ({ pk: `RATE#${scope}`, sk: `WINDOW#${window}` }),
  /** How the scanner has answered lately. */
  scannerBreaker: (): ItemKey => ({ pk: 'SYSTEM', sk: 'SCANNER' }),
  /** Who encodes at this moment, of all tenants. */
  encoderLeases: (): ItemKey => ({ pk: 'SYSTEM', sk: 'ENCODERS' }),
  lastSweep: (): ItemKey => ({ pk: 'SYSTEM', sk: 'LAST_SWEEP' }),
  /** Numbers of one hour (2026-11-21T03) or day (2026-11-21), by `metricDimension`. */
  metricWindow: (period: string, dimension: string): ItemKey => ({ pk: `METRICS#${period}`, sk: dimension }),
  /** What a tenant holds at this moment, in one partition for all tenants. */
  tenantGauge: (tenantId: string): ItemKey => ({ pk: 'METRICS#NOW', sk: metricDimension.tenant(tenantId) }),
  /** That a consumer of the bus is done with an event. */
  eventDone: (consumer: string, eventId: string): ItemKey => ({
    pk: `DONE#${consumer}#${eventId}`,
    sk: 'DONE',
  }),
} as const;

export const indexKeys = {
  ownerFiles: (tenantId: string, ownerId: string): string => userPartition(tenantId, ownerId),
  sharedWith: (tenantId: string, userId: string): string => `${userPartition(tenantId, userId)}#SHARED`,
  tenants: (): string => 'TENANTS',
  /** A tenant's jobs, in the index by owner. */
  tenantJobs: (tenantId: string): string => `TENANT#${tenantId}#JOBS`,
  /** A tenant's unfinished uploads, in the index by status. */
  tenantOpenUploads: (tenantId: string): string => `TENANT#${tenantId}#OPEN`,
  updated: (updatedAt: string, id: string): string => `${updatedAt}#${id}`,
  size: (bytes: number, id: string): string => `${padded(bytes)}#${id}`,
  ownerOpenUploads: (tenantId: string, ownerId: string): string => `${userPartition(tenantId, ownerId)}#OPEN`,
  /** A path is absolute within its owner's space: one partition for all owners of a tenant would hold all their roots. */
  folder: (tenantId: string, ownerId: string, path: string): string =>
    `${userPartition(tenantId, ownerId)}#FOLDER#${path}`,
  status: (tenantId: string, status: string): string => `TENANT#${tenantId}#STATUS#${status}`,
  created: (createdAt: string, id: string): string => `${createdAt}#${id}`,
  name: (filename: string, fileId: string): string => `${filename}#${fileId}`,
  due: (shard: number): string => `DUE#${shard}`,
  /** Audit records that are not sealed yet, in the index by due time: all of one tenant in one shard. */
  unsealed: (shard: number): string => `UNSEALED#${shard}`,
} as const;
