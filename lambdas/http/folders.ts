import type { RouteName } from '../contract/routes.ts';
import { type BulkDeps, startBulk } from '../core/bulk/bulk-request.ts';
import type { NameBounds } from '../core/files/names.ts';
import { parseOperationJobId, readOperationJob } from '../core/files/operation-jobs.ts';
import { browseFolder } from '../core/folders/browse.ts';
import { createFolder } from '../core/folders/create.ts';
import type { FolderStore } from '../core/folders/folder.ts';
import { startDelete, startMove } from '../core/folders/tree-request.ts';
import type { JobRecord, JobStore } from '../core/jobs/job.ts';
import { readJob } from '../core/jobs/view.ts';
import type { FileStore } from '../core/ports.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import { accepted, created, ok } from '../runtime/http-response.ts';
import { type FolderSchemas, jobPath } from './schemas/folders.ts';

export interface FolderRouteDeps extends BulkDeps {
  readonly auth: AuthDeps;
  readonly folders: FolderStore;
  readonly jobs: JobStore;
  readonly files: Pick<FileStore, 'file' | 'share' | 'version'>;
  readonly names: NameBounds;
  readonly schemas: FolderSchemas;
}

const started = ({ jobId }: JobRecord) => accepted({ jobId });

/** The routes of API.md for folders, bulk actions and jobs. Each parses, calls one use case and maps the answer. */
export function folderRoutes(deps: FolderRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const route = authenticated(deps.auth);
  const { schemas } = deps;
  return {
    listFolders: route('other', async (request, caller) =>
      ok(await browseFolder(deps, caller, request.query(schemas.listFolders))),
    ),
    createFolder: route('other', async (request, caller) =>
      created(await createFolder(deps, caller, request.body(schemas.createFolder))),
    ),
    moveFolder: route('other', async (request, caller) =>
      started(await startMove(deps, caller, request.body(schemas.moveFolder))),
    ),
    deleteFolder: route('other', async (request, caller) =>
      started(await startDelete(deps, caller, request.query(schemas.deleteFolder))),
    ),
    bulk: route('other', async (request, caller) =>
      started(await startBulk(deps, caller, request.body(schemas.bulk))),
    ),
    getJob: route('other', async (request, caller) => {
      const { jobId } = request.path(jobPath);
      const page = request.query(schemas.getJob);
      const operation = parseOperationJobId(jobId);
      if (!operation) return ok(await readJob(deps.jobs, caller, jobId, page));
      return ok(await readOperationJob({ store: deps.files, now: deps.auth.now }, caller, operation));
    }),
  };
}
