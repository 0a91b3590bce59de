import type { User } from './policy.ts';

/** A program of a tenant that calls the API in its own name. */
export interface MachineClient {
  readonly clientId: string;
  readonly tenantId: string;
  readonly name: string;
  /** Names of contract/scopes.ts: what the client may do at most. */
  readonly scopes: readonly string[];
  /** SHA-256 of the secret, base64; absent with an issuer that keeps its clients' secrets itself. */
  readonly secretHash?: string;
  /** `removed`: gets no tokens, and those it has are refused; its files stay with the tenant's admins. */
  readonly status: 'active' | 'removed';
  readonly createdAt: string;
  readonly createdBy: string;
}

/** The user that a client is where it acts in its own name: one of its tenant's tier. */
export const userOfMachine = ({ tenantId, clientId, status, createdAt }: MachineClient): User => ({
  ...{ tenantId, userId: clientId, email: '', role: 'user', status, createdAt },
  isMachine: true,
});
