import { errors } from '../errors.ts';
import type { Caller } from '../tenancy/caller.ts';
import { type AlterDeps, alterFile, type FileTarget } from './alter.ts';
import { edit } from './change.ts';
import type { FileRecord } from './file.ts';

/**
 * Holds a file for a legal matter, or lets it go. While held it is neither deleted nor replaced, and the trash does
 * not forget it. Holding again changes the reason; who holds it, since when and why stays on the record.
 * @throws forbidden (admins alone decide), not_found, precondition_failed
 */
export async function setLegalHold(
  deps: AlterDeps,
  caller: Caller,
  target: FileTarget,
  { hold, reason }: { readonly hold: boolean; readonly reason?: string },
): Promise<FileRecord> {
  return alterFile(deps, caller, target, 'read', (file) => {
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
    if (!file.legalHold) return undefined;
    // The sweep put a held file of the trash off: from now on its time counts again.
    const dueAt = file.status === 'deleted' ? file.purgeAt : undefined;
    return edit(file, { ...facts, clear: ['legalHold'], ...(dueAt && { dueAt }) });
  });
}
