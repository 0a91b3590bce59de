import type { RouteName } from '../contract/routes.ts';
import { errors } from '../core/errors.ts';
import { type DownloadDeps, downloadUrl } from '../core/files/download.ts';
import { type FileListing, listFiles } from '../core/files/list.ts';
import type { NameBounds } from '../core/files/names.ts';
import { type PurgeDeps, purgeFile } from '../core/files/purge.ts';
import { type Timeline, timelineOf } from '../core/files/timeline.ts';
import { etagOf, fileView, statusView } from '../core/files/view.ts';
import type { FileStore } from '../core/ports.ts';
import { requireAccess } from '../core/tenancy/access.ts';
import type { Caller } from '../core/tenancy/caller.ts';
import { quotaView, type UsageStore } from '../core/tenancy/quota.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import type { HttpRequest } from '../runtime/http-request.ts';
import { noContent, ok } from '../runtime/http-response.ts';
import { idPath } from './schemas/fields.ts';
import type { FileSchemas } from './schemas/files.ts';

export interface FileRouteDeps {
  readonly auth: AuthDeps;
  readonly store: FileStore & FileListing & Timeline;
  readonly usage: UsageStore;
  readonly downloads: DownloadDeps;
  readonly purge: PurgeDeps;
  readonly names: NameBounds;
  readonly schemas: FileSchemas;
}

/** The routes of API.md, "Files", and the quota. Each parses, calls one use case and maps the answer. */
export function fileRoutes(deps: FileRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const route = authenticated(deps.auth);
  const { schemas } = deps;
  const id = (request: HttpRequest): string => request.path(idPath).id;
  const readFile = async (request: HttpRequest, caller: Caller) =>
    requireAccess(caller, await deps.store.file({ tenantId: caller.tenantId, fileId: id(request) }));
  return {
    listFiles: route('other', async (request, caller) =>
      ok(await listFiles(deps, caller, request.query(schemas.listFiles))),
    ),
    getFile: route('other', async (request, caller) => {
      const file = await readFile(request, caller);
      const answer = ok(fileView(file));
      return { ...answer, headers: { ...answer.headers, etag: etagOf(file) } };
    }),
    fileStatus: route('other', async (request, caller) => ok(statusView(await readFile(request, caller)))),
    fileTimeline: route('other', async (request, caller) =>
      ok(await timelineOf(deps.store, caller, id(request), request.query(schemas.page))),
    ),
    fileUrl: route('other', async (request, caller) =>
      ok(await downloadUrl(deps.downloads, caller, id(request), request.query(schemas.fileUrl))),
    ),
    deleteFile: route('other', async (request, caller) => {
      if (request.query(schemas.deleteFile).hard !== 'true') {
        throw errors.invalidField(
          'hard',
          'required',
          'send hard=true: there is no trash yet to delete softly into',
        );
      }
      await purgeFile(deps.purge, caller, id(request));
      return noContent();
    }),
    quota: route('other', async (_request, caller) => ok(await quotaView(deps.usage, caller))),
  };
}
