import { receiptQuery, signedReceipt } from '../schemas/receipts.ts';
import { type OperationsOf, success } from './operation.ts';

export const receiptOperations = (): Pick<OperationsOf<'files'>, 'fileReceipt'> => ({
  fileReceipt: {
    summary: 'A signed receipt of what the file holds: who, what, checksums, when',
    description:
      'Anybody who has `GET /public/keys` can check it without asking again: `verifyReceipt` of the browser client, `npm run receipt:verify`, or any library for JWS.',
    query: receiptQuery,
    success: success(200, 'The receipt and its signature', signedReceipt),
    refusals: ['not_found', 'upload_state_conflict'],
  },
});
