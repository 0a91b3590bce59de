import { mediaKind } from '../content/mime-types.ts';
import { type Change, move, note } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import { contentFacts, keptVersion } from '../files/content.ts';
import type { Examined, FileRecord, Rendition, ScanMark, UnfinishedCopy } from '../files/file.ts';
import { lockContent, lockedUntil } from '../files/object-lock.ts';
import { availableStatuses } from '../files/status.ts';
import { startProcessing } from '../processing/start-processing.ts';
import { addSeconds } from '../time.ts';
import { holdFile } from './hold.ts';
import {
  type InspectDeps,
  type InspectOutcome,
  type IntakeFacts,
  type IntakeVersion,
  inspectionFields,
} from './inspect.ts';

/** What the inspected version has become in the library. */
interface Promoted {
  readonly version: IntakeVersion;
  readonly content: Partial<FileRecord>;
  /** Days for which S3 is to lock the copy. */
  readonly lockDays: number;
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
  examined: Examined,
  scan: ScanMark,
): Promise<InspectOutcome> {
  const { tenantId, fileId } = inspected;
  const file = inspected.isReplacement ? await deps.store.file({ tenantId, fileId }) : inspected;
  if (!file) return 'ignored';
  const { mimeType, extension, charset, findings, checksums } = examined;
  const type = { mimeType, extension, ...(charset && { charset }) };
  const target = { file: { ...inspected, createdAt: file.createdAt }, ...type };
  const begun = inspected.copying ?? (await deps.library.beginCopy(facts, target));
  const progress = { ...(begun && { copying: begun }), examined, scan };
  if (begun && !inspected.copying && !(await noteCopy(deps, version, progress))) {
    await deps.library.abandonCopy(begun);
    return 'ignored';
  }
  const copy = await deps.library.promote(version, facts, target, begun);
  if (copy.kind !== 'copied') {
    // Not before there is progress: on a copy that fails each time the sweep gives up.
    await noteCopy(deps, version, copy.kind === 'gone' ? { examined, scan } : progress);
    await deps.queues.inspect(version);
    return 'copying';
  }
  const ofCopy = copy.checksums ?? {};
  if (!agree(checksums, ofCopy)) {
    await deps.library.deleteVersion(copy);
    // A copy of one call comes again, as often as its message may. One in parts begins anew with every message, and may
    // take hours of S3: it waits for a person.
    if (begun) return (await holdFile(deps, version, 'unscannable')) ? 'held' : 'ignored';
    throw new Error(`the copy of ${fileId} is not what was inspected`);
  }
  const content = {
    mimeType,
    ...(charset && { charset }),
    ...(findings && { findings }),
    checksums: { ...checksums, ...ofCopy },
    scan,
    libraryKey: copy.key,
    libraryVersionId: copy.versionId,
    renditions: pendingRenditions(mimeType, deps.renditionNames),
  };
  const build = inspected.isReplacement ? replaceContent : store;
  const lockDays = (await deps.locking?.retentionDays(inspected)) ?? 0;
  const stored = await commitChange(deps.store, { tenantId, fileId }, (current) =>
    build(deps, current, { version, content, lockDays }),
  );
  if (!stored) {
    const settled = await deps.store.file({ tenantId, fileId });
    // Runs that go on with one copy end with one object: whoever was faster has stored it.
    if (settled?.libraryVersionId !== copy.versionId) await deps.library.deleteVersion(copy);
    return 'ignored';
  }
  await lockContent(deps.locking, stored, deps.now());
  await deps.intake.deleteVersion(version);
  await startProcessing(deps, stored);
  return 'stored';
}

type Checksums = Examined['checksums'];

const agree = (one: Checksums, other: Checksums): boolean =>
  Object.entries(one).every(([name, value]) => [value, undefined].includes(other[name as keyof Checksums]));

/** Of a file whose content is stored at `at`. */
function lockOf(file: FileRecord, { lockDays }: Promoted, at: string): Pick<FileRecord, 'lockedUntil'> {
  const until = lockedUntil(file, { retentionDays: lockDays }, at);
  return until === undefined ? {} : { lockedUntil: until };
}

/** So that the next run goes on with the same copy, and scans nothing again. False when the file is no longer under inspection. */
async function noteCopy(
  deps: InspectDeps,
  version: IntakeVersion,
  set: { readonly copying?: UnfinishedCopy; readonly examined: Examined; readonly scan: ScanMark },
): Promise<boolean> {
  const noted = await commitChange(deps.store, version, (file) => {
    if (!isInspected(file, version)) return undefined;
    const at = deps.now();
    const dueAt = addSeconds(at, deps.bounds.resendSeconds);
    return note(file, { at, eventId: deps.newId(), set, clear: set.copying ? [] : ['copying'], dueAt });
  });
  return noted !== undefined;
}

const isInspected = (record: FileRecord | undefined, version: IntakeVersion): record is FileRecord =>
  record?.status === 'inspecting' &&
  record.uploadId === version.uploadId &&
  record.intakeVersionId === version.versionId;

function store(deps: InspectDeps, file: FileRecord | undefined, promoted: Promoted): Change | undefined {
  const { version, content } = promoted;
  if (!isInspected(file, version)) return undefined;
  const at = deps.now();
  return move(file, 'stored', {
    at,
    eventId: deps.newId(),
    set: { ...content, ...lockOf(file, promoted, at), storedAt: at },
    clear: inspectionFields,
    data: { seconds: secondsBetween(file.createdAt, file.uploadedAt ?? at) },
    dueAt: addSeconds(at, deps.bounds.resendSeconds),
  });
}

async function replaceContent(
  deps: InspectDeps,
  file: FileRecord | undefined,
  promoted: Promoted,
): Promise<Change | undefined> {
  const { version, content } = promoted;
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
      ...lockOf(file, promoted, at),
      ...replacement.overrides,
      priority: replacement.priority,
      // Where a version was withdrawn meanwhile, the file has gone on by one.
      version: Math.max(replacement.version, file.version + 1),
      versionsBytes: (file.versionsBytes ?? 0) + file.size,
    },
    clear: [...clear, 'replacement'],
    consumes: replacement,
    keeps: keptVersion(file, at),
    data: {
      replaces: file.version,
      seconds: secondsBetween(replacement.createdAt, replacement.uploadedAt ?? at),
    },
    dueAt: addSeconds(at, deps.bounds.resendSeconds),
  });
}

const secondsBetween = (earlier: string, later: string): number =>
  (Date.parse(later) - Date.parse(earlier)) / 1000;

const pendingRenditions = (mimeType: string, names: readonly string[]): Record<string, Rendition> =>
  mediaKind(mimeType) === 'image'
    ? Object.fromEntries(names.map((name) => [name, { name, status: 'pending' as const }]))
    : {};
