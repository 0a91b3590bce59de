import type { RouteName } from '../contract/routes.ts';
import type { Operation } from '../core/audit/operations.ts';

export interface RouteAccess {
  /**
   * `change` writes the event of what it does in its own transaction, `itself` by itself; the answer of `download`
   * opens bytes, that of `read` tells something. `none` is part of something that has its own events, or tells
   * nothing of a tenant.
   */
  readonly kind: 'change' | 'download' | 'read' | 'itself' | 'none';
  /** What a refusal refused. */
  readonly operation: Operation;
}

const access = (kind: RouteAccess['kind'], operation: Operation = 'other'): RouteAccess => ({
  kind,
  operation,
});

/** What each route is to the audit. Total, so that a new route cannot be forgotten. */
export const accessOfRoute: Record<RouteName, RouteAccess> = {
  login: access('none'),
  refresh: access('none'),
  token: access('none'),

  initiate: access('change', 'upload'),
  partUrl: access('none', 'upload'),
  partUrls: access('none', 'upload'),
  listParts: access('none', 'upload'),
  listUploads: access('read'),
  heartbeat: access('none', 'upload'),
  heartbeats: access('none', 'upload'),
  complete: access('change', 'upload'),
  abort: access('change', 'upload'),
  createBatch: access('change', 'upload'),
  getBatch: access('read'),

  listFiles: access('read'),
  getFile: access('read'),
  fileStatus: access('read'),
  fileTimeline: access('read'),
  fileUrl: access('download', 'download'),
  moveFile: access('change'),
  renameFile: access('change'),
  setVisibility: access('change', 'share'),
  setTags: access('change'),
  setMetadata: access('change'),
  deleteFile: access('change', 'delete'),
  restoreFile: access('change'),
  listVersions: access('read'),
  restoreVersion: access('change'),
  listShares: access('read'),
  putShare: access('change', 'share'),
  deleteShare: access('change', 'share'),
  setLegalHold: access('change'),
  processFile: access('change'),
  rescanFile: access('change'),
  similarFiles: access('read'),
  fileReceipt: access('read'),
  quota: access('read'),

  searchFiles: access('read'),

  fileImage: access('download', 'download'),
  imageLinks: access('download', 'download'),
  // Who asked for the link is recorded; its uses are reads, as those of any other URL that was given out.
  linkedImage: access('read', 'download'),

  fileStream: access('download', 'download'),
  streamUrl: access('download', 'download'),
  // Likewise: a player loads many for one who watches.
  streamPlaylist: access('read', 'download'),

  listFolders: access('read'),
  createFolder: access('change'),
  moveFolder: access('change'),
  deleteFolder: access('change', 'delete'),
  bulk: access('change'),
  getJob: access('read'),

  listTenants: access('read'),
  createTenant: access('change'),
  getTenant: access('read'),
  changeTenant: access('change'),
  eraseTenant: access('change', 'delete'),
  listUsers: access('read'),
  createUser: access('change'),
  changeUser: access('change'),
  removeUser: access('change', 'delete'),
  listClients: access('read'),
  createClient: access('change'),
  removeClient: access('change', 'delete'),
  reconcileTenant: access('change'),
  rebuildSearch: access('change'),

  concurrencyStats: access('read'),
  clearUserSlots: access('change'),
  concurrencyHealth: access('read'),
  // In the audit of the tenant that is read, whatever that one's level.
  searchAudit: access('itself', 'sensitive_access'),
  getMetrics: access('read'),
  listQueues: access('read'),
  redriveQueue: access('change'),

  publicFileUrl: access('download', 'download'),

  health: access('none'),
  storageHealth: access('none'),
  publicKeys: access('none'),
  openapi: access('none'),
};
