import { dueShards, type ItemKey, indexKeys, keys, timeToLiveAttribute } from '../../contract/table.ts';
import type { DomainEvent } from '../../core/files/event.ts';
import type { FileRecord, FileVersion } from '../../core/files/file.ts';
import type { SharedContent } from '../../core/files/shared-content.ts';
import { endedStatuses } from '../../core/files/status.ts';
import type { Share } from '../../core/tenancy/access.ts';
import type { UploadSession } from '../../core/uploads/session.ts';
import { transcodedNames } from '../../core/video/transcoded-renditions.ts';
import { shardOf } from './due-index.ts';

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
  'updatedSk',
  'sizeSk',
  'duePk',
  'dueSk',
  timeToLiveAttribute,
  'kind',
];

export const dueKeys = (id: string, dueAt: string): { duePk: string; dueSk: string } => ({
  duePk: indexKeys.due(shardOf(id, dueShards)),
  dueSk: `${dueAt}#${id}`,
});

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
  'category',
  'renditions',
  'createdAt',
  'deletedAt',
  'purgeAt',
  'legalHold',
] as const satisfies readonly (keyof FileRecord)[];

const inSummary = (name: string): boolean => (summaryFields as readonly string[]).includes(name);

/** Uploads that came to nothing are kept for as long as somebody may ask what became of them. */
const endedKeepSeconds = 90 * 86_400;

export const endedTimeToLive = (at: string): number => Math.floor(Date.parse(at) / 1000) + endedKeepSeconds;

/** A replacement lies beside the file that it is to replace. */
export const fileKey = ({ tenantId, fileId, isReplacement }: FileRecord): ItemKey =>
  isReplacement ? keys.replacement(tenantId, fileId) : keys.file(tenantId, fileId);

export const contentOfItem = (item: Item): SharedContent => record(item) as unknown as SharedContent;

export const versionItem = (version: FileVersion): Item => ({
  ...keys.version(version.tenantId, version.fileId, version.version),
  kind: 'version',
  ...version,
});

export const versionOf = (item: Item): FileVersion => record(item) as unknown as FileVersion;

/** Found by its file, and, through the index, by the user whom the file is shared with. */
export const shareItem = (share: Share): Item => ({
  ...keys.share(share.tenantId, share.fileId, share.userId),
  kind: 'share',
  ...share,
  ownerPk: indexKeys.sharedWith(share.tenantId, share.userId),
  createdSk: indexKeys.created(share.createdAt, share.fileId),
});

export const shareOf = (item: Item): Share => record(item) as unknown as Share;

export function fileItem(file: FileRecord): Item {
  const { tenantId, fileId, ownerId, createdAt } = file;
  const listed = file.status !== 'purged' &&
    !file.isReplacement && {
      ownerPk: indexKeys.ownerFiles(tenantId, ownerId),
      createdSk: indexKeys.created(createdAt, fileId),
      // A folder does not show its trash.
      ...(file.status !== 'deleted' && {
        folderPk: indexKeys.folder(tenantId, ownerId, file.path),
        nameSk: indexKeys.name(file.filename, fileId),
      }),
      statusPk: indexKeys.status(tenantId, file.status),
      updatedSk: indexKeys.updated(file.updatedAt, fileId),
      sizeSk: indexKeys.size(file.size, fileId),
    };
  return {
    ...fileKey(file),
    kind: 'file',
    ...pick(file, (name) => !inSummary(name)),
    ...renditionsOf(file),
    ...listed,
    ...(file.dueAt && dueKeys(fileId, file.dueAt)),
    // What had content once has a past that nobody forgets by itself, and so has what is under legal hold.
    ...(endedStatuses.includes(file.status) &&
      !file.storedAt &&
      !file.legalHold && { [timeToLiveAttribute]: endedTimeToLive(file.updatedAt) }),
  };
}

/** What somebody asked for may be many, and what an encoder made are nine: both stay out of the listings' summary. */
function renditionsOf(file: FileRecord): Item {
  const isBeside = (name: string): boolean =>
    file.renditions[name]?.onDemand === true || transcodedNames.has(name);
  const [asked, ofAll] = [true, false].map((wanted) =>
    pick(file.renditions, (name) => isBeside(name) === wanted),
  );
  return {
    summary: { ...pick(file, inSummary), renditions: ofAll },
    ...(Object.keys(asked ?? {}).length > 0 && { askedRenditions: asked }),
  };
}

export function sessionItem(session: UploadSession, dueAt: string): Item {
  const { tenantId, fileId, uploadId, ownerId, createdAt } = session;
  return {
    ...keys.session(tenantId, fileId, uploadId),
    kind: 'session',
    ...session,
    ownerPk: indexKeys.ownerOpenUploads(tenantId, ownerId),
    statusPk: indexKeys.tenantOpenUploads(tenantId),
    createdSk: indexKeys.created(createdAt, fileId),
    ...dueKeys(uploadId, dueAt),
  };
}

/** Access is no line of a file's timeline, however much it concerns that file. */
export const eventKey = ({ type, tenantId, fileId, at, eventId }: DomainEvent): ItemKey =>
  fileId === undefined || type.startsWith('access.')
    ? keys.tenantEvent(tenantId, at, eventId)
    : keys.event(tenantId, fileId, at, eventId);

export const eventItem = (event: DomainEvent, publishDueAt: string): Item => ({
  ...eventKey(event),
  kind: 'event',
  ...event,
  ...dueKeys(event.eventId, publishDueAt),
});

const pick = (item: object, wanted: (name: string) => boolean): Item =>
  Object.fromEntries(Object.entries(item).filter(([name]) => wanted(name)));

/** What is left of an item without its keys. */
export const record = (item: Item): Item => pick(item, (name) => !keyAttributes.includes(name));

/** From the table an item is the whole record; from an index it is what a listing shows. */
export function fileOf(item: Item): FileRecord {
  const { summary, askedRenditions, ...rest } = record(item);
  const whole = { ...rest, ...(summary as object) } as unknown as FileRecord;
  return askedRenditions ? { ...whole, renditions: { ...whole.renditions, ...askedRenditions } } : whole;
}

export const sessionOf = (item: Item): UploadSession => {
  const { dueAt: _, ...session } = record(item);
  return session as unknown as UploadSession;
};
export const eventOfItem = <E extends DomainEvent = DomainEvent>(item: Item): E =>
  record(item) as unknown as E;
