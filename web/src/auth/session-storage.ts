import type { TokenSet } from '../../../client/index.ts';

/** Who is signed in, kept for this tab only: a closed tab is signed out, a reloaded one is not. */
export interface SavedSession {
  readonly mode: 'password' | 'oidc';
  readonly tokens: TokenSet;
  /** For display; the server believes the access token alone. */
  readonly email: string | undefined;
}

const KEY = 'sluice.session';

export function readSession(mode: SavedSession['mode']): SavedSession | undefined {
  try {
    const saved = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as SavedSession | null;
    return saved?.mode === mode && typeof saved.tokens?.accessToken === 'string' ? saved : undefined;
  } catch {
    return undefined;
  }
}

export function saveSession(session: SavedSession | undefined): void {
  if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
  else sessionStorage.removeItem(KEY);
}
