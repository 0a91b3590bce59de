import * as z from 'zod';
import { wholeNumber } from './fields.ts';
import { bytes, time } from './shapes.ts';

export const receiptQuery = z.strictObject({
  version: wholeNumber(1, Number.MAX_SAFE_INTEGER)
    .describe('A version that the file keeps; the current one unless given')
    .optional(),
});

const receipt = z
  .object({
    schemaVersion: z.int().describe('Of the shape of receipts'),
    tenantId: z.string(),
    ownerId: z.string(),
    fileId: z.string(),
    version: z.int().min(1),
    uploadId: z.string(),
    originalName: z.string().describe('The name that the upload gave it'),
    mimeType: z.string().describe('As the inspection found it'),
    size: bytes,
    checksums: z
      .record(z.string(), z.string())
      .describe('Of the whole content, base64 by algorithm: SHA256, CRC64NVME, CRC32'),
    contentEtag: z.string().optional().describe('Of the object that was uploaded, as S3 gave it'),
    uploadedAt: time.optional(),
    storedAt: time.optional(),
    issuedAt: time,
  })
  .meta({ id: 'Receipt' });

export const signedReceipt = z
  .object({
    receipt,
    jws: z
      .string()
      .describe(
        'What to believe: the receipt as canonical JSON, signed by ES256, in the compact serialization of RFC 7515',
      ),
    keyId: z.string().describe('The kid of the key that signed'),
    keysUrl: z.string().describe("Where the public keys are, from the API's address on"),
  })
  .meta({ id: 'SignedReceipt' });

const publicKey = z.object({
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
  use: z.literal('sig'),
  alg: z.literal('ES256'),
});

export const publicKeySet = z.object({ keys: z.array(publicKey) }).meta({ id: 'PublicKeySet' });
