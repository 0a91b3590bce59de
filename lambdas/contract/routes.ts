/** Every route of the HTTP API, the function behind it and who may call it. Stacks and functions read this table. */
export type HttpFunctionName =
  | 'auth'
  | 'token'
  | 'uploads'
  | 'files'
  | 'variants'
  | 'stream'
  | 'folders'
  | 'search'
  | 'tenants'
  | 'operations'
  | 'public'
  | 'system';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly function: HttpFunctionName;
  /** `jwt`: the authorizer must have accepted an access token. */
  readonly auth: 'jwt' | 'none';
}

const route = <Fn extends HttpFunctionName>(
  fn: Fn,
  auth: Route['auth'],
  method: Route['method'],
  path: `/${string}`,
): Route & { readonly function: Fn } => ({ method, path, function: fn, auth });

export const routes = {
  login: route('auth', 'none', 'POST', '/auth/login'),
  refresh: route('auth', 'none', 'POST', '/auth/refresh'),
  token: route('token', 'none', 'POST', '/auth/token'),

  initiate: route('uploads', 'jwt', 'POST', '/storage/multipart/initiate'),
  partUrl: route('uploads', 'jwt', 'POST', '/storage/multipart/{fileId}/part/{n}/url'),
  partUrls: route('uploads', 'jwt', 'POST', '/storage/multipart/{fileId}/parts/urls'),
  listParts: route('uploads', 'jwt', 'GET', '/storage/multipart/{fileId}/parts'),
  listUploads: route('uploads', 'jwt', 'GET', '/storage/multipart'),
  heartbeat: route('uploads', 'jwt', 'POST', '/storage/multipart/{fileId}/heartbeat'),
  heartbeats: route('uploads', 'jwt', 'POST', '/storage/multipart/heartbeat'),
  complete: route('uploads', 'jwt', 'POST', '/storage/multipart/{fileId}/complete'),
  abort: route('uploads', 'jwt', 'DELETE', '/storage/multipart/{fileId}/abort'),
  createBatch: route('uploads', 'jwt', 'POST', '/storage/uploads/batch'),
  getBatch: route('uploads', 'jwt', 'GET', '/storage/uploads/batch/{batchId}'),

  listFiles: route('files', 'jwt', 'GET', '/storage/files'),
  getFile: route('files', 'jwt', 'GET', '/storage/files/{id}'),
  fileStatus: route('files', 'jwt', 'GET', '/storage/files/{id}/status'),
  fileTimeline: route('files', 'jwt', 'GET', '/storage/files/{id}/timeline'),
  fileUrl: route('files', 'jwt', 'GET', '/storage/files/{id}/url'),
  moveFile: route('files', 'jwt', 'PUT', '/storage/files/{id}/move'),
  renameFile: route('files', 'jwt', 'PUT', '/storage/files/{id}/rename'),
  setVisibility: route('files', 'jwt', 'PUT', '/storage/files/{id}/visibility'),
  setTags: route('files', 'jwt', 'PUT', '/storage/files/{id}/tags'),
  setMetadata: route('files', 'jwt', 'PUT', '/storage/files/{id}/metadata'),
  deleteFile: route('files', 'jwt', 'DELETE', '/storage/files/{id}'),
  restoreFile: route('files', 'jwt', 'POST', '/storage/files/{id}/restore'),
  listVersions: route('files', 'jwt', 'GET', '/storage/files/{id}/versions'),
  restoreVersion: route('files', 'jwt', 'POST', '/storage/files/{id}/versions/{v}/restore'),
  listShares: route('files', 'jwt', 'GET', '/storage/files/{id}/shares'),
  putShare: route('files', 'jwt', 'PUT', '/storage/files/{id}/shares/{userId}'),
  deleteShare: route('files', 'jwt', 'DELETE', '/storage/files/{id}/shares/{userId}'),
  setLegalHold: route('files', 'jwt', 'PUT', '/storage/files/{id}/legal-hold'),
  processFile: route('files', 'jwt', 'POST', '/storage/files/{id}/process'),
  rescanFile: route('files', 'jwt', 'POST', '/storage/files/{id}/rescan'),
  similarFiles: route('files', 'jwt', 'GET', '/storage/files/{id}/similar'),
  fileReceipt: route('files', 'jwt', 'GET', '/storage/files/{id}/receipt'),
  quota: route('files', 'jwt', 'GET', '/storage/quota'),

  searchFiles: route('search', 'jwt', 'GET', '/storage/search'),

  fileImage: route('variants', 'jwt', 'GET', '/storage/files/{id}/image'),
  imageLinks: route('variants', 'jwt', 'GET', '/storage/files/{id}/image/url'),
  linkedImage: route('variants', 'none', 'GET', '/public/storage/files/{id}/image'),

  fileStream: route('stream', 'jwt', 'GET', '/storage/files/{id}/stream'),
  streamUrl: route('stream', 'jwt', 'GET', '/storage/files/{id}/stream/url'),
  streamPlaylist: route('stream', 'none', 'GET', '/public/storage/files/{id}/stream/{playlist}'),

  listFolders: route('folders', 'jwt', 'GET', '/storage/folders'),
  createFolder: route('folders', 'jwt', 'POST', '/storage/folders'),
  moveFolder: route('folders', 'jwt', 'PUT', '/storage/folders/move'),
  deleteFolder: route('folders', 'jwt', 'DELETE', '/storage/folders'),
  bulk: route('folders', 'jwt', 'POST', '/storage/files/bulk'),
  getJob: route('folders', 'jwt', 'GET', '/storage/jobs/{jobId}'),

  listTenants: route('tenants', 'jwt', 'GET', '/admin/tenants'),
  createTenant: route('tenants', 'jwt', 'POST', '/admin/tenants'),
  getTenant: route('tenants', 'jwt', 'GET', '/admin/tenants/{t}'),
  changeTenant: route('tenants', 'jwt', 'PUT', '/admin/tenants/{t}'),
  eraseTenant: route('tenants', 'jwt', 'DELETE', '/admin/tenants/{t}'),
  listUsers: route('tenants', 'jwt', 'GET', '/admin/tenants/{t}/users'),
  createUser: route('tenants', 'jwt', 'POST', '/admin/tenants/{t}/users'),
  changeUser: route('tenants', 'jwt', 'PUT', '/admin/tenants/{t}/users/{u}'),
  removeUser: route('tenants', 'jwt', 'DELETE', '/admin/tenants/{t}/users/{u}'),
  listClients: route('tenants', 'jwt', 'GET', '/admin/tenants/{t}/clients'),
  createClient: route('tenants', 'jwt', 'POST', '/admin/tenants/{t}/clients'),
  removeClient: route('tenants', 'jwt', 'DELETE', '/admin/tenants/{t}/clients/{clientId}'),
  reconcileTenant: route('tenants', 'jwt', 'POST', '/admin/tenants/{t}/reconcile'),
  rebuildSearch: route('tenants', 'jwt', 'POST', '/admin/tenants/{t}/search/rebuild'),

  concurrencyStats: route('operations', 'jwt', 'GET', '/storage/concurrency/stats'),
  clearUserSlots: route('operations', 'jwt', 'DELETE', '/storage/concurrency/user/{userId}'),
  concurrencyHealth: route('operations', 'jwt', 'GET', '/storage/concurrency/health'),
  searchAudit: route('operations', 'jwt', 'GET', '/admin/audit'),
  getMetrics: route('operations', 'jwt', 'GET', '/admin/metrics'),
  listQueues: route('operations', 'jwt', 'GET', '/admin/queues'),
  redriveQueue: route('operations', 'jwt', 'POST', '/admin/queues/{q}/redrive'),

  publicFileUrl: route('public', 'none', 'GET', '/public/storage/files/{id}/url'),

  health: route('system', 'none', 'GET', '/health'),
  storageHealth: route('system', 'none', 'GET', '/health/storage'),
  publicKeys: route('system', 'none', 'GET', '/public/keys'),
  openapi: route('system', 'none', 'GET', '/openapi.json'),
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;
