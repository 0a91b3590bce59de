import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { RouteName } from '../../lambdas/contract/routes.ts';
import { signLink } from '../../lambdas/core/files/signed-link.ts';
import { startOfTime } from './domain.ts';
import type { HttpCall } from './events.ts';
import { fileIdOf, type Person } from './in-process.ts';
import { linkKeys } from './in-process-ports.ts';

/** Two tenants, and in one of them two who know nothing of each other's files. */
export const people: readonly Person[] = [
  { tenantId: 'acme', userId: 'alice', role: 'user' },
  { tenantId: 'acme', userId: 'bob', role: 'user' },
  { tenantId: 'acme', userId: 'ann', role: 'admin' },
  { tenantId: 'globex', userId: 'carl', role: 'user' },
  { tenantId: 'globex', userId: 'gina', role: 'admin' },
];
export interface Step {
  readonly who: number;
  readonly name: RouteName | 'land';
  /** Of the file: whose, and which one of those that they initiated. */
  readonly of: number;
  readonly nth: number;
  readonly pick: number;
}

/** All of the API that tells of files, folders, users or tenants. */
export const routes = [
  'initiate',
  'land',
  'listFiles',
  'getFile',
  'fileStatus',
  'fileTimeline',
  'fileUrl',
  'fileReceipt',
  'similarFiles',
  'moveFile',
  'renameFile',
  'setVisibility',
  'setTags',
  'setMetadata',
  'deleteFile',
  'restoreFile',
  'listVersions',
  'restoreVersion',
  'listShares',
  'putShare',
  'deleteShare',
  'setLegalHold',
  'processFile',
  'rescanFile',
  'listParts',
  'partUrls',
  'heartbeat',
  'heartbeats',
  'complete',
  'abort',
  'listUploads',
  'listFolders',
  'createFolder',
  'moveFolder',
  'deleteFolder',
  'bulk',
  'getJob',
  'getTenant',
  'listTenants',
  'listUsers',
  'changeTenant',
  'changeUser',
  'removeUser',
  'reconcileTenant',
  'rebuildSearch',
  'concurrencyStats',
  'concurrencyHealth',
  'clearUserSlots',
  'searchAudit',
  'getMetrics',
  'publicFileUrl',
  'quota',
  'searchFiles',
  'fileImage',
  'imageLinks',
  'linkedImage',
  'fileStream',
  'streamUrl',
  'streamPlaylist',
] as const satisfies readonly Step['name'][];

const names = ['a.jpg', 'b.jpg', 'blue.jpg'] as const;
const folders = ['/', '/docs', '/docs/old'] as const;
const pickOf = <T>(values: readonly T[], pick: number): T => values[pick % values.length] as T;

const searches: readonly Record<string, string>[] = [
  { q: 'jpg', limit: '2' },
  { q: 'jpg', owner: 'self' },
  { q: 'jpg', owner: 'alice' },
  { q: 'jpg', owner: 'carl' },
  { q: 'blue' },
  { q: 'blue new', tag: 'blue' },
  { q: 'bleu', path: '/docs' },
];

/** A link's end: behind all that happens, which is within the hour. */
const linkSeconds = 10_800;

const listQueries: readonly Record<string, string>[] = [
  { recursive: 'true', limit: '2' },
  { path: '/docs' },
  { status: 'deleted' },
  { owner: 'alice' },
  { owner: 'carl' },
  { owner: 'all', status: 'available' },
  { shared: 'true' },
  { sort: '-size' },
  { sort: 'updatedAt', tag: 'blue' },
];

