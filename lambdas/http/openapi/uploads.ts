import type { Limits } from '../../contract/limits.ts';
import { uploadSchemas } from '../schemas/uploads.ts';
import { type OperationsOf, success } from './operation.ts';

export function uploadOperations(limits: Limits): OperationsOf<'uploads'> {
  const schemas = uploadSchemas(limits);
  return {
    initiate: {
      summary: 'Reserve quota and a slot, and get the first presigned part URLs',
      body: schemas.initiate,
      headers: [
        { name: 'Idempotency-Key', description: 'Kept for 24 hours: a repeat answers with the same upload.' },
      ],
      success: success(
        201,
        '{fileId, uploadId, partSize, totalParts, parts:[{partNumber, size, url, headers, expiresAt}], expiresAt, heartbeatSeconds}',
      ),
    },
    partUrl: {
      summary: 'A presigned URL for one part',
      body: schemas.partUrl,
      query: schemas.partUrlQuery,
      success: success(200, '{partNumber, url, expirationSeconds, expiresAt, size, headers}'),
    },
    partUrls: {
      summary: 'Presigned URLs for up to 1,000 parts',
      body: schemas.partUrls,
      success: success(200, '{parts:[{partNumber, size, url, headers, expiresAt}]}'),
    },
    listParts: {
      summary: 'What S3 has of an upload',
      success: success(
        200,
        '{parts:[{partNumber, size, etag}], partSize, totalParts, uploadedParts, uploadedBytes, progress}',
      ),
    },
    listUploads: {
      summary: "The caller's unfinished uploads, from any device",
      query: schemas.page,
      success: success(200, '{uploads:[...], nextCursor?}'),
    },
    heartbeat: { summary: 'Keep an upload alive', success: success(204, 'Noted') },
    heartbeats: {
      summary: 'Keep up to 100 uploads alive; counts as one heartbeat',
      body: schemas.heartbeats,
      success: success(200, '{alive:[fileId], gone:[fileId]}'),
    },
    complete: {
      summary: 'Put the parts together; optional for a single part',
      body: schemas.complete,
      success: success(202, '{fileId, status}'),
    },
    abort: { summary: 'End an upload; also the second time', success: success(204, 'Ended') },
    createBatch: {
      summary: 'Initiate up to 100 uploads; each is admitted or refused by itself',
      body: schemas.batch,
      success: success(
        207,
        '{batchId, results:[{status, upload|error}], summary:{requested, accepted, refused, bytes}}',
      ),
    },
    getBatch: { summary: 'The files of a batch', success: success(200, '{batchId, createdAt, files:[...]}') },
  };
}
