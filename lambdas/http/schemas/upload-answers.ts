import * as z from 'zod';
import { bytes, fileStatus, percent, problem, time } from './shapes.ts';

/** Answers of the upload routes. */
const signedPart = z
  .object({
    partNumber: z.number().int().min(1),
    size: bytes.describe('Exact bytes: a longer or shorter body is refused by S3'),
    url: z.url(),
    headers: z.record(z.string(), z.string()).describe('What must be sent besides the bytes'),
    expiresAt: time,
  })
  .meta({ id: 'SignedPart' });

const upload = z
  .object({
    fileId: z.string(),
    uploadId: z.string(),
    partSize: bytes,
    totalParts: z.number().int().min(1),
    parts: z.array(signedPart),
    expiresAt: time,
    heartbeatSeconds: z.number().int(),
  })
  .meta({ id: 'Upload' });

const storedPart = z.object({ partNumber: z.number().int(), size: bytes, etag: z.string() });

const unfinishedUpload = z
  .object({
    fileId: z.string(),
    uploadId: z.string(),
    path: z.string(),
    filename: z.string(),
    mimeType: z.string(),
    size: bytes,
    partSize: bytes,
    totalParts: z.number().int(),
    createdAt: time,
    lastActivityAt: time,
    expiresAt: time,
  })
  .meta({ id: 'UnfinishedUpload' });

export const uploadAnswers = {
  initiate: upload,
  partUrl: signedPart.extend({ expirationSeconds: z.number().int() }),
  partUrls: z.object({ parts: z.array(signedPart) }),
  listParts: z.object({
    parts: z.array(storedPart),
    partSize: bytes,
    totalParts: z.number().int(),
    uploadedParts: z.number().int(),
    uploadedBytes: bytes,
    progress: percent,
  }),
  listUploads: z.object({ uploads: z.array(unfinishedUpload), nextCursor: z.string().optional() }),
  heartbeats: z.object({ alive: z.array(z.string()), gone: z.array(z.string()) }),
  complete: z.object({ fileId: z.string(), status: fileStatus }),
  createBatch: z.object({
    batchId: z.string(),
    results: z.array(
      z.union([
        z.object({ status: z.literal(201), upload }),
        z.object({ status: z.number().int(), error: problem }),
      ]),
    ),
    summary: z.object({
      requested: z.number().int(),
      accepted: z.number().int(),
      refused: z.number().int(),
      bytes: bytes.describe('Of the accepted uploads'),
    }),
  }),
  getBatch: z.object({
    batchId: z.string(),
    createdAt: time,
    files: z.array(
      z.object({
        fileId: z.string(),
        filename: z.string(),
        status: fileStatus,
        reason: z.string().optional(),
        progress: percent,
      }),
    ),
  }),
} as const;
