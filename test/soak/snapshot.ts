import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { contentOfItem, eventOfItem, fileOf, versionOf } from '../../lambdas/adapters/dynamodb/file-item.ts';
import { numbersOfItem } from '../../lambdas/adapters/dynamodb/metric-item.ts';
import type { ItemKey } from '../../lambdas/contract/table.ts';
import type { FileRecord, FileVersion } from '../../lambdas/core/files/file.ts';
import type { SharedContent } from '../../lambdas/core/files/shared-content.ts';
import {
  addNumbers,
  type CountName,
  type Numbers,
  noNumbers,
  numbersOf,
} from '../../lambdas/core/metrics/numbers.ts';
import type { Engine } from '../support/engine.ts';

type Item = Record<string, unknown>;

/** What the proof needs of one tenant's events, so that none of them is kept. */
export interface EventSums {
  readonly ids: Set<string>;
  readonly types: Map<string, number>;
  numbers: Numbers;
  unpublished: number;
}

/** The table as it is, read by a Scan, which nothing but a test may do. */
export interface Snapshot {
  readonly files: Map<string, FileRecord>;
  readonly replacements: FileRecord[];
  readonly versions: FileVersion[];
  /** Bytes that files of a tenant may share. */
  readonly contents: SharedContent[];
  readonly sessions: { tenantId: string; phase: string; key: ItemKey }[];
  readonly events: Map<string, EventSums>;
  /** Ids of the events that have an audit record, by tenant. */
  readonly audited: Map<string, Set<string>>;
  /** What the hourly windows of a tenant add up to. */
  readonly windows: Map<string, Numbers>;
  /** By the key of the counter. */
  readonly counters: Map<string, Item>;
  readonly names: { pk: string; fileId: string; path: string; filename: string }[];
  readonly unfinishedJobs: string[];
  items: number;
}

export const eventsOf = (snapshot: Snapshot, tenantId: string): EventSums => {
  const known = snapshot.events.get(tenantId);
  if (known) return known;
  const made = {
    ids: new Set<string>(),
    types: new Map<string, number>(),
    numbers: noNumbers,
    unpublished: 0,
  };
  snapshot.events.set(tenantId, made);
  return made;
};

export async function takeSnapshot({ db, stack }: Engine): Promise<Snapshot> {
  const snapshot: Snapshot = {
    files: new Map(),
    replacements: [],
    versions: [],
    contents: [],
    sessions: [],
    events: new Map(),
    audited: new Map(),
    windows: new Map(),
    counters: new Map(),
    names: [],
    unfinishedJobs: [],
    items: 0,
  };
  let start: Item | undefined;
  do {
    const page = await db.send(
      new ScanCommand({
        TableName: stack.tableName,
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of page.Items ?? []) add(snapshot, item);
    start = page.LastEvaluatedKey;
  } while (start);
  return snapshot;
}

function add(snapshot: Snapshot, item: Item): void {
  snapshot.items += 1;
  const key = { pk: String(item.pk), sk: String(item.sk) };
  const tenantId = String(item.tenantId);
  switch (item.kind) {
    case 'file': {
      const file = fileOf(item);
      if (file.isReplacement) snapshot.replacements.push(file);
      else snapshot.files.set(file.fileId, file);
      return;
    }
    case 'version':
      snapshot.versions.push(versionOf(item));
      return;
    case 'content':
      snapshot.contents.push(contentOfItem(item));
      return;
    case 'session':
      snapshot.sessions.push({ tenantId, phase: String(item.phase), key });
      return;
    case 'event':
      addEvent(eventsOf(snapshot, tenantId), item);
      return;
    case 'auditRecord': {
      const ids = snapshot.audited.get(tenantId) ?? new Set();
      snapshot.audited.set(tenantId, ids.add(String(item.recordId)));
      return;
    }
    case 'name':
      snapshot.names.push({
        pk: key.pk,
        ...{ fileId: String(item.fileId), path: String(item.path), filename: String(item.filename) },
      });
      return;
    case 'job':
      if (item.status !== 'done' && item.status !== 'failed')
        snapshot.unfinishedJobs.push(String(item.jobId));
      return;
    default:
      addCounts(snapshot, item, key);
  }
}

function addEvent(sums: EventSums, item: Item): void {
  const event = eventOfItem(item);
  sums.ids.add(event.eventId);
  sums.types.set(event.type, (sums.types.get(event.type) ?? 0) + 1);
  const numbers = numbersOf(event);
  if (numbers) sums.numbers = addNumbers([sums.numbers, numbers]);
  if (item.duePk !== undefined) sums.unpublished += 1;
}

const hourWindow = /^METRICS#\d{4}-\d{2}-\d{2}T\d{2}$/;
const tenantRow = /^TENANT#([^#]+)$/;

function addCounts(snapshot: Snapshot, item: Item, { pk, sk }: ItemKey): void {
  if (sk === 'COUNTER') snapshot.counters.set(pk, item);
  const tenantId = hourWindow.test(pk) ? tenantRow.exec(sk)?.[1] : undefined;
  if (tenantId === undefined) return;
  const sum = snapshot.windows.get(tenantId) ?? noNumbers;
  snapshot.windows.set(tenantId, addNumbers([sum, numbersOfItem(item)]));
}

/** The counts of `names` in which two sums differ. */
export const differingCounts = (
  one: Numbers,
  other: Numbers,
  names: readonly CountName[],
): readonly CountName[] => names.filter((name) => (one.counts[name] ?? 0) !== (other.counts[name] ?? 0));
