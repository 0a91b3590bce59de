import type { InitiateBody, InitiateResponse } from '../support/api.ts';
import { MiB, octets, put, randomBytesOf, sliceOf } from '../support/uploads.ts';
import type { Ledger, MeasuredApi } from './ledger.ts';
import type { Random } from './random.ts';

/** One user at work: what it knows of its files, and the means to work on them. */
export interface Actor {
  readonly api: MeasuredApi;
  readonly ledger: Ledger;
  readonly random: Random;
  /** Ids of files that the user brought, the latest `maxFilesKnown` of them. */
  readonly files: string[];
  /** Of those, the ones that the user put into the trash. */
  readonly trash: string[];
  /** Names by which contents are replaced. */
  readonly names: string[];
  readonly colleagues: readonly string[];
  readonly pictures: readonly Buffer[];
}

const maxFilesKnown = 150;
const maxNamesKnown = 6;
export const folders = ['/', '/a', '/a/b', '/a/b/c', '/photos', '/photos/2026', '/work'];

/** Two parts: the smallest upload that is a multipart one. */
const multipartBytes = 6 * MiB;
const largestSingleBytes = 200_000;
const bytes = randomBytesOf(multipartBytes);

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const known = (list: string[], value: string, max: number): void => {
  list.push(value);
  if (list.length > max) list.shift();
};

async function send(
  { ledger }: Actor,
  part: InitiateResponse['parts'][number],
  content: Buffer,
): Promise<string | undefined> {
  const startedAt = performance.now();
  const { status, etag, body } = await put(part, content);
  const code = /<Code>(\w+)<\/Code>/.exec(body)?.[1];
  ledger.note('PUT to S3', performance.now() - startedAt, {
    ...{ status, detail: body.slice(0, 200) },
    ...(code !== undefined && { code }),
  });
  return status === 200 ? etag : undefined;
}

async function initiate(actor: Actor, request: InitiateBody): Promise<InitiateResponse | undefined> {
  const answer = await actor.api.initiate(request);
  return answer.status === 201 ? answer.body : undefined;
}

/** The whole way of an upload; `hesitateMs` between its steps, for clients that are killed somewhere on it. */
async function upload(actor: Actor, request: InitiateBody, content: Buffer, hesitateMs = 0): Promise<void> {
  const started = await initiate(actor, { ...request, size: content.length });
  if (!started) return;
  known(actor.files, started.fileId, maxFilesKnown);
  const parts = [];
  for (const part of started.parts) {
    if (hesitateMs > 0) await pause(actor.random.between(0, hesitateMs));
    const etag = await send(actor, part, sliceOf(content, started, part.partNumber));
    if (etag === undefined) return;
    parts.push({ partNumber: part.partNumber, etag });
  }
  if (started.totalParts === 1) return;
  if (hesitateMs > 0) await pause(actor.random.between(0, hesitateMs));
  await actor.api.complete(started.fileId, parts);
}

const somewhere = (actor: Actor): string => actor.random.pick(folders) ?? '/';
const anyBytes = ({ random }: Actor): Buffer => bytes.subarray(0, random.between(0, largestSingleBytes));

export const uploads = {
  small: (actor: Actor, hesitateMs?: number) =>
    upload(
      actor,
      octets(0, { path: somewhere(actor), isPublic: actor.random.next() < 0.2 }),
      anyBytes(actor),
      hesitateMs,
    ),
  picture: (actor: Actor, hesitateMs?: number) => {
    const request = { ...octets(0, { path: somewhere(actor) }), mimeType: 'image/jpeg' };
    return upload(actor, request, actor.random.pick(actor.pictures) as Buffer, hesitateMs);
  },
  multipart: (actor: Actor, hesitateMs?: number) =>
    upload(actor, octets(0, { path: somewhere(actor) }), bytes, hesitateMs),
  /** Of a type that it says it is not: inspection refuses it. */
  lying: (actor: Actor) => upload(actor, { ...octets(0), mimeType: 'image/png' }, bytes.subarray(0, 5_000)),
  /** Brings a name into use, then other content under it. */
  replacing: (actor: Actor, hesitateMs?: number) => {
    if (actor.names.length < maxNamesKnown)
      known(actor.names, `named-${actor.random.between(1, 1e9)}.bin`, maxNamesKnown);
    const filename = actor.random.pick(actor.names) as string;
    return upload(actor, octets(0, { filename, onConflict: 'replace' }), anyBytes(actor), hesitateMs);
  },
  aborted: async (actor: Actor) => {
    const started = await initiate(actor, octets(multipartBytes));
    if (!started) return;
    const [first] = started.parts;
    if (first && actor.random.next() < 0.5) await send(actor, first, sliceOf(bytes, started, 1));
    await actor.api.abort(started.fileId);
  },
  /** Begun and forgotten, with or without a part of its bytes. */
  abandoned: async (actor: Actor) => {
    const started = await initiate(actor, octets(actor.random.next() < 0.5 ? multipartBytes : 1_000));
    const [first] = started?.parts ?? [];
    if (started && first && started.totalParts > 1) await send(actor, first, sliceOf(bytes, started, 1));
    if (started && actor.random.next() < 0.3) await actor.api.heartbeat(started.fileId);
  },
} as const;

