import type { Limits } from '../../contract/limits.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import { fileAnswers, fileView } from '../schemas/file-answers.ts';
import { fileSchemas } from '../schemas/files.ts';
import { type OperationsOf, success, withETag } from './operation.ts';

type Operations = OperationsOf<'files'>;
type Reads = 'listFiles' | 'getFile' | 'fileStatus' | 'fileTimeline' | 'fileUrl' | 'quota';
type Changes =
  | 'moveFile'
  | 'renameFile'
  | 'setVisibility'
  | 'setTags'
  | 'setMetadata'
  | 'setLegalHold'
  | 'deleteFile'
  | 'restoreFile';

export const fileOperations = (limits: Limits): Pick<Operations, Reads | Changes> => ({
  ...reads(limits),
  ...changes(limits),
});

function reads(limits: Limits): Pick<Operations, Reads> {
  const schemas = fileSchemas(limits);
  return {
    listFiles: {
      summary: "The caller's files; for admins, anybody's of the tenant; or what is shared with the caller",
      description:
        '`status` is one status or a group: `available`, `pending`, `ended`; `deleted` is the trash. Follow `nextCursor` until it is absent: a page may hold fewer files than `limit`. Which filter goes with which `sort` is told by the refusal of another.',
      query: schemas.listFiles,
      success: success(200, 'A page of files', fileAnswers.listFiles),
      refusals: ['cursor_invalid'],
    },
    getFile: {
      summary: 'One file',
      success: withETag(success(200, 'The file', fileView)),
      refusals: ['validation_failed', 'not_found'],
    },
    fileStatus: {
      summary: 'Status and progress',
      success: success(200, 'How far it is', fileAnswers.fileStatus),
      refusals: ['validation_failed', 'not_found'],
    },
    fileTimeline: {
      summary: 'What happened to the file, oldest first',
      query: schemas.page,
      success: success(200, 'A page of events', fileAnswers.fileTimeline),
      refusals: ['not_found', 'cursor_invalid'],
    },
    fileUrl: {
      summary: 'A signed URL of the original, of a kept version or of a rendition',
      query: schemas.fileUrl,
      success: success(200, 'The URL and when it ends', fileAnswers.fileUrl),
      refusals: ['not_found', 'upload_state_conflict'],
    },
    quota: {
      summary:
        'Usage, reservations, bounds and slots of the caller (for an admin, of any user) and of the tenant',
      query: schemas.quota,
      success: success(200, 'Usage and bounds', fileAnswers.quota),
      refusals: ['forbidden', 'not_found'],
    },
  };
}

export const ifMatch = [
  { name: 'If-Match', description: "The file's etag, or *: 412 when the file has changed since" },
] as const;

/** What every change of a file may be refused with. */
export const anyChange: readonly ErrorCode[] = [
  'validation_failed',
  'not_found',
  'precondition_failed',
  'upload_state_conflict',
  'file_locked',
];

function changes(limits: Limits): Pick<Operations, Changes> {
  const schemas = fileSchemas(limits);
  const changed = withETag(success(200, 'The file as it is now', fileView));
  return {
    moveFile: {
      summary: 'Move the file to another folder, which is made where it is missing',
      body: schemas.moveFile,
      example: { newPath: '/invoices/2026', onConflict: 'rename' },
      headers: ifMatch,
      success: changed,
      refusals: [...anyChange, 'name_conflict'],
    },
    renameFile: {
      summary: 'Rename the file in its folder',
      body: schemas.renameFile,
      example: { newFilename: 'invoice-0042.pdf' },
      headers: ifMatch,
      success: changed,
      refusals: [...anyChange, 'name_conflict', 'type_not_allowed'],
    },
    setVisibility: {
      summary: 'Make the file public or private',
      body: schemas.setVisibility,
      example: { isPublic: true },
      headers: ifMatch,
      success: changed,
      refusals: anyChange,
    },
    setTags: {
      summary: 'Replace the tags of the file',
      body: schemas.setTags,
      example: { tags: ['invoice', '2026'] },
      headers: ifMatch,
      success: changed,
      refusals: anyChange,
    },
    setMetadata: {
      summary: 'Replace the metadata of the file, and its sensitivity where it is sent',
      body: schemas.setMetadata,
      example: { metadata: { customer: 'Northwind' }, sensitivity: 'internal' },
      headers: ifMatch,
      success: changed,
      refusals: anyChange,
    },
    setLegalHold: {
      summary: 'Hold the file for a legal matter, or let it go (admin)',
      body: schemas.setLegalHold,
      example: { hold: true, reason: 'Case 2026-17' },
      headers: ifMatch,
      success: changed,
      refusals: anyChange,
    },
    deleteFile: {
      summary: 'Put the file into the trash; with hard=true delete it for good, with renditions and versions',
      query: schemas.deleteFile,
      headers: ifMatch,
      success: success(204, 'Deleted, also the second time'),
      refusals: [...anyChange, 'legal_hold', 'retention_active'],
    },
    restoreFile: {
      summary: 'Take the file out of the trash, into the status that it had',
      body: schemas.restoreFile,
      example: { onConflict: 'rename' },
      headers: ifMatch,
      success: changed,
      refusals: [...anyChange, 'name_conflict'],
    },
  };
}
