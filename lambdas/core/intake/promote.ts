import { mediaKind } from '../content/mime-types.ts';
import { type Change, move } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import { contentFacts, keptVersion } from '../files/content.ts';
import type { FileRecord, Rendition } from '../files/file.ts';
import { availableStatuses } from '../files/status.ts';
import { startProcessing } from '../processing/start-processing.ts';
import { addSeconds } from '../time.ts';
import type { InspectDeps, InspectedType, InspectOutcome, IntakeFacts, IntakeVersion } from './inspect.ts';

/** What the inspected version has become in the library. */
interface Promoted {
  readonly version: IntakeVersion;
  readonly content: Partial<FileRecord>;
}

/**
 * Copies a version that was found clean to the library and settles its file, in one transaction with the quota. The
 * content of a replacement moves into the file that it is to replace, whose old content stays as a version.
 */
export async function promote(
  deps: InspectDeps,
  inspected: FileRecord,
  version: IntakeVersion,
  facts: IntakeFacts,
  { mimeType, extension, charset }: InspectedType,
): Promise<InspectOutcome> {
  const { tenantId, fileId } = inspected;
  const file = inspected.isReplacement ? await deps.store.file({ tenantId, fileId }) : inspected;
  if (!file) return 'ignored';
  const type = { mimeType, extension, ...(charset && { charset }) };
  const target = { ...inspected, createdAt: file.createdAt };
  const copy = await deps.library.promote(version, facts, { file: target, ...type });
  const content = {
    mimeType,
    ...(charset && { charset }),
    libraryKey: copy.key,
    libraryVersionId: copy.versionId,
    renditions: pendingRenditions(mimeType, deps.renditionNames),
  };
  const build = inspected.isReplacement ? replaceContent : store;
  const stored = await commitChange(deps.store, { tenantId, fileId }, (current) =>
    build(deps, current, { version, content }),
  );
  if (!stored) {
    await deps.library.deleteVersion(copy);
    return 'ignored';
  }
  await deps.intake.deleteVersion(version);
  await startProcessing(deps, stored);
  return 'stored';
}

const isInspected = (record: FileRecord | undefined, version: IntakeVersion): record is FileRecord =>
  record?.status === 'inspecting' &&
  record.uploadId === version.uploadId &&
  record.intakeVersionId === version.versionId;

function store(
  deps: InspectDeps,
  file: FileRecord | undefined,
  { version, content }: Promoted,
): Change | undefined {
  if (!isInspected(file, version)) return undefined;
  const at = deps.now();
  return move(file, 'stored', {
    at,
    eventId: deps.newId(),
    set: { ...content, storedAt: at },
    data: { seconds: secondsBetween(file.createdAt, file.uploadedAt ?? at) },
    dueAt: addSeconds(at, deps.resendSeconds),
  });
}

async function replaceContent(
  deps: InspectDeps,
  file: FileRecord | undefined,
  { version, content }: Promoted,
): Promise<Change | undefined> {
  const replacement = await deps.store.file(version);
  if (!file || !isInspected(replacement, version) || !availableStatuses.includes(file.status))
    return undefined;
  const at = deps.now();
  const { set, clear } = contentFacts({ ...replacement, ...content, storedAt: at });
  return move(file, 'stored', {
    at,
    eventId: deps.newId(),
    set: {
      ...set,
      ...replacement.overrides,
      priority: replacement.priority,
      version: replacement.version,
      versionsBytes: (file.versionsBytes ?? 0) + file.size,
    },
    clear: [...clear, 'replacement'],
    consumes: replacement,
    keeps: keptVersion(file, at),
    data: {
      replaces: file.version,
      seconds: secondsBetween(replacement.createdAt, replacement.uploadedAt ?? at),
    },
    dueAt: addSeconds(at, deps.resendSeconds),
  });
}

const secondsBetween = (earlier: string, later: string): number =>
  (Date.parse(later) - Date.parse(earlier)) / 1000;

const pendingRenditions = (mimeType: string, names: readonly string[]): Record<string, Rendition> =>
  mediaKind(mimeType) === 'image'
    ? Object.fromEntries(names.map((name) => [name, { name, status: 'pending' as const }]))
    : {};
