import type { VersionListing } from '../ports.ts';
import type { FileRecord, FileVersion } from './file.ts';

const pageVersions = 100;

/** The kept versions of a file, newest first. */
export async function* keptVersions(
  store: VersionListing,
  file: FileRecord,
): AsyncGenerator<FileVersion, undefined> {
  let below = file.version;
  for (;;) {
    const page = await store.versions(file, below, pageVersions);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageVersions) return;
    below = last.version;
  }
}

/**
 * The kept version whose bytes are this version of a library object. Its number does not tell: restoring a content gives
 * it a new one.
 */
export async function keptContent(
  store: VersionListing,
  file: FileRecord,
  libraryVersionId: string,
): Promise<FileVersion | undefined> {
  for await (const kept of keptVersions(store, file)) {
    if (kept.libraryVersionId === libraryVersionId) return kept;
  }
  return undefined;
}
