import { PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { dueShards, indexes, indexKeys, keys, sortKeyPrefix } from '../../contract/table.ts';
import type { DomainEvent } from '../../core/files/event.ts';
import type { DueItem, SweepDeps } from '../../core/sweep/sweep.ts';
import type { Db } from './client.ts';
import { dueKeyPages } from './due-index.ts';
import { dueKeys, eventKey, eventOfItem, fileKey, fileOf, sessionOf } from './file-item.ts';
import { getItem, getItems, ifCondition } from './file-store.ts';
import { jobOf } from './job-store.ts';

type SweepStore = Pick<SweepDeps['store'], 'dueItems' | 'postponeFile' | 'markPublished' | 'saveLastSweep'>;

export function createSweepStore(db: Db, pageItems: number): SweepStore {
  return {
    dueItems: (now) => dueItems(db, now, pageItems),
    postponeFile: async (file, dueAt) => {
      const keysOfDue = dueKeys(file.fileId, dueAt);
      await ifCondition(() =>
        db.client.send(
          new UpdateCommand({
            TableName: db.table,
            Key: fileKey(file),
            UpdateExpression: 'SET duePk = :pk, dueSk = :sk, dueAt = :at, resends = :resends',
            ConditionExpression: 'revision = :revision AND uploadId = :uploadId',
            ExpressionAttributeValues: {
              ':pk': keysOfDue.duePk,
              ':sk': keysOfDue.dueSk,
              ':at': dueAt,
              ':resends': (file.resends ?? 0) + 1,
              ':revision': file.revision,
              ':uploadId': file.uploadId,
            },
          }),
        ),
      );
    },
    markPublished: (event) => markPublished(db, event),
    saveLastSweep: async (result) => {
      await db.client.send(new PutCommand({ TableName: db.table, Item: { ...keys.lastSweep(), ...result } }));
    },
  };
}

/** A published event leaves the index of what is due and stays in its file's timeline. */
export async function markPublished(db: Db, event: DomainEvent): Promise<void> {
  await ifCondition(() =>
    db.client.send(
      new UpdateCommand({
        TableName: db.table,
        Key: eventKey(event),
        UpdateExpression: 'REMOVE duePk, dueSk',
        ConditionExpression: 'attribute_exists(pk)',
      }),
    ),
  );
}

export async function lastSweep(db: Db): Promise<Record<string, unknown> | undefined> {
  return getItem(db, keys.lastSweep());
}

const rotateMs = 60_000;

/** Walks every shard once, up to what was due when the walk began; what is put off during it comes next time. */
async function* dueItems(db: Db, now: string, pageItems: number): AsyncGenerator<readonly DueItem[]> {
  // Another shard first each time: what keeps failing in one must not use up the time of the others for ever.
  const first = Math.floor(Date.parse(now) / rotateMs) % dueShards;
  for (let turn = 0; turn < dueShards; turn += 1) {
    const shard = (first + turn) % dueShards;
    for await (const found of dueKeyPages(db, indexKeys.due(shard), now, pageItems)) {
      const items = found.length > 0 ? await getItems(db, found) : [];
      yield items.flatMap((item) => dueItemOf(item, now));
    }
  }
}

/**
 * How many uploads are under way, over all tenants, eventually consistent; undefined when time ran out. Every open
 * session is due by `dueBy`, so the index of what is due knows them all, and the trash, which is due weeks from now,
 * is not read; only keys are.
 */
export async function countOpenSessions(
  db: Db,
  dueBy: string,
  outOfTime: () => boolean,
): Promise<number | undefined> {
  let count = 0;
  for (let shard = 0; shard < dueShards; shard += 1) {
    let start: Record<string, unknown> | undefined;
    do {
      if (outOfTime()) return undefined;
      const page = await db.client.send(
        new QueryCommand({
          TableName: db.table,
          IndexName: indexes.byDue.name,
          KeyConditionExpression: 'duePk = :shard AND dueSk <= :dueBy',
          FilterExpression: 'begins_with(sk, :session)',
          ExpressionAttributeValues: {
            ':shard': indexKeys.due(shard),
            ':dueBy': `${dueBy}#~`,
            ':session': sortKeyPrefix.session,
          },
          Select: 'COUNT',
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      count += page.Count ?? 0;
      start = page.LastEvaluatedKey;
    } while (start);
  }
  return count;
}

/** The index is read eventually: an item that is no longer due by now is left alone. */
function dueItemOf(item: Record<string, unknown>, now: string): readonly DueItem[] {
  if (typeof item.dueSk !== 'string' || item.dueSk > `${now}#~`) return [];
  if (item.kind === 'session') return [{ kind: 'session', session: sessionOf(item) }];
  if (item.kind === 'file') return [{ kind: 'file', file: fileOf(item) }];
  if (item.kind === 'job') return [{ kind: 'job', job: jobOf(item) }];
  return item.kind === 'event' ? [{ kind: 'event', event: eventOfItem(item) }] : [];
}
