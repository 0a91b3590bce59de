import { tokenForm, tokenView } from '../schemas/token.ts';
import { type OperationsOf, success } from './operation.ts';

export function tokenOperations(): OperationsOf<'token'> {
  return {
    token: {
      summary: 'A token for a machine client, by its client credentials (RFC 6749, 4.4)',
      body: tokenForm,
      example: { grant_type: 'client_credentials', client_id: 'nightly-import', client_secret: 'told once' },
      bodyType: 'application/x-www-form-urlencoded',
      success: success(200, 'The token', tokenView),
      refusals: ['unauthenticated', 'rate_limited'],
    },
  };
}
