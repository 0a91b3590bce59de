import * as z from 'zod';
import type { Limits } from '../../contract/limits.ts';
import { flag, id, pageQuery, tags } from './fields.ts';
import { rendition } from './file-answers.ts';
import { processingSchemas } from './processing.ts';

const path = z.string().max(4_096);
const onConflict = z.enum(['reject', 'rename']).optional();

export const jobPath = z.object({ jobId: id });

export function folderSchemas(limits: Limits) {
  const params = {
    move: z.strictObject({ newPath: path, onConflict }),
    delete: z.strictObject({ hard: z.boolean().optional() }),
    restore: z.strictObject({ onConflict }),
    tag: z
      .strictObject({
        tags: tags(limits).optional().describe('All that the files have afterwards'),
        add: tags(limits).optional(),
        remove: tags(limits).optional(),
      })
      .refine(
        ({ tags, add, remove }) => (tags !== undefined) !== (add !== undefined || remove !== undefined),
        'send either tags, or add and remove',
      ),
  };
  const files = {
    fileIds: z.array(id).min(1).max(limits.jobs.bulkMaxFiles).optional(),
    filter: z
      .strictObject({
        path: path.optional(),
        recursive: z.boolean().optional(),
        status: z.string().max(64).optional(),
        type: z.string().min(1).max(255).toLowerCase().optional(),
        tag: z.string().min(1).max(128).optional(),
      })
      .optional()
      .describe('Instead of fileIds: as in a listing. Without a status: available, of restore deleted'),
  };
  return {
    listFolders: pageQuery(limits).extend({ path: path.optional(), owner: id.optional() }),
    createFolder: z.strictObject({ path }),
    moveFolder: z.strictObject({ path, newPath: path, onConflict }),
    deleteFolder: z.strictObject({ path, hard: flag.optional() }),
    bulk: z.discriminatedUnion('action', [
      z.strictObject({ action: z.literal('move'), ...files, params: params.move }),
      z.strictObject({ action: z.literal('delete'), ...files, params: params.delete.optional() }),
      z.strictObject({ action: z.literal('restore'), ...files, params: params.restore.optional() }),
      z.strictObject({ action: z.literal('tag'), ...files, params: params.tag }),
      z.strictObject({ action: z.literal('process'), ...files, params: processingSchemas(limits).process }),
    ]),
    getJob: pageQuery(limits),
  };
}

export type FolderSchemas = ReturnType<typeof folderSchemas>;

export const folderAnswer = z.object({
  path: z.string(),
  name: z.string(),
  files: z.int().describe('Directly in it'),
  folders: z.int().describe('Directly in it'),
  createdAt: z.string(),
});

export const foldersAnswer = z.object({
  path: z.string(),
  files: z.int().describe('Directly in it'),
  folders: z.array(folderAnswer).describe('Directly in it, by name'),
  nextCursor: z.string().optional(),
});

export const jobStartedAnswer = z.object({ jobId: z.string() });

export const jobAnswer = z.object({
  jobId: z.string(),
  kind: z.string(),
  status: z.enum(['queued', 'running', 'done', 'failed']),
  progress: z.object({
    total: z.int().optional().describe('Once it is known'),
    done: z.int().describe('Skipped ones too'),
    failed: z.int(),
  }),
  createdAt: z.string(),
  endedAt: z.string().optional(),
  reason: z.string().optional().describe('Why the job itself failed'),
  detail: z.string().optional(),
  results: z.array(
    z.object({
      fileId: z.string().optional(),
      subject: z.string().optional().describe('What is no file'),
      outcome: z.enum(['done', 'skipped', 'failed']).describe('skipped: there was nothing to do'),
      code: z
        .string()
        .optional()
        .describe('As the single call would have answered; of a rendition its reason'),
      detail: z.string().optional(),
      rendition: rendition.optional().describe('What an operation on a file has made'),
    }),
  ),
  nextCursor: z.string().optional(),
});
