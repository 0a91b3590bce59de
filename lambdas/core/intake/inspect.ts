import { move, note } from '../files/change.ts';
import { commitChange } from '../files/commit.ts';
import type { Examined, FileRecord, ScanMark, UnfinishedCopy, UploadRef } from '../files/file.ts';
import type { ObjectLocks } from '../files/object-lock.ts';
import type { LibraryLocation } from '../files/shared-content.ts';
import { type Status, unsettledStatuses } from '../files/status.ts';
import type { WithdrawSharedDeps } from '../files/withdraw-shared.ts';
import type { FileQueues, FileStore } from '../ports.ts';
import type { PromotionPolicy } from '../tenancy/policy.ts';
import { addSeconds } from '../time.ts';
import type { ChecksumAlgorithm } from '../uploads/checksum.ts';
import { discardCopies } from './discard-copies.ts';
import { type Examination, type ExamineDeps, examine, type InspectionPolicy } from './examine.ts';
import { finishInterrupted } from './finish-interrupted.ts';
import { type HoldDeps, holdFile } from './hold.ts';
import { endOrphaned } from './orphaned-replacement.ts';
import { promote } from './promote.ts';
import type { RejectionReason } from './reasons.ts';
import { askScanner, type ScanDeps, scanVersion } from './scan-version.ts';
import type { IntakeTarget, ScanAnswer } from './scanner.ts';

/** Exactly one object version in the intake bucket. */
export interface IntakeVersion extends UploadRef {
  readonly versionId: string;
}

interface InspectRequest extends IntakeVersion {
  /** The scanner shall look again, also at what it has judged; a result that says infected stays. */
  readonly scanAgain?: true | undefined;
}

export interface IntakeFacts {
  readonly size: number;
  readonly etag: string;
  /** Checksums of the whole object that S3 itself computed or verified, base64. */
  readonly checksums: Partial<Record<ChecksumAlgorithm, string>>;
}

export type CopyOutcome =
  | ({
      readonly kind: 'copied';
      /** What S3 computed of the copy. */
      readonly checksums?: IntakeFacts['checksums'];
    } & LibraryLocation)
  /** Out of time; the parts that were copied stay. */
  | { readonly kind: 'unfinished' }
  /** Somebody has ended the copy that was begun, and nothing came of it. */
  | { readonly kind: 'gone' };

export interface Library {
  /** Undefined for an object that is copied by one call; else begins a copy of many. */
  beginCopy(facts: IntakeFacts, target: PromotionTarget): Promise<UnfinishedCopy | undefined>;
  /** Copies exactly the inspected version, at once, or what is still missing of a copy that was begun. */
  promote(
    version: IntakeVersion,
    facts: IntakeFacts,
    target: PromotionTarget,
    begun?: UnfinishedCopy,
  ): Promise<CopyOutcome>;
  abandonCopy(begun: UnfinishedCopy): Promise<void>;
  deleteVersion(location: LibraryLocation): Promise<void>;
  /** Removes whatever runs have copied of a replacement that comes to nothing. `createdAt` is that of its file. */
  discard(replacement: FileRecord): Promise<void>;
  /**
   * Removes what other runs have copied of the file's present content, which lies in `location`: below the file's own
   * keys, or, where it is shared, below another's; then nothing while an upload is replacing it.
   */
  keepOnly(file: FileRecord, location: LibraryLocation): Promise<void>;
}

export interface InspectDeps
  extends ExamineDeps,
    ScanDeps,
    HoldDeps,
    Pick<WithdrawSharedDeps, 'resendSeconds' | 'contents'> {
  readonly store: FileStore & WithdrawSharedDeps['store'];
  readonly intake: ExamineDeps['intake'] & {
    /** Undefined: that version is gone. */
    facts(version: IntakeVersion): Promise<IntakeFacts | undefined>;
    deleteVersion(version: IntakeVersion): Promise<void>;
  };
  readonly library: Library;
  /** Where the stage has Object Lock. */
  readonly locking?: ObjectLocks & { retentionDays(file: FileRecord): Promise<number> };
  readonly queues: Pick<FileQueues, 'process' | 'inspect' | 'purge'>;
  readonly policyOf: (file: FileRecord) => Promise<InspectionPolicy & PromotionPolicy>;
  readonly bounds: ExamineDeps['bounds'] & HoldDeps['bounds'] & { readonly resendSeconds: number };
  readonly onRefused?: (file: FileRecord, reason: RejectionReason, detail: string) => void;
}

