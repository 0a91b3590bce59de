import type { Details } from '../files/content-facts.ts';
import type { FileRecord, FileRef } from '../files/file.ts';
import { availableStatuses } from '../files/status.ts';
import { firstCharacters } from '../processing/keep-text.ts';
import type { DocumentChange, SearchIndex } from './ports.ts';

export interface IndexFilesDeps {
  readonly index: Pick<SearchIndex, 'update' | 'forget'>;
  /** Files as they are at this moment, read consistently; missing ones are left out. */
  readonly files: (tenantId: string, fileIds: readonly string[]) => Promise<readonly FileRecord[]>;
  /** The whole text of a file's content that was kept. */
  readonly text: (file: FileRecord) => Promise<string>;
  readonly textMaxCharacters: number;
}

/** Texts that are read at the same time: each may be of 1 MiB. */
const textsAtOnce = 8;

/** What a document or recording says about itself that people look for. It is found as if it began the text. */
const soughtDetails = [
  'title',
  'author',
  'subject',
  'keywords',
  'description',
  'artist',
  'album',
] as const satisfies readonly (keyof Details)[];

/** No file has an id that another had: one whose record is gone does not come back. */
const goneForGood = Number.MAX_SAFE_INTEGER;

/** Takes what these files are now into the index, whatever has happened to them. Repeating it is harmless. */
export async function indexFiles(deps: IndexFilesDeps, changed: readonly FileRef[]): Promise<void> {
  const tenants = new Map<string, Set<string>>();
  for (const { tenantId, fileId } of changed) {
    tenants.set(tenantId, (tenants.get(tenantId) ?? new Set()).add(fileId));
  }
  for (const [tenantId, fileIds] of tenants) {
    await deps.index.update(tenantId, await changesOf(deps, tenantId, [...fileIds]));
  }
}

/** What the consumer of the events finds in a message: a file that has changed, or a tenant that was erased. */
export type IndexTask = FileRef | { readonly erasedTenantId: string };

/** Files first: what is still said of an erased tenant's is gone with it. */
export async function indexTasks(deps: IndexFilesDeps, tasks: readonly IndexTask[]): Promise<void> {
  await indexFiles(
    deps,
    tasks.filter((task) => 'fileId' in task),
  );
  const erased = tasks.flatMap((task) => ('erasedTenantId' in task ? [task.erasedTenantId] : []));
  for (const tenantId of new Set(erased)) await deps.index.forget(tenantId);
}

async function changesOf(
  deps: IndexFilesDeps,
  tenantId: string,
  fileIds: readonly string[],
): Promise<readonly DocumentChange[]> {
  const files = new Map((await deps.files(tenantId, fileIds)).map((file) => [file.fileId, file]));
  const changes: DocumentChange[] = [];
  for (let first = 0; first < fileIds.length; first += textsAtOnce) {
    const some = fileIds.slice(first, first + textsAtOnce);
    changes.push(...(await Promise.all(some.map((fileId) => changeOf(deps, fileId, files.get(fileId))))));
  }
  return changes;
}

async function changeOf(
  deps: IndexFilesDeps,
  fileId: string,
  file: FileRecord | undefined,
): Promise<DocumentChange> {
  if (!file) return { fileId, revision: goneForGood };
  const { revision } = file;
  if (!availableStatuses.includes(file.status)) return { fileId, revision };
  const { ownerId, path, filename, tags, metadata, mimeType, size, status, createdAt, updatedAt } = file;
  const details = soughtDetails.flatMap((name) => file.details?.[name] ?? []);
  const content = file.text ? await deps.text(file) : '';
  const text = firstCharacters([...details, content].join('\n'), deps.textMaxCharacters);
  return {
    fileId,
    revision,
    document: {
      ...{ ownerId, path, filename, tags, metadata, mimeType, size, status, createdAt, updatedAt },
      text,
    },
  };
}
