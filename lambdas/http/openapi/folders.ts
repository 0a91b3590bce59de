import type { Limits } from '../../contract/limits.ts';
import {
  folderAnswer,
  folderSchemas,
  foldersAnswer,
  jobAnswer,
  jobStartedAnswer,
} from '../schemas/folders.ts';
import { type OperationsOf, success } from './operation.ts';

export function folderOperations(limits: Limits): OperationsOf<'folders'> {
  const schemas = folderSchemas(limits);
  const job = success(202, 'A job does it; GET /storage/jobs/{jobId} tells how far it is', jobStartedAnswer);
  return {
    listFolders: {
      summary: 'The folders in a folder, with counts; owner: those of another user of the tenant (admin)',
      query: schemas.listFolders,
      success: success(200, 'A page of sub-folders', foldersAnswer),
      refusals: ['not_found', 'cursor_invalid'],
    },
    createFolder: {
      summary: 'Create a folder, with every parent that is missing',
      body: schemas.createFolder,
      example: { path: '/invoices/2026' },
      success: success(201, 'The new folder', folderAnswer),
      refusals: ['name_conflict', 'capacity_exceeded'],
    },
    moveFolder: {
      summary: 'Move or rename a folder with everything in it; into one that exists they become one',
      body: schemas.moveFolder,
      example: { path: '/invoices/2026', newPath: '/archive/2026' },
      success: job,
      refusals: ['not_found'],
    },
    deleteFolder: {
      summary: 'Delete a folder: its files into the trash, with hard=true for good',
      query: schemas.deleteFolder,
      success: job,
      refusals: ['not_found'],
    },
    bulk: {
      summary: 'Move, delete, restore or tag many files; each has its own result',
      description: 'Of the files that `fileIds` names, or of those that `filter` finds; one of the two.',
      body: schemas.bulk,
      example: { action: 'tag', filter: { path: '/invoices' }, params: { add: ['paid'] } },
      success: job,
      refusals: ['forbidden'],
    },
    getJob: {
      summary: 'How far a job is, and a page of its results; for who asked and the admins of the tenant',
      description: 'Of an operation on a file: for everybody who may read the file.',
      query: schemas.getJob,
      success: success(200, 'Progress and results', jobAnswer),
      refusals: ['not_found', 'cursor_invalid'],
    },
  };
}