const aFile = (actor: Actor): string | undefined => actor.random.pick(actor.files);

type Act = (actor: Actor, fileId: string) => Promise<unknown>;

/** What is done with a file that the user once brought; whether it still can be is for the API to say. */
const onFiles: Record<string, Act> = {
  get: ({ api }, id) => api.file(id),
  timeline: ({ api }, id) => api.timeline(id),
  versions: ({ api }, id) => api.versions(id),
  restoreVersion: ({ api }, id) => api.restoreVersion(id, 1),
  move: (actor, id) => actor.api.changeFile(id, 'move', { newPath: somewhere(actor) }),
  rename: ({ api, random }, id) =>
    api.changeFile(id, 'rename', { newFilename: `renamed-${random.between(1, 1e9)}.bin` }),
  tag: ({ api, random }, id) => api.changeFile(id, 'tags', { tags: [`t${random.between(1, 5)}`] }),
  metadata: ({ api, random }, id) =>
    api.changeFile(id, 'metadata', { metadata: { batch: String(random.between(1, 9)) } }),
  visibility: ({ api, random }, id) => api.changeFile(id, 'visibility', { isPublic: random.next() < 0.5 }),
  download: async ({ api }, id) => {
    const answer = await api.downloadUrl(id);
    if (answer.status === 200) await (await fetch(answer.body.url)).arrayBuffer();
  },
  share: ({ api, random, colleagues }, id) => api.share(id, random.pick(colleagues) as string),
  endShare: ({ api, random, colleagues }, id) => api.endShare(id, random.pick(colleagues) as string),
  softDelete: async (actor, id) => {
    if ((await actor.api.deleteFile(id, {})).status === 204) known(actor.trash, id, maxFilesKnown);
  },
  hardDelete: ({ api }, id) => api.deleteFile(id, { hard: true }),
  restore: ({ api, trash }, id) => api.restoreFile(trash.pop() ?? id, { onConflict: 'rename' }),
  bulkTag: (actor, id) =>
    actor.api.bulk({ action: 'tag', fileIds: [id, ...actor.files.slice(-5)], params: { tags: ['bulk'] } }),
};

const onFolders: Record<string, (actor: Actor) => Promise<unknown>> = {
  list: (actor) =>
    actor.api.files({ limit: 50, ...(actor.random.next() < 0.5 && { path: somewhere(actor) }) }),
  listFolders: (actor) => actor.api.folders({ path: somewhere(actor) }),
  createFolder: (actor) => actor.api.createFolder(`/work/f${actor.random.between(1, 40)}`),
  moveFolder: (actor) =>
    actor.api.moveFolder({
      path: `/work/f${actor.random.between(1, 40)}`,
      newPath: `/a/f${actor.random.between(1, 40)}`,
    }),
  deleteFolder: (actor) => actor.api.deleteFolder({ path: `/a/f${actor.random.between(1, 40)}` }),
  deletePhotos: (actor) => actor.api.deleteFolder({ path: '/photos/2026' }),
  quota: ({ api }) => api.quota(),
  unfinished: ({ api }) => api.uploads(),
};

/** How often each is done, of the sum of all. */
const weights = {
  ...{ small: 20, picture: 6, multipart: 2, lying: 1, replacing: 8, aborted: 3, abandoned: 2 },
  ...{ get: 6, timeline: 2, versions: 1, restoreVersion: 2, move: 7, rename: 5, tag: 4, metadata: 3 },
  ...{
    visibility: 3,
    download: 4,
    share: 2,
    endShare: 1,
    softDelete: 7,
    hardDelete: 5,
    restore: 5,
    bulkTag: 1,
  },
  ...{ list: 8, listFolders: 2, createFolder: 2, moveFolder: 0.5, deleteFolder: 0.5, deletePhotos: 0.2 },
  ...{ quota: 2, unfinished: 1 },
} as const;

/** Does one thing or another until `done`, no faster than `everyMs`, which keeps a user below its rate. */
export async function work(actor: Actor, done: () => boolean, everyMs: number): Promise<void> {
  while (!done()) {
    const startedAt = performance.now();
    const what = actor.random.weighted(weights);
    try {
      await act(actor, what);
    } catch (error) {
      actor.ledger.failed(what, error);
    }
    await pause(Math.max(0, everyMs - (performance.now() - startedAt)));
  }
}

async function act(actor: Actor, what: keyof typeof weights): Promise<void> {
  if (what in uploads) return uploads[what as keyof typeof uploads](actor);
  const onFile = onFiles[what];
  if (!onFile) {
    await onFolders[what]?.(actor);
    return;
  }
  const fileId = aFile(actor);
  if (fileId !== undefined) await onFile(actor, fileId);
}
