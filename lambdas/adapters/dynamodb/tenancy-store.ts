import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type ItemKey, indexes, indexKeys, keys, sortKeyPrefix } from '../../contract/table.ts';
import {
  type ClientItem,
  type TenantItem,
  tenantItem,
  type UserItem,
  userItem,
} from '../../contract/tenant-items.ts';
import type { TenantEvent } from '../../core/files/event.ts';
import type { Page } from '../../core/ports.ts';
import type { ClientStore, TenantStore, UserStore } from '../../core/tenancy/admin/ports.ts';
import type { MachineClient } from '../../core/tenancy/machine.ts';
import type { Tenant, User } from '../../core/tenancy/policy.ts';
import { addSeconds } from '../../core/time.ts';
import type { Db } from './client.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { eventItem, record } from './file-item.ts';
import { getItem, getItems } from './file-store.ts';
import { type Step, transact } from './transact.ts';

export interface TenancySettings {
  readonly retryMs: number;
  readonly publishDelaySeconds: number;
}

type Item = Record<string, unknown>;

export const tenantOf = (item: Item): Tenant => record(item) as unknown as TenantItem;
export const userOf = (item: Item): User => record(item) as unknown as UserItem;
export const clientOf = (item: Item): MachineClient => record(item) as unknown as ClientItem;

