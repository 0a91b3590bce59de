import type { RouteName } from '../contract/routes.ts';
import { type Download, type DownloadDeps, downloadUrl } from '../core/files/download.ts';
import { type FileListing, listFiles } from '../core/files/list.ts';
import type { NameBounds } from '../core/files/names.ts';
import { statusOf } from '../core/files/status-of.ts';
import { type Timeline, timelineOf } from '../core/files/timeline.ts';
import type { FileStore, TextExcerpts } from '../core/ports.ts';
import type { Estimates } from '../core/processing/estimate.ts';
import { requireAccess } from '../core/tenancy/access.ts';
import type { Caller } from '../core/tenancy/caller.ts';
import { quotaView, type UsageStore } from '../core/tenancy/quota.ts';
import type { TranscodeBudget, TranscodeStore } from '../core/video/transcode.ts';
import { type AboutFile, about } from '../runtime/audited.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import type { HttpRequest } from '../runtime/http-request.ts';
import { ok } from '../runtime/http-response.ts';
import { fileResponse } from './file-changes.ts';
import { idPath } from './schemas/fields.ts';
import type { FileSchemas } from './schemas/files.ts';

export interface FileRouteDeps {
  readonly auth: AuthDeps;
  readonly store: FileStore & FileListing & Timeline;
  readonly excerpts: Pick<TextExcerpts, 'read'>;
  readonly estimates: Pick<Estimates, 'untilReady'>;
  readonly usage: UsageStore;
  readonly transcodes: Pick<TranscodeStore, 'transcode'>;
  readonly transcoded: Pick<TranscodeBudget, 'used'>;
  readonly downloads: DownloadDeps;
  readonly names: NameBounds;
  readonly schemas: FileSchemas;
}

/** What reads files, and the quota. Each parses, calls one use case and maps the answer. */
export function fileRoutes(deps: FileRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const route = authenticated(deps.auth);
  const { schemas } = deps;
  const id = (request: HttpRequest): string => request.path(idPath).id;
  const access = { store: deps.store, now: deps.auth.now };
  const listing = { ...access, names: deps.names };
  const readFile = async (request: HttpRequest, caller: Caller) =>
    requireAccess(access, caller, id(request), 'read');
  return {
    listFiles: route('other', async (request, caller) =>
      ok(await listFiles(listing, caller, request.query(schemas.listFiles))),
    ),
    getFile: route('other', async (request, caller) => {
      const file = await readFile(request, caller);
      const excerpt = file.text && (await deps.excerpts.read(file));
      return about(file, fileResponse(file, excerpt));
    }),
    fileStatus: route('other', async (request, caller) => {
      const { estimates, transcodes } = deps;
      const { file, answer } = await statusOf({ ...access, estimates, transcodes }, caller, id(request));
      return about(file, ok(answer));
    }),
    fileTimeline: route('other', async (request, caller) => {
      const page = request.query(schemas.page);
      const { file, answer } = await timelineOf(access, caller, id(request), page);
      return about(file, ok(answer));
    }),
    fileUrl: route('other', async (request, caller) =>
      aboutDownload(await downloadUrl(deps.downloads, caller, id(request), request.query(schemas.fileUrl))),
    ),
    quota: route('other', async (request, caller) => {
      const { directory, limits } = deps.auth;
      const { userId } = request.query(schemas.quota);
      const { usage, transcoded } = deps;
      return ok(await quotaView({ usage, transcoded, directory, limits, now: access.now }, caller, userId));
    }),
  };
}

const aboutDownload = ({ file, answer }: Download): AboutFile => about(file, ok(answer));
