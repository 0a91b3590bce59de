import { contentHeadBytes, type DetectContentType, type Detected } from '../content/detected.ts';
import { judgeType } from '../content/judge-type.ts';
import { canonicalMimeType } from '../content/mime-types.ts';
import { budgetedSource, type ReadRange } from '../content/structure/budgeted-source.ts';
import { inspectorOf } from '../content/structure/inspectors.ts';
import {
  type ContentRules,
  type Inflate,
  ReadBudgetSpent,
  type StructureVerdict,
} from '../content/structure/structure.ts';
import type { Examined, FileRecord } from '../files/file.ts';
import type { ChecksumAlgorithm } from '../uploads/checksum.ts';
import type { IntakeFacts, IntakeVersion } from './inspect.ts';
import type { RejectionReason } from './reasons.ts';

export interface ExamineDeps {
  readonly intake: {
    /** Exactly these bytes of the version. */
    readRange(version: IntakeVersion, from: number, length: number): Promise<Uint8Array>;
    /** Reads the version once. base64 */
    checksum(version: IntakeVersion, algorithm: ChecksumAlgorithm): Promise<string>;
  };
  readonly detect: DetectContentType;
  readonly inflate: Inflate;
  readonly bounds: { readonly maxReads: number; readonly maxReadBytes: number };
}

/** What the owner's policy says at this moment. */
export interface InspectionPolicy extends ContentRules {
  /** MIME types and groups. */
  readonly allowedMimeTypes: readonly string[];
  readonly unscannable: 'reject' | 'hold';
  readonly virusScanningRequired: boolean;
}

export type Examination =
  | { readonly verdict: 'sound'; readonly examined: Examined }
  | { readonly verdict: 'refused'; readonly reason: RejectionReason; readonly detail: string }
  | { readonly verdict: 'unscannable'; readonly detail: string };

/**
 * All that can be said of a version without a scanner: its size, its checksum, its type, its structure. Reads ranges; the
 * whole object once at most, as a stream, and only to verify a checksum that S3 has not.
 */
export async function examine(
  deps: ExamineDeps,
  file: FileRecord,
  version: IntakeVersion,
  facts: IntakeFacts,
  policy: InspectionPolicy,
): Promise<Examination> {
  if (facts.size !== file.size) {
    return refuse('size_mismatch', `${file.size} bytes were announced, ${facts.size} came`);
  }
  const read: ReadRange = (from, length) => deps.intake.readRange(version, from, length);
  const source = budgetedSource(facts.size, read, deps.bounds);
  const head = await source.read(0, contentHeadBytes);
  const detected = await deps.detect(head);
  const { mimeType: declared, filename } = file;
  const type = judgeType({ declared, filename, detected, allowed: policy.allowedMimeTypes, svg: policy.svg });
  if (type.verdict === 'refused') return type;
  const structure = await structureOf(deps, source, detected, type.mimeType, policy);
  if (structure.verdict !== 'sound') return structure;
  // Last, because it may read all of a large object.
  const checksums = await checksumsOf(deps, file, version, facts);
  if (!checksums) return refuse('checksum_mismatch', 'the bytes are not those of the declared checksum');
  const { mimeType, extension, charset } = type;
  const { findings = [] } = structure;
  return {
    verdict: 'sound',
    examined: {
      mimeType,
      extension,
      checksums,
      ...(charset && { charset }),
      ...(findings.length > 0 && { findings }),
    },
  };
}

const refuse = (reason: RejectionReason, detail: string): Examination => ({
  verdict: 'refused',
  reason,
  detail,
});

/** By what the bytes show, not by what they are stored as: an archive that is called octet-stream is an archive. */
async function structureOf(
  deps: ExamineDeps,
  source: ReturnType<typeof budgetedSource>,
  detected: Detected,
  accepted: string,
  rules: ContentRules,
): Promise<StructureVerdict> {
  const shown = detected.kind === 'magic' ? canonicalMimeType(detected.mimeType) : accepted;
  const inspectStructure = inspectorOf(accepted) ?? inspectorOf(shown);
  if (!inspectStructure) return { verdict: 'sound' };
  const mimeType = inspectorOf(accepted) ? accepted : shown;
  try {
    return await inspectStructure(source, { mimeType, detected, rules, inflate: deps.inflate });
  } catch (error) {
    if (!(error instanceof ReadBudgetSpent)) throw error;
    return { verdict: 'unscannable', detail: error.message };
  }
}

/** Believes S3's own checksum of the whole object; reads the object for what was declared and S3 does not know. */
async function checksumsOf(
  deps: ExamineDeps,
  { checksum: declared }: FileRecord,
  version: IntakeVersion,
  { checksums }: IntakeFacts,
): Promise<Examined['checksums'] | undefined> {
  if (declared?.value === undefined) return checksums;
  const { algorithm, value } = declared;
  const actual = checksums[algorithm] ?? (await deps.intake.checksum(version, algorithm));
  return actual === value ? { ...checksums, [algorithm]: actual } : undefined;
}
