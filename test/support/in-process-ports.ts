import { inflate } from '../../lambdas/adapters/zlib/inflate.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { InspectDeps } from '../../lambdas/core/intake/inspect.ts';
import type { DownloadRequest, UploadSigner } from '../../lambdas/core/ports.ts';
import { startOfTime } from './domain.ts';

/** An inspection that finds nothing, whatever it looks at. */
export const letsPass = {
  inflate,
  scanner: { engine: 'test', scan: async () => ({ verdict: 'clean', engine: 'test' }) },
  scans: { result: async () => undefined, save: async () => undefined },
  breaker: {
    mayScan: async () => true,
    isOpen: async () => false,
    failed: async () => undefined,
    succeeded: async () => undefined,
  },
  random: () => 0,
  bounds: { ...defaultLimits.pipeline, ...defaultLimits.inspection },
  policyOf: async () => ({
    allowedMimeTypes: ['application/octet-stream'],
    unscannable: 'reject',
    svg: 'reject',
    activeContent: 'allow',
    encryptedContent: 'allow',
    virusScanningRequired: true,
    dedupe: 'off',
    dedupeQuota: 'each',
    renditionPresets: [],
  }),
} satisfies Partial<InspectDeps>;

export const uploadSigner: UploadSigner = {
  signParts: async (session, parts) =>
    parts.map(({ partNumber, size }) => ({
      partNumber,
      size,
      url: `https://intake.test/${session.tenantId}/${session.fileId}/${session.uploadId}?part=${partNumber}`,
      headers: {},
      expiresAt: session.expiresAt,
    })),
};

/** Nobody knows how busy the stage is. */
export const estimates = { estimate: async () => 1, untilReady: async () => 0 };

export const receiptSigner = { keyId: 'receipts', sign: async () => new Uint8Array(64) };

export const downloadSigner = {
  sign: async ({ bucket, key, versionId }: DownloadRequest) => ({
    url: `https://${bucket}.test/${key}?versionId=${versionId}`,
    expiresAt: startOfTime,
  }),
};
