/** For display only: what a token says of its bearer, without any belief in it. */
export interface Identity {
  readonly email: string | undefined;
  readonly tenant: string | undefined;
}

export function claimsOf(jwt: string | undefined): Record<string, unknown> {
  try {
    const payload = (jwt ?? '').split('.')[1] ?? '';
    const binary = atob(payload.replace(/-/g, '+').replace(/_/g, '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const TENANT_CLAIMS = ['tenant', 'tenantId', 'tenant_id', 'custom:tenant', 'custom:tenantId'];

export function identityOf(accessToken: string, email: string | undefined): Identity {
  const claims = claimsOf(accessToken);
  const text = (name: string) => (typeof claims[name] === 'string' ? (claims[name] as string) : undefined);
  return {
    email: email ?? text('email') ?? text('username'),
    tenant: TENANT_CLAIMS.map(text).find((tenant) => tenant !== undefined),
  };
}
