import { derivedFolders, derivedPrefix } from '../../lambdas/contract/storage-keys.ts';
import { keys } from '../../lambdas/contract/table.ts';
import { accounted } from '../../lambdas/core/files/change.ts';
import type { FileRecord } from '../../lambdas/core/files/file.ts';
import { holds } from '../../lambdas/core/files/shared-content.ts';
import { holdsName } from '../../lambdas/core/files/status.ts';
import { countNames } from '../../lambdas/core/metrics/numbers.ts';
import { addUsage, driftOf, noUsage } from '../../lambdas/core/quota/drift.ts';
import type { Engine } from '../support/engine.ts';
import type { TestTenant } from '../support/tenants.ts';
import { multipartUploadsOf, versionsOf } from '../support/uploads.ts';
import { messagesIn, pendingOf } from './settle.ts';
import { differingCounts, eventsOf, type Snapshot } from './snapshot.ts';

export interface Check {
  readonly name: string;
  /** How much was looked at. */
  readonly looked: number;
  readonly misses: readonly string[];
}

const check = (name: string, looked: number, misses: readonly string[]): Check => ({ name, looked, misses });

const missing = <T>(wanted: Iterable<T>, there: { has(value: T): boolean }): T[] =>
  [...wanted].filter((value) => !there.has(value));

/** Everything that must hold once all is at rest, each found out without the code that brought it about. */
export async function prove(
  engine: Engine,
  snapshot: Snapshot,
  tenants: readonly TestTenant[],
): Promise<readonly Check[]> {
  const pending = Object.entries(pendingOf(snapshot)).filter(([, count]) => count > 0);
  const perTenant = tenants.flatMap((tenant) => [
    counters(snapshot, tenant),
    audit(snapshot, tenant),
    windows(snapshot, tenant),
    endings(snapshot, tenant),
    names(snapshot, tenant),
    sharing(snapshot, tenant),
  ]);
  const objects: Check[] = [];
  for (const { tenantId } of tenants) objects.push(...(await objectsOf(engine, snapshot, tenantId)));
  const dead = await Promise.all(
    Object.entries(engine.stack.deadLetterQueues).map(async ([name, url]) => ({
      name,
      count: await messagesIn(engine, url),
    })),
  );
  return merged([
    check(
      'everything came to rest',
      snapshot.items,
      pending.map(([what, count]) => `${count} ${what}`),
    ),
    ...perTenant,
    ...objects,
    check(
      'dead-letter queues are empty',
      dead.length,
      dead.filter(({ count }) => count > 0).map(({ name, count }) => `${name}: ${count}`),
    ),
  ]);
}

/** One line for each kind of check, over all tenants. */
function merged(checks: readonly Check[]): readonly Check[] {
  const byName = new Map<string, Check>();
  for (const { name, looked, misses } of checks) {
    const sum = byName.get(name);
    byName.set(name, check(name, looked + (sum?.looked ?? 0), [...(sum?.misses ?? []), ...misses]));
  }
  return [...byName.values()];
}

const recordsOf = (snapshot: Snapshot, tenantId: string): FileRecord[] =>
  [...snapshot.files.values(), ...snapshot.replacements].filter((file) => file.tenantId === tenantId);

/** A recount of its own: it shares no code with reconciliation but what a single record counts for. */
function counters(snapshot: Snapshot, { tenantId, users }: TestTenant): Check {
  const kept = new Map<string, number>();
  for (const { fileId, size } of snapshot.versions) kept.set(fileId, (kept.get(fileId) ?? 0) + size);
  const records = recordsOf(snapshot, tenantId);
  const misses: string[] = [];
  let whole = noUsage;
  for (const { userId } of users) {
    const own = records
      .filter(({ ownerId }) => ownerId === userId)
      .map((file) =>
        accounted({ ...file, versionsBytes: file.accounting === 'none' ? 0 : (kept.get(file.fileId) ?? 0) }),
      );
    const actual = own.reduce(addUsage, noUsage);
    whole = addUsage(whole, actual);
    const counter = { ...noUsage, ...snapshot.counters.get(keys.userCounter(tenantId, userId).pk) };
    for (const drift of driftOf(counter, actual)) misses.push(`user ${userId}: ${JSON.stringify(drift)}`);
  }
  const counter = { ...noUsage, ...snapshot.counters.get(keys.tenantCounter(tenantId).pk) };
  const unpaid = snapshot.contents
    .filter((content) => content.tenantId === tenantId)
    .reduce((sum, content) => sum + content.size * content.unpaid, 0);
  const ofTenant = { ...whole, committedBytes: whole.committedBytes - unpaid };
  for (const drift of driftOf(counter, ofTenant)) misses.push(`tenant ${tenantId}: ${JSON.stringify(drift)}`);
  return check('counters are the sum of what is stored', records.length, misses);
}

/** Who shares bytes with others knows it, and so do the bytes. */
function sharing(snapshot: Snapshot, { tenantId }: TestTenant): Check {
  const records = recordsOf(snapshot, tenantId);
  const contents = snapshot.contents.filter((content) => content.tenantId === tenantId);
  const misses = contents.flatMap((content) => {
    const holders = records.filter((file) => holds(file, content)).length;
    const counted = content.paid + content.unpaid;
    return holders === counted ? [] : [`${content.location.key}: ${counted} counted, ${holders} have it`];
  });
  const shared = new Set(contents.map(({ location }) => location.versionId));
  const held = records.flatMap(({ holdings = [] }) => holdings.map(({ location }) => location.versionId));
  return check('every content that files share has those files, and no other', contents.length, [
    ...misses,
    ...missing(held, shared).map((id) => `held and not there: ${id}`),
  ]);
}

