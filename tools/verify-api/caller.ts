import { LocalFailure } from '../../local/failure.ts';

const callTimeoutMs = 60_000;

/** The API as one of those sees it who prepare what schemathesis then calls with; a refusal is the end. */
export class Caller {
  readonly apiUrl: string;
  readonly token: string | undefined;

  constructor(apiUrl: string, token?: string) {
    this.apiUrl = apiUrl;
    this.token = token;
  }

  async call<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const response = await fetch(`${this.apiUrl}${path}`, {
      method,
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(callTimeoutMs),
    });
    const text = await response.text();
    if (!response.ok) throw new LocalFailure(`${method} ${path} answered ${response.status}: ${text}`);
    return (text ? JSON.parse(text) : undefined) as Body;
  }

  async signIn(email: string, password: string): Promise<Caller> {
    const body = { email, password };
    const { accessToken } = await this.call<{ accessToken: string }>('POST', '/auth/login', body);
    return new Caller(this.apiUrl, accessToken);
  }

  async signInMachine(id: string, secret: string): Promise<Caller> {
    const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
    const response = await fetch(`${this.apiUrl}/auth/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
      signal: AbortSignal.timeout(callTimeoutMs),
    });
    if (!response.ok) throw new LocalFailure(`the machine client got no token (${response.status})`);
    return new Caller(this.apiUrl, ((await response.json()) as { access_token: string }).access_token);
  }
}
