import { move } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import type { FileRecord } from '../files/file.ts';
import { discardCopies } from './discard-copies.ts';
import { type InspectDeps, type IntakeVersion, inspectionFields } from './inspect.ts';

/**
 * Ends an upload that was to replace the content of a file which has been withdrawn meanwhile: there is no content left
 * to replace, and the file's name may be somebody else's by now. False for every other.
 */
export async function endOrphaned(
  deps: Pick<InspectDeps, 'store' | 'intake' | 'library' | 'now' | 'newId'>,
  replacement: FileRecord,
  version: IntakeVersion,
): Promise<boolean> {
  if (!replacement.isReplacement) return false;
  const { tenantId, fileId } = replacement;
  const file = await deps.store.file({ tenantId, fileId });
  if (file?.status !== 'rejected') return false;
  // First, because nothing of this is looked for once the record has ended.
  await discardCopies(deps, replacement);
  await commitChange(deps.store, version, (current) =>
    current?.isReplacement && current.status === 'inspecting' && current.intakeVersionId === version.versionId
      ? move(current, 'aborted', { at: deps.now(), eventId: deps.newId(), clear: inspectionFields })
      : undefined,
  );
  await deps.intake.deleteVersion(version);
  return true;
}
