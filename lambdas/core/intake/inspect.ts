import type { DetectContentType } from '../content/detected.ts';
import { judgeType } from '../content/judge-type.ts';
import { move } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import type { FileRecord, UploadRef } from '../files/file.ts';
import type { Status } from '../files/status.ts';
import type { FileQueues, FileStore } from '../ports.ts';
import { startProcessing } from '../processing/start-processing.ts';
import { addSeconds } from '../time.ts';
import type { ChecksumAlgorithm, ChecksumDeclaration } from '../uploads/checksum.ts';
import { promote } from './promote.ts';
import type { Scanner } from './scanner.ts';

/** Exactly one object version in the intake bucket. */
export interface IntakeVersion extends UploadRef {
  readonly versionId: string;
}

export interface IntakeFacts {
  readonly size: number;
  readonly etag: string;
  /** Checksums of the whole object that S3 itself computed or verified, base64. */
  readonly checksums: Partial<Record<ChecksumAlgorithm, string>>;
}

export interface InspectDeps {
  readonly store: FileStore;
  readonly intake: {
    /** Undefined: that version is gone. */
    facts(version: IntakeVersion): Promise<IntakeFacts | undefined>;
    /** The first bytes, enough to tell the type. */
    head(version: IntakeVersion): Promise<Uint8Array>;
    /** Reads the version once. base64 */
    checksum(version: IntakeVersion, algorithm: ChecksumAlgorithm): Promise<string>;
    deleteVersion(version: IntakeVersion): Promise<void>;
  };
  readonly library: {
    /** Copies exactly the inspected version; answers with where it lies now. */
    promote(
      version: IntakeVersion,
      facts: IntakeFacts,
      target: PromotionTarget,
    ): Promise<{ key: string; versionId: string }>;
    deleteVersion(location: { key: string; versionId: string }): Promise<void>;
    /** Removes every other version of this key. */
    keepOnly(location: { key: string; versionId: string }): Promise<void>;
  };
  readonly detect: DetectContentType;
  readonly scanner: Scanner;
  readonly queues: Pick<FileQueues, 'process'>;
  readonly renditionNames: readonly string[];
  /** MIME types and groups that the owner's policy allows at this moment. */
  readonly allowedTypes: (file: FileRecord) => Promise<readonly string[]>;
  readonly now: () => string;
  readonly newId: () => string;
  readonly resendSeconds: number;
  /** How long a file may be held before it ends as unscannable. */
  readonly heldSeconds: number;
}

/** What the bytes turned out to be; `extension` has its dot. */
export interface InspectedType {
  readonly mimeType: string;
  readonly extension: string;
  readonly charset?: string;
}

export interface PromotionTarget extends InspectedType {
  /** Its `createdAt` is that of the file, also where this is the file's replacement. */
  readonly file: FileRecord;
}

export type InspectOutcome = 'stored' | 'rejected' | 'held' | 'ignored';

export type RejectionReason = 'size_mismatch' | 'checksum_mismatch' | 'type_mismatch' | 'malware_found';

type Judgement =
  | ({ readonly verdict: 'clean' } & InspectedType)
  | { readonly verdict: 'refused'; readonly reason: RejectionReason }
  | { readonly verdict: 'held' };

/**
 * Inspects a claimed version and promotes or refuses it (DESIGN 2). Fail closed: without an explicit clean result
 * for exactly this version nothing reaches the library. Safe to run twice at once: one of them settles the file,
 * the other removes its own copy.
 */
export async function inspect(deps: InspectDeps, message: IntakeVersion): Promise<InspectOutcome> {
  const file = await begin(deps, message);
  if (!file) {
    await finishInterrupted(deps, message);
    return 'ignored';
  }
  const facts = await deps.intake.facts(message);
  if (!facts) return vanished(deps, message);
  const judgement = await judge(deps, file, message, facts);
  if (judgement.verdict === 'held') return hold(deps, file);
  if (judgement.verdict === 'refused') return reject(deps, file, message, judgement.reason);
  return promote(deps, file, message, facts, judgement);
}