function audit(snapshot: Snapshot, { tenantId }: TestTenant): Check {
  const { ids } = eventsOf(snapshot, tenantId);
  const audited = snapshot.audited.get(tenantId) ?? new Set<string>();
  return check('every event has its audit record, and no other', ids.size, [
    ...missing(ids, audited).map((id) => `event ${id} has no record`),
    ...missing(audited, ids).map((id) => `record ${id} has no event`),
  ]);
}

function windows(snapshot: Snapshot, { tenantId }: TestTenant): Check {
  const { numbers } = eventsOf(snapshot, tenantId);
  const counted = snapshot.windows.get(tenantId) ?? { counts: {}, uploadTimes: {}, processingTimes: {} };
  const differing = differingCounts(numbers, counted, countNames).map(
    (name) =>
      `${tenantId} ${name}: events ${numbers.counts[name] ?? 0}, windows ${counted.counts[name] ?? 0}`,
  );
  const histograms = (['uploadTimes', 'processingTimes'] as const).filter(
    (name) => JSON.stringify(sorted(numbers[name])) !== JSON.stringify(sorted(counted[name])),
  );
  const looked = countNames.length + histograms.length;
  return check('the metric windows are the sum of the events', looked, [
    ...differing,
    ...histograms.map((name) => `${tenantId}: ${name} differ`),
  ]);
}

const sorted = (histogram: object): [string, unknown][] =>
  Object.entries(histogram).sort(([one], [other]) => one.localeCompare(other));

/** Each upload that began has exactly one end. */
function endings(snapshot: Snapshot, { tenantId }: TestTenant): Check {
  const { types } = eventsOf(snapshot, tenantId);
  const count = (type: string): number => types.get(type) ?? 0;
  const begun = count('file.initiated');
  const ended = count('file.uploaded') + count('file.aborted') + count('file.expired');
  const sessions = snapshot.sessions.filter((session) => session.tenantId === tenantId).length;
  return check('each upload has one session and one end in the timelines', begun, [
    ...(begun === ended ? [] : [`${tenantId}: ${begun} began, ${ended} ended`]),
    ...(begun === sessions ? [] : [`${tenantId}: ${begun} began, ${sessions} sessions`]),
  ]);
}

function names(snapshot: Snapshot, { tenantId }: TestTenant): Check {
  const place = (pk: string, filename: string, fileId: string): string => `${pk} ${filename} ${fileId}`;
  const claimed = new Set(
    snapshot.names
      .filter(({ pk }) => pk.startsWith(`${keys.tenant(tenantId).pk}#`))
      .map(({ pk, filename, fileId }) => place(pk, filename, fileId)),
  );
  const held = new Set(
    recordsOf(snapshot, tenantId)
      .filter((file) => !file.isReplacement && holdsName(file.status))
      .map(({ ownerId, path, filename, fileId }) =>
        place(keys.nameClaim(tenantId, ownerId, path, filename).pk, filename, fileId),
      ),
  );
  return check('every name belongs to one file, and every file has its name', held.size, [
    ...missing(held, claimed).map((name) => `not claimed: ${name}`),
    ...missing(claimed, held).map((name) => `claimed for nobody: ${name}`),
  ]);
}

async function objectsOf(engine: Engine, snapshot: Snapshot, tenantId: string): Promise<Check[]> {
  const records = recordsOf(snapshot, tenantId).filter(({ status }) => status !== 'purged');
  const living = new Set(records.map(({ fileId }) => fileId));
  const versions = snapshot.versions.filter(({ fileId }) => living.has(fileId));
  const intake = [
    ...(await versionsOf(engine, 'intake', tenantId)),
    ...(await multipartUploadsOf(engine, tenantId)),
  ];
  const library = new Set(await versionsOf(engine, 'library', tenantId));
  const wanted = new Set([
    ...records.flatMap((file) => (file.accounting === 'used' && file.libraryKey ? [file.libraryKey] : [])),
    ...versions.map(({ libraryKey }) => libraryKey),
  ]);
  const derived = new Set(await versionsOf(engine, 'derived', tenantId));
  const renditions = [...records, ...versions].flatMap((content) =>
    Object.values(content.renditions).flatMap(({ key }) => (key ? [key] : [])),
  );
  const prefixes = new Set(
    records.flatMap((file) => derivedFolders.map((folder) => derivedPrefix(file, folder))),
  );
  const strays = [...derived].filter((key) => !prefixes.has(`${key.split('/').slice(0, 4).join('/')}/`));
  return [
    check(
      'nothing is left in intake',
      records.length,
      intake.map((key) => `intake: ${key}`),
    ),
    check(
      'every object of the library belongs to one content, and every content has its object',
      wanted.size,
      [
        ...missing(wanted, library).map((key) => `no object: ${key}`),
        ...missing(library, wanted).map((key) => `belongs to nothing: ${key}`),
      ],
    ),
    check('every rendition has its object, and every derived object its file', renditions.length, [
      ...missing(renditions, derived).map((key) => `no object: ${key}`),
      ...strays.map((key) => `belongs to nothing: ${key}`),
    ]),
  ];
}
