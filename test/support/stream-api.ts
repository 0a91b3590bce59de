import { gunzipSync } from 'node:zlib';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { RouteName } from '../../lambdas/contract/routes.ts';
import type { AccessEvent } from '../../lambdas/core/files/event.ts';
import type { FileRecord } from '../../lambdas/core/files/file.ts';
import type { Share } from '../../lambdas/core/tenancy/access.ts';
import type { MachineClient } from '../../lambdas/core/tenancy/machine.ts';
import type { Tenant, User } from '../../lambdas/core/tenancy/policy.ts';
import type { StreamPackage } from '../../lambdas/core/video/encoded.ts';
import { streamSchemas } from '../../lambdas/http/schemas/stream.ts';
import { streamRoutes } from '../../lambdas/http/stream.ts';
import { httpFunction } from '../../lambdas/runtime/http-function.ts';
import { file, startOfTime, tenant, user } from './domain.ts';
import { type HttpCall, httpEvent, lambdaContext } from './events.ts';
import { linkKeys } from './in-process-ports.ts';
import { silentObserver } from './observer.ts';
import { streamPackage } from './streams.ts';

export const folder = 'tenants/acme/videos/F1/v1';
export const stream = { name: 'stream', status: 'ready', key: `${folder}/stream.json` } as const;
export const film = file({
  ...{
    status: 'ready',
    libraryKey: 'K',
    libraryVersionId: 'V',
    filename: 'film.mov',
    mimeType: 'video/quicktime',
  },
  renditions: { stream },
});
export const start = Date.parse(startOfTime);
export const { video } = defaultLimits;

/** What is, at the moment; a test changes it between calls. */
export interface StreamWorld {
  file: FileRecord | undefined;
  tenant: Tenant;
  users: User[];
  share: Share | undefined;
  client: MachineClient | undefined;
  stored: StreamPackage;
  now: number;
}

/** Routes of streams, and what a player does with them. */
export function streamApi(over: Partial<StreamWorld> = {}) {
  const world: StreamWorld = {
    ...{ file: film, tenant: tenant(), users: [user(), user({ userId: 'bob' })], share: undefined },
    ...{ client: undefined, stored: streamPackage, now: start },
    ...over,
  };
  const recorded: AccessEvent[] = [];
  const taken: unknown[][] = [];
  const signed: unknown[] = [];
  const cookies: unknown[] = [];
  const clock = { now: () => new Date(world.now).toISOString(), newId: () => 'event' };
  const routes = streamRoutes({
    auth: {
      ...clock,
      directory: {
        find: async (tenantId, userId) => {
          const found = world.users.find((each) => each.userId === userId && each.tenantId === tenantId);
          return {
            ...(tenantId === world.tenant.tenantId && { tenant: world.tenant }),
            ...(found && { user: found }),
          };
        },
        client: async () => world.client,
      },
      rates: { take: async (...args: unknown[]) => void taken.push(args) },
      limits: defaultLimits,
      tenantClaim: 'tenant',
      machineClaim: 'client_id',
      edgeSecret: 'secret',
      audit: { ...clock, record: async (event) => void recorded.push(event) },
    },
    store: {
      file: async ({ tenantId, fileId }) =>
        world.file?.tenantId === tenantId && world.file.fileId === fileId ? world.file : undefined,
      share: async (_ref, userId) => (world.share?.userId === userId ? world.share : undefined),
    },
    links: { keys: linkKeys, now: clock.now, maxSeconds: video.streamSeconds },
    entrySeconds: video.streamSeconds,
    stream: {
      packages: {
        read: async (key) => (key === world.file?.renditions.stream?.key ? world.stored : (null as never)),
      },
      signer: {
        sign: async (request) => {
          signed.push(request);
          return { url: `https://derived.test/${request.key}?signed=${world.now}`, expiresAt: clock.now() };
        },
      },
      urlSeconds: video.streamUrlSeconds,
      cookies: {
        sign: async (request) => {
          cookies.push(request);
          return ['CloudFront-Policy=p'];
        },
      },
      now: clock.now,
    },
    bounds: { linkCallsPerAddressAndMinute: 1_200, publicCallsPerAddressAndMinute: 60 },
    schemas: streamSchemas(defaultLimits),
  });
  const handler = httpFunction(silentObserver().observer, routes);
  const call = async (name: RouteName, request: HttpCall = {}) => {
    const answer = await handler(httpEvent(name, { path: { id: 'F1' }, ...request }), lambdaContext());
    const header = (answer.headers ?? {}) as Record<string, string>;
    const body = answer.body ?? '';
    return {
      status: answer.statusCode,
      header,
      cookies: answer.cookies,
      text: answer.isBase64Encoded ? gunzipSync(Buffer.from(body, 'base64')).toString() : body,
      json: header['content-type']?.includes('json') ? JSON.parse(body) : undefined,
    };
  };
  /** As a player loads `url`. */
  const load = (url: string, headers: Record<string, string> = {}) => {
    const { pathname, searchParams } = new URL(url, 'https://api.test');
    const [id = '', , playlist = ''] = pathname.split('/').slice(-3).map(decodeURIComponent);
    const query = Object.fromEntries(searchParams);
    return call('streamPlaylist', { claims: null, path: { id, playlist }, query, headers });
  };
  const entry = async (claims?: HttpCall['claims']): Promise<string> =>
    (await call('streamUrl', { ...(claims && { claims }) })).json.url;
  return { world, call, load, entry, recorded, taken, signed, cookies };
}

export const beside = (url: string, name: string): string => url.replace('master.m3u8', name);
export const changed = (url: string, name: string, value: string): string => {
  const link = new URL(url, 'https://api.test');
  link.searchParams.set(name, value);
  return `${link.pathname}${link.search}`;
};

export const ofBob = { sub: 'bob', tenant: 'acme', token_use: 'access' };
export const toBob: Share = {
  ...{ tenantId: 'acme', fileId: 'F1', userId: 'bob', access: 'read' },
  ...{ createdAt: startOfTime, createdBy: 'alice' },
};
