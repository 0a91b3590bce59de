import type { FileStatusReport } from './api-types.ts';

/** How far one upload of a file is: more cannot be told of it than this. */
export type UploadProgress = Pick<FileStatusReport, 'status' | 'reason'>;

/**
 * What a file's status says of the upload that follows it. An upload that replaces the file's content has a progress of
 * its own, while the file is ready all along; once the file has taken the new content over, the file's status is its.
 */
export function progressOf(report: FileStatusReport, uploadId: string): UploadProgress {
  const { replacement } = report;
  return replacement?.uploadId === uploadId ? replacement : report;
}