/** Tenants, users and machine clients; each change with its event in one transaction. */
export function createTenancyStore(db: Db, settings: TenancySettings): TenantStore & UserStore & ClientStore {
  /** False when a condition of one step does not hold. */
  const write = async (event: TenantEvent, steps: readonly Step[]): Promise<boolean> => {
    const Item = eventItem(event, addSeconds(event.at, settings.publishDelaySeconds));
    const all: Step[] = [...steps, { Put: { TableName: db.table, Item } }];
    return (await transact(db, all, settings.retryMs)).length === 0;
  };
  const { table } = db;
  return {
    tenant: async (tenantId) => {
      const item = await getItem(db, keys.tenant(tenantId));
      return item && tenantOf(item);
    },
    tenants: (limit, cursor) => listTenants(db, limit, cursor),
    createTenant: (tenant, event) =>
      write(event, [
        {
          Put: {
            TableName: table,
            Item: tenantItem(tenant),
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
      ]),
    changeTenant: (before, after, event) =>
      write(event, [
        update(table, keys.tenant(before.tenantId), before.revision, {
          name: after.name,
          status: after.status,
          tier: after.tier,
          policy: after.policy,
          encryptionKey: after.encryptionKey,
        }),
      ]),
    user: async (tenantId, userId) => {
      const item = await getItem(db, keys.user(tenantId, userId));
      return item && userOf(item);
    },
    users: (tenantId, limit, cursor) => listOfTenant(db, tenantId, sortKeyPrefix.user, userOf, limit, cursor),
    createUser: (user, event) =>
      write(event, [
        {
          Put: {
            TableName: table,
            Item: userItem(user),
            ...absentOrRemoved,
          },
        },
        countUsers(table, user.tenantId, 1),
      ]),
    changeUser: (before, after, event) =>
      write(event, [
        update(table, keys.user(before.tenantId, before.userId), before.revision, {
          role: after.role,
          status: after.status,
          tier: after.tier,
        }),
        ...(after.status === 'removed' ? [countUsers(table, before.tenantId, -1)] : []),
      ]),
    clients: (tenantId, limit, cursor) =>
      listOfTenant(db, tenantId, sortKeyPrefix.client, clientOf, limit, cursor),
    createClient: (client, event) => write(event, newClient(table, client)),
    removeClient: (tenantId, clientId, event) =>
      write(event, [
        {
          Update: {
            TableName: table,
            Key: keys.client(tenantId, clientId),
            UpdateExpression: 'SET #status = :removed REMOVE secretHash',
            ConditionExpression: '#status = :active',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: { ':active': 'active', ':removed': 'removed' },
          },
        },
        { Delete: { TableName: table, Key: keys.clientTenant(clientId) } },
      ]),
  };
}

/** Whoever was removed may come again. */
const absentOrRemoved = {
  ConditionExpression: 'attribute_not_exists(pk) OR #status = :removed',
  ExpressionAttributeNames: { '#status': 'status' },
  ExpressionAttributeValues: { ':removed': 'removed' },
};

/** Sets the fields, removes those that are undefined, if nobody has changed the item since. */
function update(table: string, key: ItemKey, revision: number | undefined, fields: Item): Step {
  const entries = Object.entries(fields);
  const set = entries.filter(([, value]) => value !== undefined);
  const gone = entries.filter(([, value]) => value === undefined);
  return {
    Update: {
      TableName: table,
      Key: key,
      UpdateExpression:
        `SET ${[...set, ['revision']].map(([name]) => `#${name} = :${name}`).join(', ')}` +
        (gone.length > 0 ? ` REMOVE ${gone.map(([name]) => `#${name}`).join(', ')}` : ''),
      ConditionExpression:
        revision === undefined
          ? 'attribute_exists(pk) AND attribute_not_exists(#revision)'
          : '#revision = :was',
      ExpressionAttributeNames: Object.fromEntries(
        [...entries, ['revision']].map(([name]) => [`#${name}`, String(name)]),
      ),
      ExpressionAttributeValues: {
        ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
        ':revision': (revision ?? 0) + 1,
        ...(revision !== undefined && { ':was': revision }),
      },
    },
  };
}

/** The tenant's bounds follow from how many users it has: both change together. What is being erased takes nobody. */
const countUsers = (table: string, tenantId: string, by: 1 | -1): Step => ({
  Update: {
    TableName: table,
    Key: keys.tenant(tenantId),
    UpdateExpression: 'ADD userCount :by',
    ...alive,
    ExpressionAttributeValues: { ...alive.ExpressionAttributeValues, ':by': by },
  },
});

const alive = {
  ConditionExpression: 'attribute_exists(pk) AND #status <> :erasing',
  ExpressionAttributeNames: { '#status': 'status' },
  ExpressionAttributeValues: { ':erasing': 'erasing' },
};

/** Under its tenant for listings, and by its id alone, as its tokens name it. No user has that id too. */
function newClient(table: string, client: MachineClient): readonly Step[] {
  const { tenantId, clientId } = client;
  const put = (key: ItemKey): Step => ({
    Put: {
      TableName: table,
      Item: { ...key, kind: 'client', ...client },
      ...absentOrRemoved,
    },
  });
  return [
    put(keys.client(tenantId, clientId)),
    put(keys.clientTenant(clientId)),
    {
      ConditionCheck: {
        TableName: table,
        Key: keys.user(tenantId, clientId),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    { ConditionCheck: { TableName: table, Key: keys.tenant(tenantId), ...alive } },
  ];
}

/** The index tells which, the table how they are. */
async function listTenants(db: Db, limit: number, cursor?: string): Promise<Page<Tenant>> {
  const ownerPk = indexKeys.tenants();
  const page = await db.client.send(
    new QueryCommand({
      TableName: db.table,
      IndexName: indexes.byOwner.name,
      KeyConditionExpression: 'ownerPk = :tenants',
      ExpressionAttributeValues: { ':tenants': ownerPk },
      Limit: limit,
      ...(cursor && { ExclusiveStartKey: tenantsAfter(cursor, ownerPk) }),
    }),
  );
  const listed = (page.Items ?? []).map((item) => String(item.createdSk));
  const found = await getItems(
    db,
    (page.Items ?? []).map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) })),
  );
  const byOrder = new Map(found.map((item) => [String(item.createdSk), tenantOf(item)]));
  const last = page.LastEvaluatedKey;
  return {
    items: listed.flatMap((createdSk) => byOrder.get(createdSk) ?? []),
    ...(last && { nextCursor: encodeCursor([String(last.createdSk)]) }),
  };
}

function tenantsAfter(cursor: string, ownerPk: string): Item {
  const [createdSk = ''] = decodeCursor(cursor, 1, /^[^#]+#./s);
  return { ...keys.tenant(createdSk.slice(createdSk.indexOf('#') + 1)), ownerPk, createdSk };
}

async function listOfTenant<T>(
  db: Db,
  tenantId: string,
  prefix: string,
  of: (item: Item) => T,
  limit: number,
  cursor?: string,
): Promise<Page<T>> {
  const { pk } = keys.tenant(tenantId);
  const page = await db.client.send(
    new QueryCommand({
      TableName: db.table,
      KeyConditionExpression: 'pk = :tenant AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':tenant': pk, ':prefix': prefix },
      Limit: limit,
      ...(cursor && { ExclusiveStartKey: { pk, sk: `${prefix}${decodeCursor(cursor, 1)[0]}` } }),
    }),
  );
  const last = page.LastEvaluatedKey;
  return {
    items: (page.Items ?? []).map(of),
    ...(last && { nextCursor: encodeCursor([String(last.sk).slice(prefix.length)]) }),
  };
}
