import { mediaKind } from '../content/mime-types.ts';
import { errors } from '../errors.ts';
import { whyNotYet } from '../files/download.ts';
import type { FileRecord } from '../files/file.ts';
import { extensionOf } from '../files/names.ts';
import { availableStatuses, pendingStatuses } from '../files/status.ts';
import type { DownloadSigner } from '../ports.ts';
import { outputNames, type StreamPackage } from './encoded.ts';
import { masterPlaylist, mediaPlaylist, streamDuration, thumbnailTrack } from './playlists.ts';

export const masterName = 'master.m3u8';
const thumbnailsName = 'thumbnails.vtt';
const mediaExtension = '.m3u8';
/** Name of the rendition. */
const streamRendition = 'stream';

const playlistType = 'application/vnd.apple.mpegurl';
const thumbnailsType = 'text/vtt; charset=utf-8';

export interface StreamDeps {
  readonly packages: { read(key: string): Promise<StreamPackage> };
  readonly signer: DownloadSigner;
  /** Life of the URLs that a playlist lists. */
  readonly urlSeconds: number;
  /** Where the edge serves the derived bucket. */
  readonly cookies?: MediaCookies | undefined;
  readonly now: () => string;
}

export interface MediaCookies {
  /**
   * Cookies that open what lies below `path` of the edge's own origin, for so long.
   * @returns values of Set-Cookie
   */
  sign(request: {
    readonly path: string;
    readonly seconds: number;
    readonly now: string;
  }): Promise<readonly string[]>;
}

export interface Playlist {
  readonly mimeType: string;
  readonly text: string;
  readonly cookies?: readonly string[];
}

/** By whom, or for whom, a playlist is loaded. */
export interface PlaylistRequest {
  readonly name: string;
  /** What leads from the master playlist to the others. */
  readonly query: string;
  /** The player is in a page of the edge's origin, so that cookies reach it and go with what it loads. */
  readonly sameOrigin: boolean;
}

/** Signed bytes say so themselves: they never change under their key. */
const cacheControl = 'private, max-age=31536000, immutable';

/**
 * A playlist of the file's stream, for somebody who may read the file. The master playlist leads to the others by relative
 * URLs with the same `query`; those list the objects of the derived bucket by URLs that are signed now, or, with cookies, by
 * their paths.
 * @throws upload_state_conflict, type_not_allowed, not_found (no such playlist)
 */
export async function streamPlaylist(
  deps: StreamDeps,
  file: FileRecord,
  { name, query, sameOrigin }: PlaylistRequest,
): Promise<Playlist> {
  const key = streamKeyOf(file);
  const stream = await deps.packages.read(key);
  if (name === masterName) {
    const text = masterPlaylist(stream, (track) => `${track.name}${mediaExtension}?${query}`);
    return { mimeType: playlistType, text };
  }
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  // CloudFront reads what lies under the stage's keys, and none of the tenants' own.
  const signer = sameOrigin && file.encryptionKey === undefined ? deps.cookies : undefined;
  const urlOf: UrlOf = async (output, mimeType) =>
    signer ? `/${folder}${output}` : signOutput(deps, file, `${folder}${output}`, mimeType);
  const playlist = await signedPlaylist(stream, name, urlOf);
  if (!signer) return playlist;
  // As long as it takes to watch it, and to pause in between.
  const seconds = Math.ceil(streamDuration(stream)) + deps.urlSeconds;
  return { ...playlist, cookies: await signer.sign({ path: `/${folder}`, seconds, now: deps.now() }) };
}

type UrlOf = (output: string, mimeType: string) => Promise<string>;

/** One that names objects. @throws not_found */
async function signedPlaylist(stream: StreamPackage, name: string, urlOf: UrlOf): Promise<Playlist> {
  const { tracks, sprites } = stream;
  const track = tracks.find((each) => name === `${each.name}${mediaExtension}`);
  if (track) {
    const type = track.name === 'audio' ? 'audio/mp4' : 'video/mp4';
    const url = await urlOf(outputNames.track(track.name), type);
    return { mimeType: playlistType, text: mediaPlaylist(track, url) };
  }
  if (name !== thumbnailsName || !sprites) throw errors.noPlaylist(name, playlistNames(stream));
  const sheets = Array.from({ length: sprites.sheets }, (_, sheet) => outputNames.sprite(sheet + 1));
  const urls = await Promise.all(sheets.map((sheet) => urlOf(sheet, 'image/jpeg')));
  return { mimeType: thumbnailsType, text: thumbnailTrack(sprites, streamDuration(stream), urls) };
}

const playlistNames = ({ tracks, sprites }: StreamPackage): readonly string[] => [
  masterName,
  ...tracks.map((each) => `${each.name}${mediaExtension}`),
  ...(sprites ? [thumbnailsName] : []),
];

/**
 * Where the package of the file's present content lies, its tracks beside it. Not by the number of the content: one that was
 * restored keeps what was made of it.
 * @throws upload_state_conflict, type_not_allowed
 */
export function streamKeyOf(file: FileRecord): string {
  const { status, mimeType, renditions } = file;
  if (!availableStatuses.includes(status)) throw errors.uploadStateConflict(whyNotYet(file));
  const stream = renditions[streamRendition];
  if (stream?.status === 'ready' && stream.key) return stream.key;
  if (pendingStatuses.includes(status) && mediaKind(mimeType) === 'video') {
    throw errors.uploadStateConflict(
      `The file is ${status}: there is no stream of it yet. Ask GET /storage/files/{id}/status until it is ready.`,
    );
  }
  throw errors.noStream(mimeType, stream?.reason ?? file.reason);
}

async function signOutput(
  { signer, urlSeconds }: StreamDeps,
  file: FileRecord,
  key: string,
  mimeType: string,
): Promise<string> {
  const stem = file.filename.slice(0, file.filename.length - extensionOf(file.filename).length);
  const { url } = await signer.sign({
    bucket: 'derived',
    key,
    filename: `${stem}-${key.slice(key.lastIndexOf('/') + 1)}`,
    mimeType,
    cacheControl,
    disposition: 'inline',
    seconds: urlSeconds,
  });
  return url;
}
