import {
  RefreshingTokens,
  type SluiceError,
  systemTiming,
  type TokenProvider,
} from '../../../client/index.ts';
import type { ConsoleConfig } from '../config.ts';
import { Store } from '../state/store.ts';
import { type Identity, identityOf } from './identity.ts';
import { refreshByApi, signInByPassword } from './password.ts';
import { readSession, type SavedSession, saveSession } from './session-storage.ts';

export interface Session {
  readonly tokens: TokenProvider;
  readonly identity: Identity;
}

export interface AuthState {
  readonly session?: Session | undefined;
  /** Why somebody stands at the sign-in again. */
  readonly error?: unknown;
}

/** Only consoles with an issuer download its protocol. */
const oidc = () => import('./oidc.ts');

/** Who is signed in, and the ways in and out; both modes look the same from outside. */
export class Auth {
  readonly state: Store<AuthState> = new Store<AuthState>({});
  readonly #config: ConsoleConfig['auth'];

  constructor(config: ConsoleConfig['auth']) {
    this.#config = config;
  }

  get mode(): ConsoleConfig['auth']['mode'] {
    return this.#config.mode;
  }

  /** Picks up a return from the issuer or the session of a reloaded tab. */
  async restore(): Promise<void> {
    try {
      const returned =
        this.#config.mode === 'oidc' ? await (await oidc()).finishOidcSignIn(this.#config) : undefined;
      const saved = returned ?? readSession(this.#config.mode);
      if (saved) this.#enter(saved);
    } catch (error) {
      this.state.set({ error });
    }
  }

  async signInByPassword(email: string, password: string): Promise<void> {
    this.#enter(await signInByPassword(email, password));
  }

  async signInByIssuer(): Promise<void> {
    if (this.#config.mode === 'oidc') await (await oidc()).beginOidcSignIn(this.#config);
  }

  async signOut(): Promise<void> {
    saveSession(undefined);
    this.state.set({});
    if (this.#config.mode !== 'oidc') return;
    // Signed out of here in any case; the issuer may be out of reach.
    await (await oidc()).endOidcSession(this.#config).catch(() => undefined);
  }

  #enter(saved: SavedSession): void {
    saveSession(saved);
    const config = this.#config;
    const tokens = new RefreshingTokens({
      tokens: saved.tokens,
      timing: systemTiming,
      refresh: async (refreshToken) =>
        config.mode === 'oidc'
          ? (await oidc()).refreshByOidc(config, refreshToken)
          : refreshByApi(refreshToken),
      onChange: (fresh) => saveSession({ ...saved, tokens: fresh }),
      onSignedOut: (error: SluiceError) => {
        saveSession(undefined);
        this.state.set({ error });
      },
    });
    this.state.set({ session: { tokens, identity: identityOf(saved.tokens.accessToken, saved.email) } });
  }
}