export interface PromotionTarget {
  /** Its `createdAt` is that of the file, also where this is the file's replacement. */
  readonly file: FileRecord;
  readonly mimeType: string;
  /** With its dot, or empty. */
  readonly extension: string;
  readonly charset?: string;
}

export type InspectOutcome = 'stored' | 'rejected' | 'held' | 'ignored' | 'scanning' | 'copying';

/**
 * Inspects a claimed version and promotes or refuses it (DESIGN 2). Fail closed: without an explicit clean result
 * for exactly this version nothing reaches the library. Where the scan's result comes later, what the examination found
 * is noted, so that the run which comes with it goes on from there. Safe to run twice at once: one of them settles the
 * file, the other removes its own copy.
 */
export async function inspect(deps: InspectDeps, message: InspectRequest): Promise<InspectOutcome> {
  const file = await begin(deps, message);
  if (!file) {
    await finishInterrupted(deps, message);
    return 'ignored';
  }
  if (await endOrphaned(deps, file, message)) return 'ignored';
  const facts = await deps.intake.facts(message);
  if (!facts) return vanished(deps, message);
  // Counts whenever it comes: of a scanner that looks at all that lands, or while what has passed is being copied.
  const known = await deps.scans.result(message);
  if (known?.verdict === 'infected') return reject(deps, file, message, 'malware_found', known.threat);
  const policy = await deps.policyOf(file);
  const examination = file.examined
    ? { verdict: 'sound' as const, examined: file.examined }
    : await examineWhileThere(deps, file, message, facts, policy);
  if (!examination) return 'ignored';
  if (examination.verdict === 'refused') {
    return reject(deps, file, message, examination.reason, examination.detail);
  }
  if (examination.verdict === 'unscannable') {
    return unscannable(deps, file, message, policy, examination.detail);
  }
  const { examined } = examination;
  if (file.scan && hasPassed(file, policy)) {
    return promote(deps, file, message, facts, { examined, scan: file.scan, policy });
  }
  const scan = await scanOf(deps, file, message, facts, policy);
  switch (scan.verdict) {
    case 'requested':
      if (!file.examined) await noteExamined(deps, message, examined);
      return 'scanning';
    case 'unavailable':
      return (await holdFile(deps, message, 'scanner', examined)) ? 'held' : 'ignored';
    case 'unscannable':
      return unscannable(deps, file, message, policy, scan.detail);
    case 'infected':
      return reject(deps, file, message, 'malware_found', scan.threat);
    case 'clean': {
      const { engine, definitions, sha256 } = scan;
      const mark: ScanMark = { engine, at: deps.now(), ...(definitions && { definitions }) };
      const checksums = { ...(sha256 && { SHA256: sha256 }), ...examined.checksums };
      return promote(deps, file, message, facts, {
        examined: { ...examined, checksums },
        scan: mark,
        policy,
      });
    }
  }
}

async function begin(deps: InspectDeps, message: IntakeVersion): Promise<FileRecord | undefined> {
  const begun = await commitChange(deps.store, message, (file) => {
    if (file?.intakeVersionId !== message.versionId) return undefined;
    if (file.status !== 'uploaded' && file.status !== 'held') return undefined;
    const at = deps.now();
    const dueAt = addSeconds(at, deps.bounds.resendSeconds);
    return move(file, 'inspecting', { at, eventId: deps.newId(), dueAt });
  });
  if (begun) return begun;
  // An earlier run of this message, or one at this very moment: both may go on, one of them settles the file.
  const current = await deps.store.file(message);
  return current?.intakeVersionId === message.versionId && current.status === 'inspecting'
    ? current
    : undefined;
}

