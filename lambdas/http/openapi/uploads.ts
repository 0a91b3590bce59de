import * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import { uploadAnswers as answers } from '../schemas/upload-answers.ts';
import { maxIdempotencyKeyLength, uploadSchemas } from '../schemas/uploads.ts';
import { type OperationsOf, success } from './operation.ts';

const idempotencyKey = z.string().min(1).max(maxIdempotencyKeyLength);

const anUpload = {
  path: '/invoices',
  filename: 'invoice-0042.pdf',
  mimeType: 'application/pdf',
  size: 48_213,
  tags: ['invoice'],
};

const admission: readonly ErrorCode[] = [
  'uploads_blocked',
  'quota_exceeded',
  'files_limit_exceeded',
  'legal_hold',
  'name_conflict',
  'upload_state_conflict',
  'file_locked',
  'upload_expired',
  'upload_aborted',
  'not_found',
  'file_too_large',
  'type_not_allowed',
  'idempotency_key_reused',
  'checksum_unsupported',
  'concurrency_limit_exceeded',
  'daily_files_exceeded',
  'hourly_bytes_exceeded',
];

/** An upload that is not the caller's, or has ended. */
const ended: readonly ErrorCode[] = [
  'not_found',
  'upload_state_conflict',
  'upload_expired',
  'upload_aborted',
];
const ofParts: readonly ErrorCode[] = [
  ...ended,
  'validation_failed',
  'part_number_out_of_range',
  'checksum_unsupported',
];

export function uploadOperations(limits: Limits): OperationsOf<'uploads'> {
  const schemas = uploadSchemas(limits);
  return {
    initiate: {
      summary: 'Reserve quota and a slot, and get the first presigned part URLs',
      description:
        'PUT the bytes of each part to its URL, with what `headers` lists and nothing else that matters; then complete. Where bytes go is not for the request to say: `bucket` is taken and ignored.',
      body: schemas.initiate,
      example: anUpload,
      headers: [
        {
          name: 'Idempotency-Key',
          description:
            "The client's own, for one request: a repeat within 24 hours answers with the same upload, its URLs signed anew.",
          schema: idempotencyKey,
        },
      ],
      success: success(201, 'The upload, with the URLs of its first parts', answers.initiate),
      refusals: admission,
    },
    partUrl: {
      summary: 'A presigned URL for one part',
      body: schemas.partUrl,
      query: schemas.partUrlQuery,
      success: success(200, 'The URL, and how long it lives', answers.partUrl),
      refusals: ofParts,
    },
    partUrls: {
      summary: 'Presigned URLs for up to 1,000 parts',
      body: schemas.partUrls,
      example: { partNumbers: [1, 2, 3] },
      success: success(200, 'One URL for each part', answers.partUrls),
      refusals: ofParts,
    },
    listParts: {
      summary: 'What S3 has of an upload',
      success: success(200, 'Asked from S3 itself', answers.listParts),
      refusals: ended,
    },
    listUploads: {
      summary: "The caller's unfinished uploads, from any device",
      query: schemas.page,
      success: success(200, 'Newest first', answers.listUploads),
      refusals: ['cursor_invalid'],
    },
    heartbeat: {
      summary: 'Keep an upload alive',
      success: success(204, 'Noted'),
      refusals: ended,
    },
    heartbeats: {
      summary: 'Keep up to 100 uploads alive; counts as one heartbeat',
      body: schemas.heartbeats,
      example: { fileIds: ['01KAH2Y5T3R8VQ6M4N9C7ZJD0B'] },
      success: success(200, 'Which are alive, and which are gone', answers.heartbeats),
    },
    complete: {
      summary: 'Put the parts together; optional for a single part',
      body: schemas.complete,
      example: { parts: [{ partNumber: 1, etag: '"9b2cf535f27731c974343645a3985328"' }] },
      success: success(202, 'The pipeline goes on from here', answers.complete),
      refusals: [...ended, 'upload_incomplete'],
    },
    abort: {
      summary: 'End an upload; also the second time',
      success: success(204, 'Ended'),
      refusals: ['not_found', 'upload_state_conflict'],
    },
    createBatch: {
      summary: 'Initiate up to 100 uploads; each is admitted or refused by itself',
      body: schemas.batch,
      example: { uploads: [anUpload] },
      success: success(207, 'One result for each upload, in their order', answers.createBatch),
    },
    getBatch: {
      summary: 'The files of a batch',
      success: success(200, 'The state of each file', answers.getBatch),
      refusals: ['not_found'],
    },
  };
}
