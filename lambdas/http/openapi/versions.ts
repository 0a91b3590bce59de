import type { Limits } from '../../contract/limits.ts';
import { fileView } from '../schemas/file-answers.ts';
import { versionSchemas, versionsPage } from '../schemas/versions.ts';
import { anyChange, ifMatch } from './files.ts';
import { type OperationsOf, success, withETag } from './operation.ts';

export const versionOperations = (
  limits: Limits,
): Pick<OperationsOf<'files'>, 'listVersions' | 'restoreVersion'> => ({
  listVersions: {
    summary: 'The contents of the file: the current one, then what is kept, newest first',
    query: versionSchemas(limits).listVersions,
    success: success(200, 'A page of versions', versionsPage),
    refusals: ['not_found', 'cursor_invalid'],
  },
  restoreVersion: {
    summary:
      'Make a kept version the current one again, under a new number; what it replaces is kept in turn',
    headers: ifMatch,
    success: withETag(success(200, 'The file as it is now', fileView)),
    refusals: [...anyChange, 'legal_hold'],
  },
});