const isUnsettled = (status: Status): boolean => unsettledStatuses.includes(status);

/** Another run at the same time was faster and has cleaned up; else the bytes are lost, which somebody must see. */
async function vanished(deps: InspectDeps, message: IntakeVersion): Promise<InspectOutcome> {
  const file = await deps.store.file(message);
  if (file?.intakeVersionId !== message.versionId || !isUnsettled(file.status)) return 'ignored';
  throw new Error(`intake version ${message.versionId} of ${message.fileId} is gone before its promotion`);
}

/** Undefined where another run has settled the file, and deleted what this one was reading. */
async function examineWhileThere(
  deps: InspectDeps,
  file: FileRecord,
  version: IntakeVersion,
  facts: IntakeFacts,
  policy: InspectionPolicy,
): Promise<Examination | undefined> {
  try {
    return await examine(deps, file, version, facts, policy);
  } catch (error) {
    const current = await deps.store.file(version);
    if (current?.intakeVersionId === version.versionId && isUnsettled(current.status)) throw error;
    return undefined;
  }
}

/** For the run that comes with the scan's result. One that comes before it is noted examines anew. */
async function noteExamined(deps: InspectDeps, version: IntakeVersion, examined: Examined): Promise<void> {
  await commitChange(deps.store, version, (file) => {
    if (file?.status !== 'inspecting' || file.intakeVersionId !== version.versionId) return undefined;
    const at = deps.now();
    const dueAt = addSeconds(at, deps.bounds.resendSeconds);
    return note(file, { at, eventId: deps.newId(), set: { examined }, dueAt });
  });
}

/** Found clean by an earlier run, whose copy is not done yet; unless a scan is required only since then. */
const hasPassed = ({ copying, scan }: FileRecord, { virusScanningRequired }: InspectionPolicy): boolean =>
  copying !== undefined && (scan?.engine !== noEngine || !virusScanningRequired);

/** The mark of what nobody has scanned, because the policy did not ask for it. */
const noEngine = 'none';

async function scanOf(
  deps: InspectDeps,
  file: FileRecord,
  { tenantId, fileId, uploadId, versionId, scanAgain }: InspectRequest,
  { size }: IntakeFacts,
  { virusScanningRequired }: InspectionPolicy,
): Promise<ScanAnswer> {
  if (!virusScanningRequired) return { verdict: 'clean', engine: noEngine };
  const attempt = (file.hold?.tries ?? 0) + (file.resends ?? 0);
  const { priority } = file;
  const target: IntakeTarget = { bucket: 'intake', tenantId, fileId, uploadId, versionId, size, priority };
  return scanAgain ? askScanner(deps, target, attempt) : scanVersion(deps, target, attempt);
}

/** Nobody can say what is inside: the tenant decides whether that is refused, or waits for somebody who can. */
async function unscannable(
  deps: InspectDeps,
  file: FileRecord,
  version: IntakeVersion,
  policy: InspectionPolicy,
  detail: string,
): Promise<InspectOutcome> {
  if (policy.unscannable === 'reject') return reject(deps, file, version, 'unscannable', detail);
  return (await holdFile(deps, version, 'unscannable')) ? 'held' : 'ignored';
}

async function reject(
  deps: InspectDeps,
  inspected: FileRecord,
  version: IntakeVersion,
  reason: RejectionReason,
  detail: string,
): Promise<InspectOutcome> {
  const rejected = await commitChange(deps.store, inspected, (file) =>
    file?.status === 'inspecting' && file.intakeVersionId === version.versionId
      ? move(file, 'rejected', {
          at: deps.now(),
          eventId: deps.newId(),
          set: { reason },
          clear: [...inspectionFields, 'scan'],
        })
      : undefined,
  );
  if (!rejected) return 'ignored';
  deps.onRefused?.(rejected, reason, detail);
  if (inspected.copying) await discardCopies(deps, inspected);
  await deps.intake.deleteVersion(version);
  return 'rejected';
}

/** What a record has while its content is under inspection. */
export const inspectionFields = ['examined', 'hold', 'copying'] as const;
