import { errors } from '../../errors.ts';
import { tenantEvent } from '../../files/event.ts';
import { type StampDeps, stamp } from '../actor.ts';
import type { Caller } from '../caller.ts';
import type { MachineClient } from '../machine.ts';
import { requirePermission } from '../roles.ts';
import type { ClientStore, TenantStore } from './ports.ts';
import { type PageRequest, requireLivingTenant, requireTenant } from './tenants.ts';

export interface ClientDeps extends StampDeps {
  readonly tenants: Pick<TenantStore, 'tenant'>;
  readonly clients: ClientStore;
  /** Absent with another issuer of tokens: it keeps its clients' secrets itself. */
  readonly secrets?:
    | {
        /** 256 random bits as text: too many to guess, so that a plain digest keeps them safe. */
        readonly newSecret: () => string;
        readonly digest: (secret: string) => string;
      }
    | undefined;
}

export type ClientView = Pick<
  MachineClient,
  'clientId' | 'tenantId' | 'name' | 'scopes' | 'status' | 'createdAt'
>;

const viewOf = ({ clientId, tenantId, name, scopes, status, createdAt }: MachineClient): ClientView => ({
  ...{ clientId, tenantId, name, scopes, status, createdAt },
});

export async function listClients(
  deps: ClientDeps,
  caller: Caller,
  tenantId: string,
  { limit, cursor }: PageRequest,
) {
  requirePermission(caller, 'clients.manage', tenantId);
  await requireTenant(deps, tenantId);
  const { items, nextCursor } = await deps.clients.clients(tenantId, limit, cursor);
  return { clients: items.map(viewOf), ...(nextCursor && { nextCursor }) };
}

export interface NewClient {
  readonly name: string;
  readonly scopes: readonly string[];
  /** As another issuer than Cognito knows it. */
  readonly clientId?: string | undefined;
}

/** The secret is told this once and kept as a digest only. */
export async function createClient(
  deps: ClientDeps,
  caller: Caller,
  tenantId: string,
  request: NewClient,
): Promise<ClientView & { readonly clientSecret?: string }> {
  requirePermission(caller, 'clients.manage', tenantId);
  // Nothing proves that a client of another issuer is the tenant's: root vouches for it.
  if (!deps.secrets) requirePermission(caller, 'tenant.govern', tenantId);
  await requireLivingTenant(deps, tenantId);
  const clientSecret = deps.secrets?.newSecret();
  const client: MachineClient = {
    clientId: clientIdFor(deps, request),
    ...{ tenantId, name: request.name, scopes: [...new Set(request.scopes)].sort() },
    ...(clientSecret && { secretHash: deps.secrets?.digest(clientSecret) as string }),
    status: 'active',
    createdAt: deps.now(),
    createdBy: caller.userId,
  };
  const data = { clientId: client.clientId, scopes: client.scopes.join(' ') };
  const event = tenantEvent(tenantId, 'client.created', stamp(deps, caller.actor), data);
  if (!(await deps.clients.createClient(client, event))) {
    throw errors.idTaken('This client id cannot be used here.');
  }
  return { ...viewOf(client), ...(clientSecret && { clientSecret }) };
}

function clientIdFor(deps: ClientDeps, { clientId }: NewClient): string {
  if (deps.secrets) {
    if (clientId)
      throw errors.invalidField('clientId', 'unknown_field', 'is given by Sluice here; leave it out');
    return `machine-${deps.newId().toLowerCase()}`;
  }
  if (!clientId) {
    throw errors.invalidField('clientId', 'required', 'is required: the client id at your issuer');
  }
  return clientId;
}

/** Its tokens are refused from this moment; its files stay, for the tenant's admins. @throws not_found */
export async function removeClient(
  deps: ClientDeps,
  caller: Caller,
  tenantId: string,
  clientId: string,
): Promise<void> {
  requirePermission(caller, 'clients.manage', tenantId);
  const event = tenantEvent(tenantId, 'client.removed', stamp(deps, caller.actor), { clientId });
  if (!(await deps.clients.removeClient(tenantId, clientId, event))) throw errors.notFound('client');
}
