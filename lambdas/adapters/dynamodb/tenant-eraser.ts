import {
  BatchWriteCommand,
  type BatchWriteCommandOutput,
  DeleteCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { fairLanes } from '../../contract/queues.ts';
import { type ItemKey, indexes, indexKeys, keys, sortKeyPrefix } from '../../contract/table.ts';
import { bandsOf } from '../../core/images/hash-bands.ts';
import type { Owner, TenantEraser } from '../../core/tenancy/admin/erase.ts';
import type { Db } from './client.ts';
import { getItem } from './file-store.ts';

type Item = Record<string, unknown>;

/** What one call removes at most of things that have partitions of their own. */
const maxPartitions = 50;
/** Small items of one partition: 40 writes of 25. */
const maxContentItems = 1_000;
/** DynamoDB's bound for one BatchWriteItem. */
const batchMaxWrites = 25;
const unprocessedMaxRounds = 5;
const unprocessedWaitMs = 100;
/** A tenant lives for years, and each day of it is a partition. */
const daysAtOnce = 20;
const msPerDay = 86_400_000;

/** Everything of a tenant is found by keys and indexes alone; nothing is scanned for. */
export function createTenantEraser(db: Db): TenantEraser {
  return {
    nextOwner: (tenantId) => nextOwner(db, tenantId),
    files: (tenantId, owner) =>
      eraseListed(db, indexKeys.ownerFiles(tenantId, owner.id), (fileId) => eraseFile(db, tenantId, fileId)),
    folders: async (tenantId, owner) => {
      const budget = { left: maxPartitions };
      return eraseTree(db, tenantId, owner.id, '/', budget);
    },
    owner: async (tenantId, owner) => {
      await erasePartition(db, keys.userCounter(tenantId, owner.id).pk);
      await erase(
        db,
        owner.kind === 'user'
          ? [keys.user(tenantId, owner.id)]
          : [keys.clientTenant(owner.id), keys.client(tenantId, owner.id)],
      );
    },
    purgedFiles: async (tenantId) => {
      const { pk } = keys.purgedFile(tenantId, '');
      const traces = await query(db, { pk, limit: maxPartitions });
      for (const { sk } of traces.items) {
        await eraseFile(db, tenantId, sk.slice(sortKeyPrefix.purged.length));
        await erase(db, [{ pk, sk }]);
      }
      return !traces.more;
    },
    sharedContents: async (tenantId) => {
      const { pk } = keys.contentObject(tenantId, '');
      const { items, more } = await query(db, { pk, limit: maxContentItems });
      await erase(db, items);
      return !more;
    },
    jobs: (tenantId) =>
      eraseListed(db, indexKeys.tenantJobs(tenantId), (jobId) =>
        erasePartition(db, keys.job(tenantId, jobId).pk),
      ),
    events: async (tenantId, from, to) => {
      const days = daysBetween(from, to);
      for (let first = 0; first < days.length; first += daysAtOnce) {
        const some = days.slice(first, first + daysAtOnce);
        await Promise.all(some.map((day) => erasePartition(db, keys.tenantEvent(tenantId, day, '').pk)));
      }
      return true;
    },
    tenant: async (tenantId) => {
      const itself = keys.tenant(tenantId);
      const slots = fairLanes.map((lane) => keys.laneSlots(lane, tenantId));
      await erase(db, [keys.tenantGauge(tenantId), ...slots]);
      await erasePartition(db, itself.pk, (key) => key.sk !== itself.sk);
      await erase(db, [itself]);
    },
  };
}

async function nextOwner(db: Db, tenantId: string): Promise<Owner | undefined> {
  for (const kind of ['user', 'client'] as const) {
    const prefix = sortKeyPrefix[kind];
    const found = await query(db, { pk: keys.tenant(tenantId).pk, prefix, limit: 1 });
    const key = found.items[0];
    if (!key) continue;
    const id = key.sk.slice(prefix.length);
    const email = kind === 'user' ? (await getItem(db, key))?.email : undefined;
    return { kind, id, ...(typeof email === 'string' && email !== '' && { email }) };
  }
  return undefined;
}

/** Items that an index lists under their ids; the index follows within moments, so its last page is asked for again. */
async function eraseListed(
  db: Db,
  ownerPk: string,
  eraseOne: (id: string) => Promise<void>,
): Promise<boolean> {
  const { Items = [] } = await db.client.send(
    new QueryCommand({
      TableName: db.table,
      IndexName: indexes.byOwner.name,
      KeyConditionExpression: 'ownerPk = :owner',
      ExpressionAttributeValues: { ':owner': ownerPk },
      Limit: maxPartitions,
    }),
  );
  for (const { createdSk } of Items) await eraseOne(idIn(String(createdSk)));
  return Items.length === 0;
}

/** `createdSk` is a time and an id. */
const idIn = (createdSk: string): string => createdSk.slice(createdSk.indexOf('#') + 1);

/** The file with its versions, sessions, shares and timeline, its public pointer and where it is found by its look. */
async function eraseFile(db: Db, tenantId: string, fileId: string): Promise<void> {
  const itself = keys.file(tenantId, fileId);
  const noted = resemblanceKeys(tenantId, fileId, await getItem(db, itself));
  await erase(db, [keys.publicFile(fileId), keys.heldFile(tenantId, fileId), ...noted]);
  await erasePartition(db, itself.pk, (key) => key.sk !== itself.sk);
  const { Attributes } = await db.client.send(
    new DeleteCommand({ TableName: db.table, Key: itself, ReturnValues: 'ALL_OLD' }),
  );
  // A worker may have found out meanwhile what it looks like.
  if (noted.length === 0) await erase(db, resemblanceKeys(tenantId, fileId, Attributes));
}

const resemblanceKeys = (tenantId: string, fileId: string, file: Item | undefined): readonly ItemKey[] =>
  typeof file?.perceptualHash === 'string'
    ? bandsOf(file.perceptualHash).map(({ band, value }) => keys.resemblance(tenantId, band, value, fileId))
    : [];

/** Depth first, so that what is left can still be found from the root when this is interrupted. */
async function eraseTree(
  db: Db,
  tenantId: string,
  ownerId: string,
  path: string,
  budget: { left: number },
): Promise<boolean> {
  const inside = path === '/' ? path : `${path}/`;
  const childrenPk = keys.folder(tenantId, ownerId, `${inside}x`).pk;
  for (;;) {
    const { items } = await query(db, { pk: childrenPk, prefix: sortKeyPrefix.folder, limit: maxPartitions });
    if (items.length === 0) break;
    for (const { sk } of items) {
      const child = `${inside}${sk.slice(sortKeyPrefix.folder.length)}`;
      if (!(await eraseTree(db, tenantId, ownerId, child, budget))) return false;
    }
  }
  if (budget.left === 0) return false;
  budget.left -= 1;
  await erasePartition(db, keys.nameClaim(tenantId, ownerId, path, '').pk);
  await erase(db, [keys.folder(tenantId, ownerId, path)]);
  return true;
}

interface Found {
  readonly items: readonly ItemKey[];
  readonly more: boolean;
}

async function query(
  db: Db,
  { pk, prefix, limit }: { pk: string; prefix?: string; limit?: number },
): Promise<Found> {
  const { Items = [], LastEvaluatedKey } = await db.client.send(
    new QueryCommand({
      TableName: db.table,
      KeyConditionExpression: prefix === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
      ProjectionExpression: 'pk, sk',
      ExpressionAttributeValues: { ':pk': pk, ...(prefix !== undefined && { ':prefix': prefix }) },
      ConsistentRead: true,
      ...(limit !== undefined && { Limit: limit }),
    }),
  );
  return {
    items: Items.map(({ pk: p, sk }) => ({ pk: String(p), sk: String(sk) })),
    more: LastEvaluatedKey !== undefined,
  };
}

async function erasePartition(
  db: Db,
  pk: string,
  wanted: (key: ItemKey) => boolean = () => true,
): Promise<void> {
  for (;;) {
    const { items, more } = await query(db, { pk });
    await erase(db, items.filter(wanted));
    if (!more) return;
  }
}

async function erase(db: Db, all: readonly ItemKey[]): Promise<void> {
  for (let first = 0; first < all.length; first += batchMaxWrites) {
    const some = all.slice(first, first + batchMaxWrites);
    let left: BatchWriteCommandOutput['UnprocessedItems'] = {
      [db.table]: some.map((key) => ({ DeleteRequest: { Key: { ...key } as Item } })),
    };
    for (let round = 0; left?.[db.table]?.length; round += 1) {
      if (round === unprocessedMaxRounds) throw new Error('DynamoDB keeps leaving deletions unprocessed');
      if (round > 0) {
        const waitMs = Math.random() * unprocessedWaitMs * 2 ** round;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
      const answer: BatchWriteCommandOutput = await db.client.send(
        new BatchWriteCommand({ RequestItems: left }),
      );
      left = answer.UnprocessedItems;
    }
  }
}

/** ISO days, both included. */
function daysBetween(from: string, to: string): readonly string[] {
  const first = Date.parse(from.slice(0, 10));
  const last = Date.parse(to.slice(0, 10));
  const count = Math.max(0, Math.round((last - first) / msPerDay)) + 1;
  return Array.from({ length: count }, (_, index) => new Date(first + index * msPerDay).toISOString());
}
