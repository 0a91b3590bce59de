import { loginBody, refreshBody, tokensAnswer } from '../schemas/auth.ts';
import { type OperationsOf, success } from './operation.ts';

export function authOperations(): OperationsOf<'auth'> {
  return {
    login: {
      summary: 'Sign in with email and password, where the stage offers it',
      body: loginBody,
      example: { email: 'user@northwind.example', password: 'correct horse battery staple' },
      success: success(200, 'Tokens; the refresh token brings new ones later', tokensAnswer),
      refusals: ['unauthenticated', 'forbidden', 'rate_limited'],
    },
    refresh: {
      summary: 'A new access token',
      body: refreshBody,
      success: success(200, 'Tokens', tokensAnswer),
      refusals: ['unauthenticated', 'forbidden', 'rate_limited'],
    },
  };
}
