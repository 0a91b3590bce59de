import { fileAnswers } from '../schemas/file-answers.ts';
import { anyChange, ifMatch } from './files.ts';
import { type OperationsOf, success } from './operation.ts';

export const rescanOperations = (): Pick<OperationsOf<'files'>, 'rescanFile'> => ({
  rescanFile: {
    summary: 'Have the malware scanner look at the file again (admin)',
    description:
      'At every content that a stored file has and keeps, or at the bytes of one that is held. A content that passes shows it in `scan`; one that does not is withdrawn, and `withdrawals` tells of it.',
    headers: ifMatch,
    success: success(202, 'It is being looked at', fileAnswers.rescan),
    refusals: anyChange,
  },
});