async function begin(deps: InspectDeps, message: IntakeVersion): Promise<FileRecord | undefined> {
  const begun = await commitChange(deps.store, message, (file) => {
    if (file?.intakeVersionId !== message.versionId) return undefined;
    if (file.status !== 'uploaded' && file.status !== 'held') return undefined;
    const at = deps.now();
    return move(file, 'inspecting', { at, eventId: deps.newId(), dueAt: addSeconds(at, deps.resendSeconds) });
  });
  if (begun) return begun;
  // An earlier run of this message, or one at this very moment: both may go on, one of them settles the file.
  const current = await deps.store.file(message);
  return current?.intakeVersionId === message.versionId && current.status === 'inspecting'
    ? current
    : undefined;
}

/** While a file is in one of these, its bytes exist nowhere but in the intake bucket. */
const unsettled: readonly Status[] = ['uploading', 'uploaded', 'inspecting', 'held'];

/** A run that settled the file may have ended before it cleaned up; its message comes again and ends here. */
async function finishInterrupted(deps: InspectDeps, message: IntakeVersion): Promise<void> {
  const file = await deps.store.file(message);
  // No record any more: what the upload brought has been replaced since, or purged.
  if (!file) return deps.intake.deleteVersion(message);
  if (file.intakeVersionId !== message.versionId || unsettled.includes(file.status)) return;
  await deps.intake.deleteVersion(message);
  const { libraryKey: key, libraryVersionId: versionId } = file;
  // A copy that a losing run could not take back would make this one noncurrent, and those expire.
  if (key && versionId) await deps.library.keepOnly({ key, versionId });
  if (file.status === 'stored') await startProcessing(deps, file);
}

/** Another run at the same time was faster and has cleaned up; else the bytes are lost, which somebody must see. */
async function vanished(deps: InspectDeps, message: IntakeVersion): Promise<InspectOutcome> {
  const file = await deps.store.file(message);
  if (file?.intakeVersionId !== message.versionId || !unsettled.includes(file.status)) return 'ignored';
  throw new Error(`intake version ${message.versionId} of ${message.fileId} is gone before its promotion`);
}

async function judge(
  deps: InspectDeps,
  file: FileRecord,
  version: IntakeVersion,
  facts: IntakeFacts,
): Promise<Judgement> {
  if (facts.size !== file.size) return { verdict: 'refused', reason: 'size_mismatch' };
  if (file.checksum && !(await checksumHolds(deps, version, facts, file.checksum))) {
    return { verdict: 'refused', reason: 'checksum_mismatch' };
  }
  const head = facts.size === 0 ? new Uint8Array() : await deps.intake.head(version);
  const detected = await deps.detect(head);
  const allowed = await deps.allowedTypes(file);
  const type = judgeType({ declared: file.mimeType, filename: file.filename, detected, allowed });
  if (type.verdict === 'refused') return { verdict: 'refused', reason: type.reason };
  const scan = await deps.scanner.scan(version);
  if (scan.verdict === 'infected') return { verdict: 'refused', reason: 'malware_found' };
  if (scan.verdict === 'unavailable') return { verdict: 'held' };
  const { mimeType, extension, charset } = type;
  return { verdict: 'clean', mimeType, extension, ...(charset && { charset }) };
}

/** Believes S3's own checksum of the whole object where there is one; else reads the object once. */
async function checksumHolds(
  deps: InspectDeps,
  version: IntakeVersion,
  facts: IntakeFacts,
  declared: ChecksumDeclaration,
): Promise<boolean> {
  if (declared.value === undefined) return true;
  const actual =
    facts.checksums[declared.algorithm] ?? (await deps.intake.checksum(version, declared.algorithm));
  return actual === declared.value;
}

async function hold(deps: InspectDeps, inspected: FileRecord): Promise<InspectOutcome> {
  const held = await commitChange(deps.store, inspected, (file) => {
    if (file?.status !== 'inspecting') return undefined;
    const at = deps.now();
    return move(file, 'held', { at, eventId: deps.newId(), dueAt: addSeconds(at, deps.heldSeconds) });
  });
  return held ? 'held' : 'ignored';
}

async function reject(
  deps: InspectDeps,
  inspected: FileRecord,
  version: IntakeVersion,
  reason: RejectionReason,
): Promise<InspectOutcome> {
  const rejected = await commitChange(deps.store, inspected, (file) =>
    file?.status === 'inspecting' && file.intakeVersionId === version.versionId
      ? move(file, 'rejected', { at: deps.now(), eventId: deps.newId(), set: { reason } })
      : undefined,
  );
  if (!rejected) return 'ignored';
  await deps.intake.deleteVersion(version);
  return 'rejected';
}
