import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { keys, timeToLiveAttribute } from '../../contract/table.ts';
import type { AuditStore } from '../../core/audit/audit-event.ts';
import { type PolicyDefaults, type Tenant, tenantPolicy } from '../../core/tenancy/policy.ts';
import { recordItem, recordKey, recordOfItem } from './audit-item.ts';
import type { Db } from './client.ts';
import { getItem, ifCondition } from './file-store.ts';

/** Counters of an hour are read during the hour after it. */
const hourKeepSeconds = 3 * 3_600;
const countryPrefix = 'country_';
const minutePrefix = 'minute_';

export interface AuditStoreSettings {
  readonly keepSeconds: number;
  readonly policy: PolicyDefaults;
}

export const createAuditStore = (db: Db, settings: AuditStoreSettings): AuditStore => ({
  find: async (ref) => {
    const item = await getItem(db, recordKey(ref));
    return item && { record: recordOfItem(item), alerted: item.alerted === true };
  },
  add: async (record) => {
    await ifCondition(() =>
      db.client.send(
        new PutCommand({
          TableName: db.table,
          Item: recordItem(record, settings.keepSeconds),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    );
  },
  markAlerted: async (ref) => {
    await ifCondition(() =>
      db.client.send(
        new UpdateCommand({
          TableName: db.table,
          Key: recordKey(ref),
          UpdateExpression: 'SET alerted = :yes',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':yes': true },
        }),
      ),
    );
  },
  countOperation: (tenantId, userId, at) => countOperation(db, tenantId, userId, at),
  isNewCountry: (tenantId, userId, country, { eventId, at }) =>
    isNewCountry(db, { tenantId, userId, country, eventId, at }, settings.keepSeconds),
  timeZone: async (tenantId) => {
    const tenant = (await getItem(db, keys.tenant(tenantId))) as Tenant | undefined;
    if (!tenant || tenant.status === 'erasing') return undefined;
    return tenantPolicy(tenant, settings.policy).timeZone;
  },
});

const hourOf = (at: string): string => at.slice(0, 13);
const minuteOf = (at: string): number => Number(at.slice(14, 16));

/**
 * An item for each user and hour counts by the minute, so that any hour is the sum of 60 whole minutes: its own up to
 * `at`, and those of the hour before that are later within it. ADD needs no transaction and loses no parallel count.
 */
async function countOperation(db: Db, tenantId: string, userId: string, at: string): Promise<number> {
  const before = new Date(Date.parse(at) - 3_600_000).toISOString();
  const minute = minuteOf(at);
  const [{ Attributes = {} }, previous = {}] = await Promise.all([
    db.client.send(
      new UpdateCommand({
        TableName: db.table,
        Key: keys.auditHour(tenantId, userId, hourOf(at)),
        UpdateExpression: 'ADD #minute :one SET #ttl = :ttl',
        ExpressionAttributeNames: { '#minute': `${minutePrefix}${minute}`, '#ttl': timeToLiveAttribute },
        ExpressionAttributeValues: {
          ':one': 1,
          ':ttl': Math.floor(Date.parse(at) / 1000) + hourKeepSeconds,
        },
        ReturnValues: 'ALL_NEW',
      }),
    ),
    getItem(db, keys.auditHour(tenantId, userId, hourOf(before))),
  ]);
  return sumMinutes(Attributes, (each) => each <= minute) + sumMinutes(previous, (each) => each > minute);
}

const sumMinutes = (item: Record<string, unknown>, isWithin: (minute: number) => boolean): number =>
  Object.entries(item)
    .filter(([name]) => name.startsWith(minutePrefix) && isWithin(Number(name.slice(minutePrefix.length))))
    .reduce((sum, [, count]) => sum + Number(count), 0);

/** Remembers which event brought each country, so that the answer for that event stays the same when it is repeated. */
async function isNewCountry(
  db: Db,
  seen: { tenantId: string; userId: string; country: string; eventId: string; at: string },
  keepSeconds: number,
): Promise<boolean> {
  const { tenantId, userId, country, eventId, at } = seen;
  const name = `${countryPrefix}${country}`;
  const { Attributes = {} } = await db.client.send(
    new UpdateCommand({
      TableName: db.table,
      Key: keys.auditOrigins(tenantId, userId),
      UpdateExpression: 'SET #country = if_not_exists(#country, :event), #ttl = :ttl',
      ExpressionAttributeNames: { '#country': name, '#ttl': timeToLiveAttribute },
      ExpressionAttributeValues: {
        ':event': eventId,
        ':ttl': Math.floor(Date.parse(at) / 1000) + keepSeconds,
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  const countries = Object.keys(Attributes).filter((each) => each.startsWith(countryPrefix));
  return Attributes[name] === eventId && countries.length > 1;
}
