import { detectContentType } from '../../lambdas/adapters/file-type/detect.ts';
import { inflate } from '../../lambdas/adapters/zlib/inflate.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { FileRecord } from '../../lambdas/core/files/file.ts';
import { type Examination, examine, type InspectionPolicy } from '../../lambdas/core/intake/examine.ts';
import type { IntakeVersion } from '../../lambdas/core/intake/inspect.ts';

export interface Claimed {
  readonly filename: string;
  readonly mimeType: string;
}

export interface Looked {
  readonly examination: Examination;
  readonly reads: number;
  readonly readBytes: number;
}

const version: IntakeVersion = { tenantId: 'acme', fileId: 'f', uploadId: 'u', versionId: 'v' };

/** Examines bytes as the intake does, under a policy that allows every type unless it is told otherwise. */
export async function examineBytes(
  bytes: Uint8Array,
  { filename, mimeType }: Claimed,
  rules: Partial<InspectionPolicy> = {},
): Promise<Looked> {
  let reads = 0;
  let readBytes = 0;
  const policy: InspectionPolicy = {
    allowedMimeTypes: [mimeType],
    svg: 'rasterize',
    activeContent: 'allow',
    encryptedContent: 'allow',
    unscannable: 'reject',
    virusScanningRequired: true,
    ...rules,
  };
  const examination = await examine(
    {
      intake: {
        readRange: async (_version, from, length) => {
          reads += 1;
          readBytes += length;
          return bytes.subarray(from, from + length);
        },
        checksum: async () => '',
      },
      detect: detectContentType,
      inflate,
      bounds: defaultLimits.inspection,
    },
    { filename, mimeType, size: bytes.length } as FileRecord,
    version,
    { size: bytes.length, etag: '"e"', checksums: {} },
    policy,
  );
  return { examination, reads, readBytes };
}

/** The reason, `stored`, or `unscannable`, as a tenant with the default policy sees it. */
export function outcomeOf({ examination }: Looked): string {
  if (examination.verdict === 'sound') return 'stored';
  return examination.verdict === 'refused' ? examination.reason : 'unscannable';
}

export const findingsOf = ({ examination }: Looked): readonly string[] =>
  examination.verdict === 'sound' ? [...(examination.examined.findings ?? [])].sort() : [];
