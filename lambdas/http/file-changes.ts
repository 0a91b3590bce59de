import type { RouteName } from '../contract/routes.ts';
import type { FileTarget } from '../core/files/alter.ts';
import { type AnnotateDeps, setMetadata, setTags, setVisibility } from '../core/files/annotate.ts';
import type { FileRecord } from '../core/files/file.ts';
import { type LegalHoldDeps, setLegalHold } from '../core/files/legal-hold.ts';
import { moveFile, renameFile } from '../core/files/place.ts';
import { type PurgeDeps, purgeFile } from '../core/files/purge.ts';
import { deleteFile, type RestoreDeps, restoreFile } from '../core/files/trash.ts';
import { etagOf, fileView } from '../core/files/view.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import type { HttpRequest } from '../runtime/http-request.ts';
import { type HttpResponse, noContent, ok } from '../runtime/http-response.ts';
import { idPath } from './schemas/fields.ts';
import type { FileSchemas } from './schemas/files.ts';

export interface FileChangeRouteDeps {
  readonly auth: AuthDeps;
  readonly changes: AnnotateDeps & RestoreDeps & PurgeDeps & LegalHoldDeps;
  readonly schemas: FileSchemas;
}

/** A file with its ETag, which the next change may send as If-Match. */
export const fileResponse = (file: FileRecord, excerpt?: string): HttpResponse => {
  const answer = ok(fileView(file, excerpt));
  return { ...answer, headers: { ...answer.headers, etag: etagOf(file) } };
};

const targetOf = (request: HttpRequest): FileTarget => ({
  fileId: request.path(idPath).id,
  ifMatch: request.header('if-match'),
});

/** What changes one file: every route honours If-Match and answers with the file as it is then. */
export function fileChangeRoutes({
  auth,
  changes,
  schemas,
}: FileChangeRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const route = authenticated(auth);
  return {
    moveFile: route('other', async (request, caller) =>
      fileResponse(await moveFile(changes, caller, targetOf(request), request.body(schemas.moveFile))),
    ),
    renameFile: route('other', async (request, caller) =>
      fileResponse(await renameFile(changes, caller, targetOf(request), request.body(schemas.renameFile))),
    ),
    setVisibility: route('other', async (request, caller) =>
      fileResponse(
        await setVisibility(changes, caller, targetOf(request), request.body(schemas.setVisibility)),
      ),
    ),
    setTags: route('other', async (request, caller) =>
      fileResponse(await setTags(changes, caller, targetOf(request), request.body(schemas.setTags))),
    ),
    setMetadata: route('other', async (request, caller) =>
      fileResponse(await setMetadata(changes, caller, targetOf(request), request.body(schemas.setMetadata))),
    ),
    setLegalHold: route('other', async (request, caller) =>
      fileResponse(
        await setLegalHold(changes, caller, targetOf(request), request.body(schemas.setLegalHold)),
      ),
    ),
    deleteFile: route('other', async (request, caller) => {
      const remove = request.query(schemas.deleteFile).hard ? purgeFile : deleteFile;
      await remove(changes, caller, targetOf(request));
      return noContent();
    }),
    restoreFile: route('other', async (request, caller) =>
      fileResponse(await restoreFile(changes, caller, targetOf(request), request.body(schemas.restoreFile))),
    ),
  };
}
