import type { Limits } from '../../contract/limits.ts';
import { fileSchemas } from '../schemas/files.ts';
import { type OperationsOf, success } from './operation.ts';

export function fileOperations(limits: Limits): Partial<OperationsOf<'files'>> {
  const schemas = fileSchemas(limits);
  return {
    listFiles: {
      summary: "The caller's files",
      query: schemas.listFiles,
      success: success(200, '{files:[File], nextCursor?}'),
    },
    getFile: { summary: 'One file', success: success(200, 'File; ETag header for If-Match') },
    fileStatus: {
      summary: 'Status and progress',
      success: success(200, '{id, status, reason?, progress, estimatedSeconds, renditions}'),
    },
    fileTimeline: {
      summary: 'What happened to the file, oldest first',
      query: schemas.page,
      success: success(200, '{events:[{eventId, type, at, data}], nextCursor?}'),
    },
    fileUrl: {
      summary: 'A signed URL of the original or of one rendition',
      query: schemas.fileUrl,
      success: success(200, '{url, expiresAt}'),
    },
    deleteFile: {
      summary: 'Delete for good (hard=true): renditions and versions too; the quota is free at once',
      query: schemas.deleteFile,
      success: success(204, 'Deleted'),
    },
    quota: {
      summary: 'Usage, reservations, bounds and slots of the caller and of the tenant',
      success: success(
        200,
        '{currentUsage, reserved, maxQuota, availableSpace, filesCount, maxFiles, tier, maxFileSize, allowedTypes, slots, tenant}',
      ),
    },
  };
}
