import type { RouteName } from '../contract/routes.ts';
import type { LinkDeps } from '../core/files/signed-link.ts';
import type { FileStore } from '../core/ports.ts';
import { requireAccess } from '../core/tenancy/access.ts';
import { Barred, type Caller } from '../core/tenancy/caller.ts';
import { type StreamDeps, streamPlaylist } from '../core/video/stream.ts';
import {
  checkStreamEntry,
  holderOf,
  streamEntry,
  streamedFile,
  streamQuery,
} from '../core/video/stream-link.ts';
import { about, audited, recordBarred } from '../runtime/audited.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import type { HttpRequest } from '../runtime/http-request.ts';
import { found, ok } from '../runtime/http-response.ts';
import { cameByEdge } from '../runtime/origin.ts';
import { text } from '../runtime/text-response.ts';
import { admitLink, type LinkRates } from './admit-link.ts';
import { idPath } from './schemas/fields.ts';
import { playlistPath, type StreamSchemas } from './schemas/stream.ts';

export interface StreamRouteDeps extends LinkRates {
  readonly auth: AuthDeps;
  readonly store: Pick<FileStore, 'file' | 'share'>;
  readonly links: LinkDeps;
  /** Life of an entry, unless asked for otherwise. */
  readonly entrySeconds: number;
  readonly stream: StreamDeps;
  readonly schemas: StreamSchemas;
}

/** Entries to streams for callers, and the playlists that players load by them. */
export function streamRoutes(deps: StreamRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const route = authenticated(deps.auth);
  const { auth, links, schemas } = deps;
  const access = { store: deps.store, now: auth.now };

  const entry = async (request: HttpRequest, caller: Caller) => {
    const { expirationSeconds = deps.entrySeconds } = request.query(schemas.entry);
    const file = await requireAccess(access, caller, request.path(idPath).id, 'read');
    return { file, entry: await streamEntry(links, caller, file, expirationSeconds) };
  };

  return {
    fileStream: route('other', async (request, caller) => {
      const { file, entry: to } = await entry(request, caller);
      return about(file, found(to.url, 0, 'Authorization'));
    }),
    streamUrl: route('other', async (request, caller) => {
      const { file, entry: to } = await entry(request, caller);
      return about(file, ok(to));
    }),
    streamPlaylist: async (request) => {
      const { id: fileId, playlist } = request.path(playlistPath);
      const { tenant: tenantId, expires, signature, ...grant } = request.query(schemas.playlist);
      const [ref, proof] = [
        { tenantId, fileId },
        { expires, signature },
      ];
      const origin = await admitLink(deps, request, 'playlists', () =>
        checkStreamEntry(links, ref, grant, proof),
      );
      const holder = await holderOf(auth, ref, grant, origin).catch(async (refusal) => {
        if (refusal instanceof Barred) await recordBarred(auth.audit, request, refusal);
        throw refusal;
      });
      return audited(auth.audit, request, holder, async () => {
        const file = await streamedFile(access, holder, fileId, grant);
        const query = streamQuery(ref, grant, proof);
        const written = await streamPlaylist(deps.stream, file, {
          name: playlist,
          query,
          sameOrigin: isSameOrigin(request, auth.edgeSecret),
        });
        const answer = text(written.text, written.mimeType, request.header('accept-encoding'));
        return about(file, { ...answer, ...(written.cookies && { cookies: [...written.cookies] }) });
      });
    },
  };
}

/** Browsers say so themselves (Fetch Metadata), and no page can have them say otherwise. */
const isSameOrigin = (request: HttpRequest, edgeSecret: string | undefined): boolean =>
  cameByEdge(request, edgeSecret) && request.header('sec-fetch-site') === 'same-origin';