/** The call of a step. Ids and names come from small sets, so that they meet. */
export async function callOf(step: Step, size: number): Promise<HttpCall> {
  const { name, of, nth, pick } = step;
  const id = fileIdOf(of, nth);
  const userId = pickOf(people, pick).userId;
  const filename = pickOf(names, pick);
  const folder = pickOf(folders, pick);
  const t = pickOf(['acme', 'globex', 'nobody'], pick);
  switch (name) {
    case 'initiate':
      return {
        body: {
          path: folder,
          filename,
          mimeType: 'image/jpeg',
          size,
          tags: pick % 3 === 0 ? ['blue'] : [],
          isPublic: pick % 7 === 0,
          ...(pick % 5 === 0 && { onConflict: pickOf(['replace', 'rename'], pick) }),
        },
      };
    case 'listFiles':
      return { query: pickOf(listQueries, pick) };
    case 'moveFile':
      return { path: { id }, body: { newPath: folder } };
    case 'renameFile':
      return { path: { id }, body: { newFilename: filename } };
    case 'setVisibility':
      return { path: { id }, body: { isPublic: pick % 2 === 0 } };
    case 'setTags':
      return { path: { id }, body: { tags: ['blue'] } };
    case 'setMetadata':
      return { path: { id }, body: { metadata: { color: 'blue' }, sensitivity: 'restricted' } };
    case 'deleteFile':
      return { path: { id }, query: pick % 2 === 0 ? { hard: 'true' } : {} };
    case 'restoreVersion':
      return { path: { id, v: String((pick % 3) + 1) } };
    case 'putShare':
      return { path: { id, userId }, body: { access: pick % 2 === 0 ? 'read' : 'write' } };
    case 'deleteShare':
      return { path: { id, userId } };
    case 'setLegalHold':
      return { path: { id }, body: { hold: pick % 2 === 0, reason: 'a case' } };
    case 'processFile': {
      const mark = fileIdOf(pick % people.length, nth);
      return { path: { id }, body: { operations: [{ type: 'watermark', params: { fileId: mark } }] } };
    }
    case 'partUrls':
      return { path: { fileId: id }, body: { partNumbers: [1] } };
    case 'heartbeats':
      return { body: { fileIds: [id, fileIdOf(pick % people.length, nth)] } };
    case 'listParts':
    case 'heartbeat':
    case 'abort':
    case 'complete':
      return { path: { fileId: id } };
    case 'listFolders':
      return { query: pick % 3 === 0 ? { owner: userId } : { path: folder } };
    case 'createFolder':
      return { body: { path: `${folder === '/' ? '' : folder}/new` } };
    case 'moveFolder':
      return { body: { path: folder, newPath: '/elsewhere' } };
    case 'deleteFolder':
      return { query: { path: folder } };
    case 'bulk':
      return { body: { action: 'delete', fileIds: [id, fileIdOf(pick % people.length, 1)], params: {} } };
    case 'getJob':
      return { path: { jobId: id } };
    case 'getTenant':
    case 'listUsers':
    case 'reconcileTenant':
    case 'rebuildSearch':
      return { path: { t } };
    case 'changeTenant':
      return { path: { t }, body: { policy: { trashDays: 7 } } };
    case 'changeUser':
      return { path: { t, u: userId }, body: { status: 'active' } };
    case 'removeUser':
      return { path: { t, u: 'nobody' } };
    case 'clearUserSlots':
      return { path: { userId } };
    case 'searchAudit':
    case 'getMetrics':
      return { query: pick % 2 === 0 ? { tenant: t } : {} };
    case 'searchFiles':
      return { query: pickOf(searches, pick) };
    case 'fileImage':
      return { path: { id }, query: { w: String(50 + pick) } };
    case 'imageLinks':
      return { path: { id }, query: { w: '50', ...(pick % 2 === 0 && { widths: '50,100' }) } };
    case 'linkedImage':
      return { path: { id }, query: await linkOf(step, t) };
    case 'streamPlaylist':
      return {
        path: { id, playlist: pickOf(['master.m3u8', '720p.m3u8', 'thumbnails.vtt'], pick) },
        query: await streamLinkOf(step, id),
      };
    case 'listUploads':
    case 'listTenants':
    case 'concurrencyStats':
    case 'concurrencyHealth':
    case 'quota':
      return {};
    default:
      return { path: { id } };
  }
}

/** What a link to a file of one's own carries, held against whatever file and tenant. */
async function linkOf({ who, nth }: Step, tenant: string): Promise<Record<string, string>> {
  const { tenantId } = people[who] as Person;
  const links = { keys: linkKeys, now: () => startOfTime, maxSeconds: defaultLimits.upload.urlSeconds.max };
  const target = { purpose: 'image', tenantId, fileId: fileIdOf(who, nth), params: { w: '50' } } as const;
  const { expires, signature } = await signLink(links, target, linkSeconds);
  return { w: '50', tenant, expires: String(expires), signature };
}

/** What a link to a stream carries that was given to oneself, of whatever file, when one could read it. */
async function streamLinkOf({ who }: Step, fileId: string): Promise<Record<string, string>> {
  const { tenantId, userId } = people[who] as Person;
  const links = { keys: linkKeys, now: () => startOfTime, maxSeconds: linkSeconds };
  const params = { user: userId, version: '1' };
  const { expires, signature } = await signLink(
    links,
    { purpose: 'stream', tenantId, fileId, params },
    linkSeconds,
  );
  return { tenant: tenantId, ...params, expires: String(expires), signature };
}
