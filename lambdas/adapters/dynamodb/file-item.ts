import { dueShards, indexKeys, keys, timeToLiveAttribute } from '../../contract/table.ts';
import type { FileEvent } from '../../core/files/event.ts';
import type { FileRecord } from '../../core/files/file.ts';
import { endedStatuses } from '../../core/files/status.ts';
import type { UploadSession } from '../../core/uploads/session.ts';

/**
 * Records and their items. An item is the record plus its keys; index keys are written only while the item
 * belongs in that index, so the indexes stay sparse.
 */
type Item = Record<string, unknown>;

const keyAttributes = [
  'pk',
  'sk',
  'ownerPk',
  'createdSk',
  'folderPk',
  'nameSk',
  'statusPk',
  'duePk',
  'dueSk',
  timeToLiveAttribute,
  'kind',
];

/** Spreads due items over the shards of the index; the same id always gets the same shard. */
export function dueKeys(id: string, dueAt: string): { duePk: string; dueSk: string } {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + character.charCodeAt(0)) % 65_521;
  return { duePk: indexKeys.due(hash % dueShards), dueSk: `${dueAt}#${id}` };
}

/** What a listing shows of a file beside the attributes that its index names one by one. */
const summaryFields = [
  'tenantId',
  'fileId',
  'filename',
  'originalName',
  'reason',
  'isPublic',
  'sensitivity',
  'checksum',
  'version',
  'media',
  'renditions',
  'createdAt',
] as const satisfies readonly (keyof FileRecord)[];

const inSummary = (name: string): boolean => (summaryFields as readonly string[]).includes(name);

/** Uploads that came to nothing are kept for as long as somebody may ask what became of them. */
const endedKeepSeconds = 90 * 86_400;

export const endedTimeToLive = (at: string): number => Math.floor(Date.parse(at) / 1000) + endedKeepSeconds;

export function fileItem(file: FileRecord): Item {
  const { tenantId, fileId, ownerId, createdAt } = file;
  const listed = file.status !== 'purged' && {
    ownerPk: indexKeys.ownerFiles(tenantId, ownerId),
    createdSk: indexKeys.created(createdAt, fileId),
    folderPk: indexKeys.folder(tenantId, ownerId, file.path),
    nameSk: indexKeys.name(file.filename, fileId),
    statusPk: indexKeys.status(tenantId, file.status),
  };
  return {
    ...keys.file(tenantId, fileId),
    kind: 'file',
    ...pick(file, (name) => !inSummary(name)),
    summary: pick(file, inSummary),
    ...listed,
    ...(file.dueAt && dueKeys(fileId, file.dueAt)),
    ...(endedStatuses.includes(file.status) && { [timeToLiveAttribute]: endedTimeToLive(file.updatedAt) }),
  };
}

export function sessionItem(session: UploadSession, dueAt: string): Item {
  const { tenantId, fileId, uploadId, ownerId, createdAt } = session;
  return {
    ...keys.session(tenantId, fileId, uploadId),
    kind: 'session',
    ...session,
    ownerPk: indexKeys.ownerOpenUploads(tenantId, ownerId),
    createdSk: indexKeys.created(createdAt, fileId),
    ...dueKeys(uploadId, dueAt),
  };
}

export const eventItem = (event: FileEvent, publishDueAt: string): Item => ({
  ...keys.event(event.tenantId, event.fileId, event.at, event.eventId),
  kind: 'event',
  ...event,
  ...dueKeys(event.eventId, publishDueAt),
});

const pick = (item: object, wanted: (name: string) => boolean): Item =>
  Object.fromEntries(Object.entries(item).filter(([name]) => wanted(name)));

const record = (item: Item): Item => pick(item, (name) => !keyAttributes.includes(name));

/** From the table an item is the whole record; from an index it is what a listing shows. */
export function fileOf(item: Item): FileRecord {
  const { summary, ...rest } = record(item);
  return { ...rest, ...(summary as object) } as unknown as FileRecord;
}

export const sessionOf = (item: Item): UploadSession => {
  const { dueAt: _, ...session } = record(item);
  return session as unknown as UploadSession;
};
export const eventOfItem = (item: Item): FileEvent => record(item) as unknown as FileEvent;
