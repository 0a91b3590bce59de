import { categoryOfType } from '../content/category.ts';
import { type Change, move, note } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import { contentFacts, keptVersion } from '../files/content.ts';
import type { Examined, FileRecord, Rendition, ScanMark, UnfinishedCopy } from '../files/file.ts';
import { lockContent, lockedUntil } from '../files/object-lock.ts';
import { holdingOf, type LibraryLocation } from '../files/shared-content.ts';
import { availableStatuses } from '../files/status.ts';
import type { RenditionPreset } from '../images/presets.ts';
import { presetRecipe } from '../images/recipes.ts';
import { startProcessing } from '../processing/start-processing.ts';
import { hasPresets } from '../processing/workers.ts';
import type { PromotionPolicy } from '../tenancy/policy.ts';
import { addSeconds } from '../time.ts';
import { holdFile } from './hold.ts';
import {
  type InspectDeps,
  type InspectOutcome,
  type IntakeFacts,
  type IntakeVersion,
  inspectionFields,
} from './inspect.ts';
import { type Place, placeContent, type Shareable, shareable } from './place-content.ts';

/** What the inspected version has become in the library. */
interface Promoted {
  readonly version: IntakeVersion;
  readonly content: Partial<FileRecord>;
  readonly place: Place;
  /** Days for which S3 is to lock the copy. */
  readonly lockDays: number;
}

/** What the inspection found, and what its tenant's policy says at that moment. */
interface Passed {
  readonly examined: Examined;
  readonly scan: ScanMark;
  readonly policy: PromotionPolicy;
}

/**
 * Copies a version that was found clean to the library and settles its file, in one transaction with the quota. The
 * content of a replacement moves into the file that it is to replace, whose old content stays as a version. Where files
 * share their bytes, a content that is in the library already is not copied.
 */
export async function promote(
  deps: InspectDeps,
  inspected: FileRecord,
  version: IntakeVersion,
  facts: IntakeFacts,
  { examined, scan, policy }: Passed,
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
  const build = inspected.isReplacement ? replaceContent : store;
  const lockDays = (await deps.locking?.retentionDays(inspected)) ?? 0;
  const settle = (known: Examined['checksums'], own?: LibraryLocation): Promise<FileRecord | undefined> => {
    const asked = begun ? undefined : shareable(inspected, known.SHA256, policy, deps.locking !== undefined);
    const content = {
      ...{
        mimeType,
        category: categoryOfType(mimeType),
        checksums: known,
        scan,
        renditions: pendingRenditions(mimeType, policy.renditionPresets),
      },
      ...(charset && { charset }),
      ...(findings && { findings }),
    };
    return commitChange(deps.store, { tenantId, fileId }, async (current) => {
      const place = current && (await placeOf(deps, current, asked, own));
      return place && build(deps, current, { version, content, place, lockDays });
    });
  };
  const joined = policy.dedupe === 'share' ? await settle(checksums) : undefined;
  if (joined) return finishJoined(deps, version, joined);
  const copy = await deps.library.promote(version, facts, target, begun);
  if (copy.kind !== 'copied') {
    // Not before there is progress: on a copy that fails each time the sweep gives up.
    await noteCopy(deps, version, copy.kind === 'gone' ? { examined, scan } : progress);
    await deps.queues.inspect({ ...version, priority: inspected.priority });
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
  const { key, versionId } = copy;
  const stored = await settle({ ...checksums, ...ofCopy }, { key, versionId });
  const settled = stored ?? (await deps.store.file({ tenantId, fileId }));
  // Runs that go on with one copy end with one object: whoever was faster has stored it, and may have shared it.
  const isKept = settled && (settled.libraryVersionId === versionId || holdingOf(settled, versionId));
  if (stored && !isKept) return finishJoined(deps, version, stored);
  if (!isKept) await deps.library.deleteVersion(copy);
  return stored ? finish(deps, version, stored) : 'ignored';
}

/** Of a file that lies in another's object what any run has copied goes: nothing newer would make it expire. */
async function finishJoined(
  deps: InspectDeps,
  version: IntakeVersion,
  stored: FileRecord,
): Promise<InspectOutcome> {
  const { libraryKey: key = '', libraryVersionId: versionId = '' } = stored;
  await deps.library.keepOnly(stored, { key, versionId });
  return finish(deps, version, stored);
}

async function finish(
  deps: InspectDeps,
  version: IntakeVersion,
  stored: FileRecord,
): Promise<InspectOutcome> {
  await lockContent(deps.locking, stored, deps.now());
  await deps.intake.deleteVersion(version);
  await startProcessing(deps, stored);
  return 'stored';
}

/** Without a copy of its own a content lies where others have the same bytes, or nowhere yet. */
const placeOf = async (
  { store }: InspectDeps,
  file: FileRecord,
  asked: Shareable | undefined,
  own: LibraryLocation | undefined,
): Promise<Place | undefined> => {
  if (asked) return placeContent(store, file, asked, own);
  return own && { location: own, set: {} };
};

/** What a content is, where it lies, and which others the file has then. */
const placedContent = ({ content, place }: Promoted): Partial<FileRecord> => ({
  ...content,
  libraryKey: place.location.key,
  libraryVersionId: place.location.versionId,
});

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
  const { version, place } = promoted;
  if (!isInspected(file, version)) return undefined;
  const at = deps.now();
  return move(file, 'stored', {
    at,
    eventId: deps.newId(),
    set: { ...placedContent(promoted), ...place.set, ...lockOf(file, promoted, at), storedAt: at },
    ...(place.contents && { contents: place.contents }),
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
  const { version, place } = promoted;
  const replacement = await deps.store.file(version);
  if (!file || !isInspected(replacement, version) || !availableStatuses.includes(file.status))
    return undefined;
  const at = deps.now();
  const { set, clear } = contentFacts({ ...replacement, ...placedContent(promoted), storedAt: at });
  return move(file, 'stored', {
    at,
    eventId: deps.newId(),
    set: {
      ...set,
      ...place.set,
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
    ...(place.contents && { contents: place.contents }),
    data: {
      replaces: file.version,
      seconds: secondsBetween(replacement.createdAt, replacement.uploadedAt ?? at),
    },
    dueAt: addSeconds(at, deps.bounds.resendSeconds),
  });
}

const secondsBetween = (earlier: string, later: string): number =>
  (Date.parse(later) - Date.parse(earlier)) / 1000;

const pendingRenditions = (
  mimeType: string,
  presets: readonly RenditionPreset[],
): Record<string, Rendition> =>
  hasPresets(mimeType)
    ? Object.fromEntries(
        presets.map((preset) => {
          const { name } = preset;
          return [name, { name, status: 'pending' as const, recipe: presetRecipe(preset) }];
        }),
      )
    : {};
