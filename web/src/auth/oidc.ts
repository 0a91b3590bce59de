import * as oauth from 'oauth4webapi';
import { SluiceError, systemTiming, type TokenSet } from '../../../client/index.ts';
import type { OidcConfig } from '../config.ts';
import { claimsOf } from './identity.ts';
import type { SavedSession } from './session-storage.ts';

/**
 * Code flow with PKCE against any OIDC issuer (Cognito's managed login on AWS). The protocol's checks are
 * oauth4webapi's, which is certified and has no dependencies; a hand-written exchange would be shorter and laxer.
 */
const PENDING_KEY = 'sluice.signing-in';
const OIDC_DEADLINE_MS = 15_000;
const DEFAULT_LIFETIME_SECONDS = 3_600;

interface Pending {
  readonly state: string;
  readonly codeVerifier: string;
}

const redirectUri = (config: OidcConfig) => new URL(config.redirectPath, location.origin).href;
const clientOf = (config: OidcConfig): oauth.Client => ({ client_id: config.clientId });
const scopesOf = (config: OidcConfig) =>
  typeof config.scopes === 'string' ? config.scopes : config.scopes.join(' ');

const httpOptions = (config: OidcConfig) => ({
  signal: () => AbortSignal.timeout(OIDC_DEADLINE_MS),
  // Only an issuer that the deployment itself names with http://, on a developer's machine.
  [oauth.allowInsecureRequests]: config.authority.startsWith('http://'),
});

async function discover(config: OidcConfig): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(config.authority);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, httpOptions(config)));
}

/** Leaves the page for the issuer's sign-in. */
export async function beginOidcSignIn(config: OidcConfig): Promise<void> {
  const server = await discover(config);
  if (!server.authorization_endpoint) throw new Error('The issuer has no authorization endpoint.');
  const pending: Pending = {
    state: oauth.generateRandomState(),
    codeVerifier: oauth.generateRandomCodeVerifier(),
  };
  sessionStorage.setItem(PENDING_KEY, JSON.stringify(pending));
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: config.clientId,
    redirect_uri: redirectUri(config),
    scope: scopesOf(config),
    state: pending.state,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.codeVerifier),
    code_challenge_method: 'S256',
  }).toString();
  location.assign(url);
}

/**
 * Back from the issuer: trades the code for tokens and cleans the address bar.
 * @returns undefined when this page load is no such return. @throws SluiceError `unauthenticated` when refused.
 */
export async function finishOidcSignIn(config: OidcConfig): Promise<SavedSession | undefined> {
  const here = new URL(location.href);
  const isReturn = here.pathname === config.redirectPath && here.searchParams.has('state');
  if (!isReturn) return undefined;
  history.replaceState(null, '', import.meta.env.BASE_URL);
  const pending = JSON.parse(sessionStorage.getItem(PENDING_KEY) ?? 'null') as Pending | null;
  sessionStorage.removeItem(PENDING_KEY);
  // The back button after a sign-in: nothing to trade any more.
  if (!pending) return undefined;
  try {
    const server = await discover(config);
    const client = clientOf(config);
    const params = oauth.validateAuthResponse(server, client, here, pending.state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      params,
      redirectUri(config),
      pending.codeVerifier,
      httpOptions(config),
    );
    const answer = await oauth.processAuthorizationCodeResponse(server, client, response);
    const { email } = claimsOf(answer.id_token);
    return { mode: 'oidc', tokens: tokenSet(answer), email: typeof email === 'string' ? email : undefined };
  } catch (cause) {
    throw new SluiceError({
      status: 401,
      code: 'unauthenticated',
      detail: 'The sign-in was not completed. Try it again.',
      cause,
    });
  }
}

export async function refreshByOidc(config: OidcConfig, refreshToken: string): Promise<TokenSet> {
  const server = await discover(config);
  const client = clientOf(config);
  const response = await oauth.refreshTokenGrantRequest(
    server,
    client,
    oauth.None(),
    refreshToken,
    httpOptions(config),
  );
  try {
    return tokenSet(await oauth.processRefreshTokenResponse(server, client, response));
  } catch (cause) {
    if (cause instanceof oauth.ResponseBodyError) {
      throw new SluiceError({
        status: cause.status,
        code: 'signed_out',
        detail: 'The session has ended.',
        cause,
      });
    }
    throw cause;
  }
}

/** Ends the issuer's own session too, where it can; otherwise the next sign-in would need no password. */
export async function endOidcSession(config: OidcConfig): Promise<void> {
  const server = await discover(config);
  if (!server.end_session_endpoint) return;
  const back = new URL(import.meta.env.BASE_URL, location.origin).href;
  const url = new URL(server.end_session_endpoint);
  url.searchParams.set('client_id', config.clientId);
  // The standard's name and Cognito's name of the same thing.
  url.searchParams.set('post_logout_redirect_uri', back);
  url.searchParams.set('logout_uri', back);
  location.assign(url);
}

const tokenSet = (answer: oauth.TokenEndpointResponse): TokenSet => ({
  accessToken: answer.access_token,
  refreshToken: answer.refresh_token,
  expiresAtMs: systemTiming.now() + (answer.expires_in ?? DEFAULT_LIFETIME_SECONDS) * 1000,
});
