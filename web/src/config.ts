/** What the place that serves the console tells it at start: `/app/config.json`. */
export interface DemoUser {
  readonly email: string;
  readonly password: string;
  readonly tenant: string;
  readonly role: string;
}

export interface OidcConfig {
  readonly mode: 'oidc';
  /** Issuer; its discovery document lies below it. */
  readonly authority: string;
  readonly clientId: string;
  readonly scopes: readonly string[] | string;
  /** Path on this origin to which the issuer sends people back, such as `/app/`. */
  readonly redirectPath: string;
}

export interface ConsoleConfig {
  readonly auth: { readonly mode: 'password' } | OidcConfig;
  readonly demoUsers?: readonly DemoUser[];
}

const CONFIG_DEADLINE_MS = 10_000;

/** @throws Error when it is missing or not what it should be. */
export async function loadConfig(): Promise<ConsoleConfig> {
  const response = await fetch(`${import.meta.env.BASE_URL}config.json`, {
    cache: 'no-store',
    signal: AbortSignal.timeout(CONFIG_DEADLINE_MS),
  });
  if (!response.ok) throw new Error(`config.json answered ${response.status}`);
  const config = (await response.json()) as ConsoleConfig;
  if (config.auth?.mode !== 'password' && config.auth?.mode !== 'oidc')
    throw new Error('config.json names no auth mode');
  return config;
}
