import { errors, type SluiceError } from '../errors.ts';
import type { FileRecord, Replacement } from './file.ts';

/** The upload that is replacing the file's content at this moment. */
export const openReplacement = ({ replacement }: Pick<FileRecord, 'replacement'>): Replacement | undefined =>
  replacement && replacement.endedAs === undefined ? replacement : undefined;

/**
 * The lock of a file: while an upload is replacing its content, nothing else may change the content, nor delete it.
 * The upload ends by itself, whatever becomes of its client, so the lock never stays.
 */
export const lockRefusal = (file: Pick<FileRecord, 'replacement'>): SluiceError | undefined =>
  openReplacement(file) &&
  errors.fileLocked(
    'An upload is replacing the content of this file. Wait until it is done, or abort it: ' +
      'DELETE /storage/multipart/{fileId}/abort.',
  );
