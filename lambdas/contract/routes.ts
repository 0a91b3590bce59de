/** Every route of the HTTP API, the function behind it and who may call it. Stacks and functions read this table. */
export type HttpFunctionName = 'auth' | 'uploads' | 'files' | 'system';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly function: HttpFunctionName;
  /** `jwt`: the authorizer must have accepted an access token. */
  readonly auth: 'jwt' | 'none';
}

const route = (
  fn: HttpFunctionName,
  auth: Route['auth'],
  method: Route['method'],
  path: `/${string}`,
): Route => ({ method, path, function: fn, auth });

export const routes = {
  login: route('auth', 'none', 'POST', '/auth/login'),
  refresh: route('auth', 'none', 'POST', '/auth/refresh'),

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
  deleteFile: route('files', 'jwt', 'DELETE', '/storage/files/{id}'),
  quota: route('files', 'jwt', 'GET', '/storage/quota'),

  health: route('system', 'none', 'GET', '/health'),
  openapi: route('system', 'none', 'GET', '/openapi.json'),
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;
