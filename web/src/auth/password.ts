import { HttpClient, SluiceApi, systemTiming, type TokenSet } from '../../../client/index.ts';
import type { SavedSession } from './session-storage.ts';

/** Sign-in by POST /auth/login, which local and dev stages offer. */
const api = () => new SluiceApi(new HttpClient({ baseUrl: '', timing: systemTiming }));

export async function signInByPassword(email: string, password: string): Promise<SavedSession> {
  return { mode: 'password', email, tokens: tokenSet(await api().login(email, password)) };
}

export const refreshByApi = async (refreshToken: string): Promise<TokenSet> =>
  tokenSet(await api().refresh(refreshToken));

const tokenSet = (answer: { accessToken: string; expiresIn: number; refreshToken?: string }): TokenSet => ({
  accessToken: answer.accessToken,
  refreshToken: answer.refreshToken,
  expiresAtMs: systemTiming.now() + answer.expiresIn * 1000,
});
