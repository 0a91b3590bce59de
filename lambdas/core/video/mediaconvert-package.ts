import { outputNames, type StreamPackage, type StreamTrack, type TrackName } from './encoded.ts';
import type { EncodedObjects } from './encoded-objects.ts';
import { parseMediaPlaylist } from './media-playlist.ts';
import type { TranscodePlan, VideoPlan } from './transcode-plan.ts';

/** What a job of `mediaConvertSettings` leaves beside what has its name already. */
const left = {
  master: 'cmaf.m3u8',
  playlist: (track: TrackName): string => `cmaf-${track}.m3u8`,
  /** The frame at the wanted time; a source that ends before has the first one alone. */
  posters: ['poster.0000001.jpg', 'poster.0000000.jpg'],
};

const jpeg = 'image/jpeg';

/**
 * Copies the beginning of a CMAF track of pictures, whose first bytes these are, into a progressive MP4: up to the key frame at
 * `seconds`, or all of it.
 */
export type CopyClip = (track: Uint8Array, seconds: number) => Promise<Uint8Array>;

/**
 * Makes of what MediaConvert has left what the other encoder leaves: the stream's description from the playlists beside it,
 * pictures under their names, and the clip, since a job clips inputs alone. Repeated, it writes the same again.
 */
export async function adoptMediaConvert(
  objects: EncodedObjects,
  plan: TranscodePlan,
  copyClip: CopyClip,
): Promise<void> {
  await adoptPoster(objects);
  const stream = await streamPackageOf(objects, plan);
  if (plan.video) await makeClip(objects, stream, plan.video, copyClip);
  await objects.write(
    outputNames.stream,
    'application/json',
    new TextEncoder().encode(JSON.stringify(stream)),
  );
}

async function adoptPoster(objects: EncodedObjects): Promise<void> {
  for (const name of left.posters) {
    const bytes = await objects.size(name);
    if (bytes === undefined) continue;
    await objects.write(outputNames.poster, jpeg, await objects.read(name, 0, bytes));
    return;
  }
}

/** Of the smallest track: its segments begin with key frames. */
async function makeClip(
  objects: EncodedObjects,
  { tracks }: StreamPackage,
  video: VideoPlan,
  copyClip: CopyClip,
): Promise<void> {
  const { seconds } = video.clip;
  const track = tracks.find(({ name }) => name === video.rungs.at(-1)?.name);
  if (!track) throw new Error('the smallest rung is no track of the stream');
  let [begins, end] = [0, 0];
  for (const { offset, bytes, duration } of track.segments) {
    if (begins >= seconds) break;
    begins += duration;
    end = offset + bytes;
  }
  const beginning = await objects.read(outputNames.track(track.name), 0, end);
  await objects.write(outputNames.clip, 'video/mp4', await copyClip(beginning, seconds));
}

/** @throws Error where playlists are missing or say something else than the job asked for */
export async function streamPackageOf(objects: EncodedObjects, plan: TranscodePlan): Promise<StreamPackage> {
  const master = await readText(objects, left.master);
  const variants = variantsOf(master);
  const { numerator = 0, denominator = 1 } = plan.video?.frameRate ?? {};
  const tracks: StreamTrack[] = [];
  for (const { name, width, height } of plan.video?.rungs ?? []) {
    const codec = codecOf(variants.get(left.playlist(name)), 'avc1.');
    tracks.push({
      ...(await trackOf(objects, name, codec)),
      ...{ width, height, frameRate: numerator / denominator },
    });
  }
  if (plan.audio) {
    const codec = codecOf([...variants.values()].join(), 'mp4a.');
    tracks.push({ ...(await trackOf(objects, 'audio', codec)), channels: plan.audio.channels });
  }
  const sprites = await adoptSprites(objects, master, plan);
  return { tracks, ...(sprites && { sprites }) };
}

async function trackOf(objects: EncodedObjects, name: TrackName, codec: string): Promise<StreamTrack> {
  const playlist = left.playlist(name);
  const { uri, init, segments } = parseMediaPlaylist(await readText(objects, playlist));
  if (uri !== outputNames.track(name)) throw new Error(`${playlist} leads to ${uri}`);
  return { name, codec, init, segments };
}

async function readText(objects: EncodedObjects, name: string): Promise<string> {
  const bytes = await objects.size(name);
  if (bytes === undefined) throw new Error(`MediaConvert has left no ${name}`);
  return new TextDecoder().decode(await objects.read(name, 0, bytes));
}

/** Codecs of each variant, by its playlist: the line after the one that describes it. */
function variantsOf(master: string): ReadonlyMap<string, string> {
  const lines = master.split(/\r?\n/);
  return new Map(
    lines.flatMap((line, index) =>
      line.startsWith('#EXT-X-STREAM-INF:')
        ? [[lines[index + 1]?.trim() ?? '', attribute(line, 'CODECS') ?? ''] as const]
        : [],
    ),
  );
}

function codecOf(codecs: string | undefined, prefix: string): string {
  const codec = codecs?.split(',').find((each) => each.startsWith(prefix));
  if (!codec)
    throw new Error(`the master playlist names no codec ${prefix} (${codecs ?? 'no such variant'})`);
  return codec;
}

/** The sheets of small pictures, if MediaConvert lists any (Image Media Playlist 0.4), under their names. */
async function adoptSprites(
  objects: EncodedObjects,
  master: string,
  { duration }: TranscodePlan,
): Promise<StreamPackage['sprites']> {
  const listed = master.split(/\r?\n/).find((line) => line.startsWith('#EXT-X-IMAGE-STREAM-INF:'));
  const playlist = listed && attribute(listed, 'URI');
  if (!playlist) return undefined;
  const lines = (await readText(objects, playlist)).split(/\r?\n/).map((line) => line.trim());
  const tiles = lines.find((line) => line.startsWith('#EXT-X-TILES:'));
  const [tileWidth, tileHeight] = pair(tiles, 'RESOLUTION');
  const [columns, rows] = pair(tiles, 'LAYOUT');
  const everySeconds = Number(tiles && attribute(tiles, 'DURATION'));
  if (!(tileWidth && tileHeight && columns && rows && everySeconds > 0)) {
    throw new Error(`${playlist} does not say how its tiles lie: ${tiles}`);
  }
  const sheets = lines.filter((line) => line !== '' && !line.startsWith('#'));
  for (const [index, sheet] of sheets.entries()) {
    const bytes = await objects.size(sheet);
    if (bytes === undefined) throw new Error(`MediaConvert has left no ${sheet}`);
    await objects.write(outputNames.sprite(index + 1), jpeg, await objects.read(sheet, 0, bytes));
  }
  const places = sheets.length * columns * rows;
  const count = Math.min(places, Math.max(1, Math.ceil(duration / everySeconds)));
  return { sheets: sheets.length, everySeconds, tileWidth, tileHeight, columns, rows, tiles: count };
}

const pair = (line: string | undefined, name: string): readonly number[] =>
  ((line && attribute(line, name)) ?? '').split('x').map(Number);

/** An attribute of a tag (RFC 8216, 4.2), without the quotes of a quoted one. */
function attribute(line: string, name: string): string | undefined {
  const match = new RegExp(`[:,]\\s*${name}=(?:"([^"]*)"|([^",]*))`).exec(line);
  return match?.[1] ?? match?.[2];
}
