import { readFileSync, writeFileSync } from 'node:fs';
import { detectContentType } from '../../../lambdas/adapters/file-type/detect.ts';
import { createS3 } from '../../../lambdas/adapters/s3/client.ts';
import { createIntakeReader } from '../../../lambdas/adapters/s3/intake-reader.ts';
import { inflate } from '../../../lambdas/adapters/zlib/inflate.ts';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import type { FileRecord } from '../../../lambdas/core/files/file.ts';
import { examine, type InspectionPolicy } from '../../../lambdas/core/intake/examine.ts';

/** A file in the bucket of a ranged server, and what its uploader says of it. */
export interface ToExamine {
  readonly endpoint: string;
  readonly bucket: string;
  readonly fileId: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly size: number;
}

export interface Cost {
  readonly outcome: string;
  readonly detail: string;
  readonly ms: number;
  readonly reads: number;
  readonly readBytes: number;
  /** Of the process since it began with this file; of its whole life where the system tells no more. */
  readonly peakRssMb: number;
}

/** The owner that every file of the corpus has; its upload has the file's own id. */
export const owner = { tenantId: 'corpus', uploadId: 'upload', versionId: 'version' } as const;

const lenient = {
  svg: 'rasterize',
  activeContent: 'allow',
  encryptedContent: 'allow',
  unscannable: 'reject',
  virusScanningRequired: true,
} as const;

/** Reads objects of a ranged server, whose bucket takes any credentials. */
export const s3Of = (endpoint: string) =>
  createS3({ pathStyle: true, endpoint, credentials: { accessKeyId: 'nobody', secretAccessKey: 'checks' } });

/** Examines one file as the inspect function does, by its adapters. */
export async function examineFile({
  endpoint,
  bucket,
  fileId,
  filename,
  mimeType,
  size,
}: ToExamine): Promise<Cost> {
  const s3 = s3Of(endpoint);
  const reader = createIntakeReader(s3, bucket);
  let reads = 0;
  let readBytes = 0;
  const intake = {
    ...reader,
    readRange: async (...[version, from, length]: Parameters<typeof reader.readRange>) => {
      reads += 1;
      readBytes += length;
      return reader.readRange(version, from, length);
    },
  };
  const policy: InspectionPolicy = { ...lenient, allowedMimeTypes: [mimeType] };
  forgetPeak();
  const startedAt = performance.now();
  const examination = await examine(
    { intake, detect: detectContentType, inflate, bounds: defaultLimits.inspection },
    { filename, mimeType, size } as FileRecord,
    { ...owner, fileId },
    { size, etag: '"e"', checksums: {} },
    policy,
  );
  const ms = performance.now() - startedAt;
  s3.destroy();
  const outcome =
    examination.verdict === 'sound'
      ? 'stored'
      : examination.verdict === 'refused'
        ? examination.reason
        : 'unscannable';
  const detail = examination.verdict === 'sound' ? '' : examination.detail;
  return { outcome, detail, ms, reads, readBytes, peakRssMb: peakRssMb() };
}

/** Linux begins its high-water mark anew when asked to. */
export function forgetPeak(): void {
  globalThis.gc?.();
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {}
}

export function peakRssMb(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024;
  const highWater = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(highWater?.[1]) / 1024;
}

if (import.meta.main) {
  process.env.AWS_REGION = 'us-east-1';
  process.on('message', (file: ToExamine) => {
    examineFile(file).then(
      (cost) => process.send?.(cost),
      (error: Error) => {
        throw error;
      },
    );
  });
}
