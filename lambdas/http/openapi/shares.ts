import { shareBody, sharesView, shareView } from '../schemas/shares.ts';
import { type OperationsOf, success } from './operation.ts';

export const shareOperations = (): Pick<
  OperationsOf<'files'>,
  'listShares' | 'putShare' | 'deleteShare'
> => ({
  listShares: {
    summary: 'Whom the file is shared with (owner, admin)',
    success: success(200, 'Its shares, expired ones too', sharesView),
    refusals: ['not_found'],
  },
  putShare: {
    summary: 'Share the file with a user of the tenant, or change the share (owner, admin)',
    body: shareBody,
    example: { access: 'read', expiresAt: '2030-01-01T00:00:00Z' },
    success: success(200, 'The share', shareView),
    refusals: ['not_found', 'upload_state_conflict'],
  },
  deleteShare: {
    summary: 'End a share (owner, admin)',
    success: success(204, 'It is ended, also the second time'),
    refusals: ['not_found'],
  },
});
