import { SluiceError } from '../errors.ts';
import type { Caller } from '../tenancy/caller.ts';
import { extensionViolation } from '../uploads/admission.ts';
import { type AlterDeps, alterFile, type FileTarget, requireLiving } from './alter.ts';
import { type Change, edit } from './change.ts';
import type { PlacedName } from './effects.ts';
import type { FileRecord } from './file.ts';
import { type NameBounds, normalizeFilename, normalizePath, numberedName } from './names.ts';

/** What becomes of a file whose name is taken where it goes. */
export type OnTaken = 'reject' | 'rename';

export interface PlaceDeps extends AlterDeps {
  readonly names: NameBounds;
}

/** How many numbered names `onConflict: rename` tries before it gives up. */
const maxRenames = 50;

/** Into another folder of its owner, which comes into being with it. @throws name_conflict and those of alterFile */
export async function moveFile(
  deps: PlaceDeps,
  caller: Caller,
  target: FileTarget,
  { newPath, onConflict = 'reject' }: { readonly newPath: string; readonly onConflict?: OnTaken },
): Promise<FileRecord> {
  const path = normalizePath(newPath, deps.names, 'newPath');
  return underFreeName(deps.names, onConflict, (nameOf) =>
    alterFile(deps, caller, target, 'manage', (file) => {
      requireLiving(file);
      // Where it is already it has its name.
      return file.path === path ? undefined : placed(deps, caller, file, { path, filename: nameOf(file) });
    }),
  );
}

/** Under another name in its folder. @throws name_conflict, type_not_allowed and those of alterFile */
export async function renameFile(
  deps: PlaceDeps,
  caller: Caller,
  target: FileTarget,
  { newFilename }: { readonly newFilename: string },
): Promise<FileRecord> {
  const filename = normalizeFilename(newFilename, deps.names, 'newFilename');
  const refused = extensionViolation(filename, caller.policy);
  if (refused) throw refused;
  return alterFile(deps, caller, target, 'write', (file) => {
    requireLiving(file);
    return file.filename === filename ? undefined : placed(deps, caller, file, { path: file.path, filename });
  });
}

const placed = (deps: AlterDeps, { actor }: Caller, file: FileRecord, set: PlacedName): Change =>
  edit(file, {
    at: deps.now(),
    eventId: deps.newId(),
    actor,
    type: 'file.moved',
    data: { moved: file.path !== set.path, renamed: file.filename !== set.filename },
    set,
  });

/** With `rename`, `photo.jpg`, then `photo (2).jpg` and so on until one is free. @throws name_conflict */
export async function underFreeName<T>(
  bounds: NameBounds,
  onConflict: OnTaken,
  attempt: (nameOf: (file: FileRecord) => string) => Promise<T>,
): Promise<T> {
  const attempts = onConflict === 'rename' ? maxRenames : 1;
  for (let n = 1; ; n += 1) {
    try {
      return await attempt(({ filename }) => (n === 1 ? filename : numberedName(filename, n, bounds)));
    } catch (error) {
      const taken = error instanceof SluiceError && error.code === 'name_conflict';
      if (!taken || n === attempts) throw error;
    }
  }
}
