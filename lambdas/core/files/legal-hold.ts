import { errors } from '../errors.ts';
import type { VersionListing } from '../ports.ts';
import type { Caller } from '../tenancy/caller.ts';
import { type AlterDeps, alterFile, type FileTarget } from './alter.ts';
import { edit } from './change.ts';
import type { FileRecord, FileVersion } from './file.ts';
import type { ObjectLocks } from './object-lock.ts';

export interface LegalHoldDeps extends AlterDeps {
  /** Where the stage has Object Lock: S3 then holds every content that the file has or had. */
  readonly holding?: Pick<ObjectLocks, 'hold'> & VersionListing;
}

/**
 * Holds a file for a legal matter, or lets it go. While held it is neither deleted nor replaced, and the trash does
 * not forget it. Holding again changes the reason; who holds it, since when and why stays on the record. Whatever fails
 * on the way, S3 holds nothing that the record does not tell of, and repeating the call finishes it.
 * @throws forbidden (admins alone decide), not_found, precondition_failed
 */
export async function setLegalHold(
  deps: LegalHoldDeps,
  caller: Caller,
  target: FileTarget,
  { hold, reason }: { readonly hold: boolean; readonly reason?: string },
): Promise<FileRecord> {
  const file = await alterFile(deps, caller, target, 'read', async (file) => {
    // After the look at the file, so that a colleague's private one stays unknown.
    if (caller.user.role === 'user') throw errors.forbidden('Only admins of the tenant set a legal hold.');
    const at = deps.now();
    const facts = {
      at,
      eventId: deps.newId(),
      actor: caller.actor,
      type: 'file.changed' as const,
      data: { fields: 'legalHold', legalHold: hold },
    };
    if (hold) {
      if (reason === undefined) throw errors.invalidField('reason', 'required', 'say why the file is held');
      if (file.legalHold?.reason === reason) return undefined;
      const since = file.legalHold?.since ?? at;
      return edit(file, { ...facts, set: { legalHold: { reason, since, by: caller.userId } } });
    }
    await holdContents(deps, file, false);
    if (!file.legalHold) return undefined;
    // The sweep put a held file of the trash off: from now on its time counts again.
    const dueAt = file.status === 'deleted' ? file.purgeAt : undefined;
    return edit(file, { ...facts, clear: ['legalHold'], ...(dueAt && { dueAt }) });
  });
  if (hold) await holdContents(deps, file, true);
  return file;
}

const pageVersions = 100;
const atOnce = 10;

async function holdContents({ holding }: LegalHoldDeps, file: FileRecord, on: boolean): Promise<void> {
  if (!holding) return;
  let page: readonly (FileRecord | FileVersion)[] = [file];
  while (page.length > 0) {
    for (let first = 0; first < page.length; first += atOnce) {
      const some = page.slice(first, first + atOnce);
      await Promise.all(
        some.map(async ({ libraryKey: key, libraryVersionId: versionId }) => {
          if (key && versionId) await holding.hold({ key, versionId }, on);
        }),
      );
    }
    page = await holding.versions(file, page.at(-1)?.version ?? 0, pageVersions);
  }
}
