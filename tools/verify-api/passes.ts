import type { RouteName } from '../../lambdas/contract/routes.ts';

/** Calls that one caller makes within its own rate, beside those of the other passes. */
export interface Pass {
  readonly name: string;
  /** `machine` calls on behalf of the users, `root` from outside of the tenant, `nobody` has no token. */
  readonly role: 'admin' | 'user' | 'root' | 'machine' | 'nobody';
  /** Of operationIds. */
  readonly operations: RegExp;
  readonly callsPerMinute: number;
  /** Of the examples that were asked for: 1 is all of them. */
  readonly share: number;
  /** Also each bound of each schema. */
  readonly bounds: boolean;
}

/** Below the 600 calls a minute of one user (DESIGN 3): what is answered by 429 tests nothing else. */
const ofOneUser = 560;
/** Likewise of the 60 heartbeat calls of a user, and of the 60 calls of one address to the public endpoint. */
const ofFew = 55;

const uploads = /^(initiate|partUrls?|listParts|listUploads|complete|abort|createBatch|getBatch)$/;
const fileReads =
  /^(listFiles|getFile|fileStatus|fileTimeline|fileUrl|fileReceipt|similarFiles|fileImage|imageLinks|fileStream|streamUrl|listVersions|restoreVersion|listShares|putShare|deleteShare|quota|searchFiles)$/;
const fileChanges =
  /^(moveFile|renameFile|setVisibility|setTags|setMetadata|deleteFile|restoreFile|setLegalHold|processFile|rescanFile)$/;
const folders = /^(listFolders|createFolder|moveFolder|deleteFolder|bulk|getJob)$/;
const operators = /^(concurrency\w+|clearUserSlots|searchAudit|getMetrics)$/;
const tenants = /^(\w+(Tenants?|Users?|Clients?)|rebuildSearch|listQueues|redriveQueue)$/;

export const passes: readonly Pass[] = [
  { name: 'uploads', role: 'admin', operations: uploads, callsPerMinute: ofOneUser, share: 1, bounds: true },
  {
    name: 'heartbeats',
    role: 'admin',
    operations: /^heartbeats?$/,
    callsPerMinute: ofFew,
    share: 1,
    bounds: true,
  },
  { name: 'files', role: 'admin', operations: fileReads, callsPerMinute: ofOneUser, share: 1, bounds: true },
  {
    name: 'changes',
    role: 'admin',
    operations: fileChanges,
    callsPerMinute: ofOneUser,
    share: 1,
    bounds: true,
  },
  { name: 'folders', role: 'admin', operations: folders, callsPerMinute: ofOneUser, share: 1, bounds: true },
  {
    name: 'operators',
    role: 'admin',
    operations: operators,
    callsPerMinute: ofOneUser,
    share: 1,
    bounds: true,
  },
  { name: 'root', role: 'root', operations: tenants, callsPerMinute: ofOneUser, share: 1, bounds: true },
  {
    name: 'public',
    role: 'nobody',
    operations:
      /^(publicFileUrl|linkedImage|streamPlaylist|login|refresh|token|health|storageHealth|publicKeys|openapi)$/,
    callsPerMinute: ofFew,
    share: 0.4,
    bounds: true,
  },
  // Everything once more with fewer rights: what an admin may, and what on behalf of somebody means.
  {
    name: 'user',
    role: 'user',
    operations: /^(?!heartbeat)/,
    callsPerMinute: ofOneUser,
    share: 0.1,
    bounds: false,
  },
  {
    name: 'machine',
    role: 'machine',
    operations: /^(?!heartbeat)/,
    callsPerMinute: ofOneUser,
    share: 0.1,
    bounds: false,
  },
];

/** What a parameter of a path is, by its name; below, by its operation. */
const pathPools: Readonly<Record<string, string>> = {
  fileId: 'openUploads',
  n: 'parts',
  batchId: 'batches',
  id: 'files',
  v: 'versions',
  userId: 'colleagues',
  jobId: 'jobs',
  t: 'inhabited',
  u: 'inhabitants',
  clientId: 'clients',
  q: 'queues',
};

const operationPools: Readonly<Partial<Record<RouteName, Readonly<Record<string, string>>>>> = {
  abort: { fileId: 'endingUploads' },
  complete: { fileId: 'landedUploads' },
  heartbeat: { fileId: 'beatingUploads' },
  deleteFile: { id: 'disposable' },
  restoreFile: { id: 'disposable' },
  publicFileUrl: { id: 'publicFiles' },
  // Whoever else would lose the uploads that other passes call about.
  clearUserSlots: { userId: 'idle' },
  getTenant: { t: 'tenants' },
  changeTenant: { t: 'tenants' },
  eraseTenant: { t: 'tenants' },
  reconcileTenant: { t: 'tenants' },
  rebuildSearch: { t: 'tenants' },
};

export const poolOf = (operation: string, parameter: string): string | undefined =>
  operationPools[operation as RouteName]?.[parameter] ?? pathPools[parameter];

export const headerPools: Readonly<Record<string, string>> = {
  'If-Match': 'etags',
  'On-Behalf-Of': 'colleagues',
};

/** Pools of fields, as schemathesis' configuration names those. */
export const fieldPools: Readonly<Partial<Record<RouteName, Readonly<Record<string, string>>>>> = {
  login: { 'body.email': 'emails', 'body.password': 'passwords' },
  token: { 'body.client_id': 'machines', 'body.client_secret': 'secrets' },
  partUrls: { 'body.partNumbers[*]': 'parts' },
  bulk: { 'body.fileIds[*]': 'bulkFiles' },
  heartbeats: { 'body.fileIds[*]': 'beatingUploads' },
  listFolders: { 'query.path': 'folders' },
  moveFolder: { 'body.path': 'endingFolders' },
  deleteFolder: { 'query.path': 'endingFolders' },
  listFiles: { 'query.path': 'folders' },
};
