import type { TenantEvent } from '../../files/event.ts';
import type { Page } from '../../ports.ts';
import type { MachineClient } from '../machine.ts';
import type { Tenant, User } from '../policy.ts';

/** Each change is written with its event in one transaction. Single reads are strongly consistent. */
export interface TenantStore {
  tenant(tenantId: string): Promise<Tenant | undefined>;
  /** Listing, oldest first. */
  tenants(limit: number, cursor?: string): Promise<Page<Tenant>>;
  /** False: there is one with this id. */
  createTenant(tenant: Tenant, event: TenantEvent): Promise<boolean>;
  /** Name, status, tier, policy and key of `after`, if nobody changed them since `before` was read. */
  changeTenant(before: Tenant, after: Tenant, event: TenantEvent): Promise<boolean>;
}

export interface UserStore {
  user(tenantId: string, userId: string): Promise<User | undefined>;
  /** Listing, by id. */
  users(tenantId: string, limit: number, cursor?: string): Promise<Page<User>>;
  /** Together with the tenant's count of users. False: the user is there, or the tenant is being erased. */
  createUser(user: User, event: TenantEvent): Promise<boolean>;
  /** Tier, role and status of `after`, if nobody changed them since, with the count where the user is removed. */
  changeUser(before: User, after: User, event: TenantEvent): Promise<boolean>;
}

export interface ClientStore {
  /** Listing, by id. */
  clients(tenantId: string, limit: number, cursor?: string): Promise<Page<MachineClient>>;
  /** False: the id is taken, by a client or by a user of the tenant, or the tenant is being erased. */
  createClient(client: MachineClient, event: TenantEvent): Promise<boolean>;
  /** False: the tenant has no such client. */
  removeClient(tenantId: string, clientId: string, event: TenantEvent): Promise<boolean>;
}

/** The sign-ins behind the users, where Sluice makes them itself. */
export interface Accounts {
  /** Whether an account may be given a password instead of an invitation by mail. */
  readonly passwords: boolean;
  /**
   * The account of this address, made where there is none; one that is there keeps what it has.
   * @returns the `sub` of its tokens; undefined: the address belongs to another tenant
   */
  ensure(account: {
    readonly email: string;
    readonly tenantId: string;
    /** Whether a new account is told by mail; else it waits for its password. */
    readonly invite: boolean;
  }): Promise<string | undefined>;
  /** Of an account whose person has not chosen one; where they have, nothing changes. */
  givePassword(email: string, password: string): Promise<void>;
  /** Also when there is none any more; an account of another tenant or another person stays. */
  remove(account: {
    readonly email: string;
    readonly tenantId: string;
    readonly userId: string;
  }): Promise<void>;
}
