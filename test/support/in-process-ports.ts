import { createHash } from 'node:crypto';
import { inflate } from '../../lambdas/adapters/zlib/inflate.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { LinkKeys } from '../../lambdas/core/files/signed-link.ts';
import type { VariantDeps } from '../../lambdas/core/images/variants.ts';
import type { InspectDeps } from '../../lambdas/core/intake/inspect.ts';
import type { DownloadRequest, UploadSigner } from '../../lambdas/core/ports.ts';
import type { ProcessDeps } from '../../lambdas/core/processing/process-file.ts';
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
    allowedMimeTypes: ['application/octet-stream', 'image/jpeg'],
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

const signatureOf = (day: string, text: string): string =>
  createHash('sha256').update(`${day} ${text}`).digest('base64url');

export const linkKeys: LinkKeys = {
  sign: async (day, text) => signatureOf(day, text),
  verify: async (day, text, given) => given === signatureOf(day, text),
};

/** Variants of pictures whose pixels nobody looks at. */
export function memoryPictures(): Pick<VariantDeps, 'variants' | 'library' | 'maker'> {
  const made = new Set<string>();
  return {
    variants: {
      keyOf: ({ tenantId, fileId, version }, name) => `${tenantId}/${fileId}/v${version}/${name}`,
      has: async (key) => made.has(key),
      read: async () => new Uint8Array(),
      put: async (_file, key) => void made.add(key),
      delete: async (key) => void made.delete(key),
    },
    library: { read: async () => new Uint8Array() },
    maker: { make: async () => new Uint8Array(1) },
  };
}

/** All pictures look alike, and nothing is made of them but what is known of their pixels, and a stream as of a video. */
export const pictureWorker: Pick<ProcessDeps, 'work' | 'derived'> = {
  work: async () => ({
    facts: {
      media: { width: 400, height: 300, format: 'jpeg', hasAlpha: false },
      perceptualHash: '00ff00ff00ff00ff',
    },
    made: [
      {
        ...{ name: 'stream', folder: 'previews', extension: '.json', mimeType: 'application/json' },
        body: new Uint8Array(1),
      },
    ],
    unmade: [],
  }),
  derived: {
    put: async (_file, { name }) => name,
    putText: async () => ({ key: 'text', characters: 1, truncated: false }),
    forgetText: async () => undefined,
    deleteAll: async () => undefined,
  },
};
