import type { Route } from './routes.ts';

/** Of the API as an OAuth resource server: the scopes in tokens are `sluice/uploads` and so on. */
export const resourceServer = 'sluice';

export const scopeDescriptions = {
  uploads: 'Initiate, sign, complete and abort uploads',
  'files.read': 'List, search, read and download files and folders; the quota',
  'files.write': 'Move, rename, tag, share, delete and restore files and folders',
} as const;

export type ScopeName = keyof typeof scopeDescriptions;
export const scopeNames = Object.keys(scopeDescriptions) as [ScopeName, ...ScopeName[]];

export const fullScope = (scope: ScopeName): string => `${resourceServer}/${scope}`;

/** What a machine needs for a route; undefined: no machine may call it. */
export function scopeOf({ function: fn, method }: Pick<Route, 'function' | 'method'>): ScopeName | undefined {
  if (fn === 'uploads') return 'uploads';
  if (fn === 'search' || fn === 'variants' || fn === 'stream') return 'files.read';
  if (fn === 'files' || fn === 'folders') return method === 'GET' ? 'files.read' : 'files.write';
  return undefined;
}
