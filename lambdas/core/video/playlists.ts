import { type BitRates, bitRates, durationOf, targetDuration } from './bit-rates.ts';
import type { ByteRange, StreamPackage, StreamTrack } from './encoded.ts';

/**
 * The text that players read, RFC 8216 and its second edition. Written for each request, since it holds URLs that end; what
 * it says of a track comes from the package alone. Version 7 is the first with EXT-X-MAP for everything but I-frames, and
 * what CMAF in HLS is specified for.
 */
const version = 7;

/** Where a first quality shall lie: Apple's authoring specification asks for 2 Mbit/s for a start by Wi-Fi. */
const firstBitsPerSecond = 2_000_000;

const audioGroup = 'audio';

/** @param urlOf the media playlist of a track, as the master playlist names it */
export function masterPlaylist({ tracks }: StreamPackage, urlOf: (track: StreamTrack) => string): string {
  const audio = tracks.find(({ name }) => name === 'audio');
  const variants = tracks.filter(({ name }) => name !== 'audio');
  const ofAudio = audio && bitRates(audio.segments);
  const head = ['#EXTM3U', `#EXT-X-VERSION:${version}`, '#EXT-X-INDEPENDENT-SEGMENTS'];
  if (audio && ofAudio && variants.length === 0)
    return lines([...head, streamInf(audio, ofAudio), urlOf(audio)]);
  const rated = variants.map((track) => ({ track, rates: sum(bitRates(track.segments), ofAudio) }));
  return lines([
    ...head,
    ...(audio ? [mediaOf(audio, urlOf(audio))] : []),
    ...inOrder(rated).flatMap(({ track, rates }) => [streamInf(track, rates, audio), urlOf(track)]),
  ]);
}

interface Rated {
  readonly track: StreamTrack;
  readonly rates: BitRates;
}

/** A player starts with the first: one that begins at once on most lines. The others best first. */
function inOrder(rated: readonly Rated[]): readonly Rated[] {
  const sorted = [...rated].sort((one, other) => other.rates.peak - one.rates.peak);
  const first = sorted.find(({ rates }) => rates.average <= firstBitsPerSecond) ?? sorted.at(-1);
  return sorted.sort((one, other) => Number(other === first) - Number(one === first));
}

const sum = (one: BitRates, other: BitRates | undefined): BitRates => ({
  peak: one.peak + (other?.peak ?? 0),
  average: one.average + (other?.average ?? 0),
});

const mediaOf = ({ channels }: StreamTrack, url: string): string =>
  tag('EXT-X-MEDIA', {
    TYPE: 'AUDIO',
    'GROUP-ID': quoted(audioGroup),
    NAME: quoted('Audio'),
    DEFAULT: 'YES',
    AUTOSELECT: 'YES',
    ...(channels !== undefined && { CHANNELS: quoted(String(channels)) }),
    URI: quoted(url),
  });

function streamInf(
  { codec, width, height, frameRate }: StreamTrack,
  { peak, average }: BitRates,
  audio?: StreamTrack,
): string {
  return tag('EXT-X-STREAM-INF', {
    BANDWIDTH: String(peak),
    'AVERAGE-BANDWIDTH': String(average),
    CODECS: quoted([codec, ...(audio ? [audio.codec] : [])].join(',')),
    ...(width !== undefined && height !== undefined && { RESOLUTION: `${width}x${height}` }),
    ...(frameRate !== undefined && { 'FRAME-RATE': frameRate.toFixed(3) }),
    ...(audio && { AUDIO: quoted(audioGroup) }),
  });
}

/** Of one track, which lies at `url` as a whole: its segments are ranges of it. */
export const mediaPlaylist = ({ init, segments }: StreamTrack, url: string): string =>
  lines([
    '#EXTM3U',
    `#EXT-X-VERSION:${version}`,
    `#EXT-X-TARGETDURATION:${targetDuration(segments)}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    tag('EXT-X-MAP', { URI: quoted(url), BYTERANGE: quoted(rangeOf(init)) }),
    ...segments.flatMap((segment) => [
      `#EXTINF:${segment.duration.toFixed(6)},`,
      `#EXT-X-BYTERANGE:${rangeOf(segment)}`,
      url,
    ]),
    '#EXT-X-ENDLIST',
  ]);

const rangeOf = ({ bytes, offset }: ByteRange): string => `${bytes}@${offset}`;

/**
 * The small pictures for scrubbing as WebVTT, as players know it: what is shown over a time is a part of a sheet.
 * @param urls of the sheets, in order
 */
export function thumbnailTrack(
  sprites: NonNullable<StreamPackage['sprites']>,
  duration: number,
  urls: readonly string[],
): string {
  const { tiles, everySeconds, columns, rows, tileWidth, tileHeight } = sprites;
  const cues = Array.from({ length: tiles }, (_, tile) => {
    const onSheet = tile % (columns * rows);
    const [x, y] = [(onSheet % columns) * tileWidth, Math.floor(onSheet / columns) * tileHeight];
    const begin = tile * everySeconds;
    const end = tile === tiles - 1 && duration > begin ? duration : begin + everySeconds;
    const url = urls[Math.floor(tile / (columns * rows))];
    return `${clockTime(begin)} --> ${clockTime(end)}\n${url}#xywh=${x},${y},${tileWidth},${tileHeight}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

/** Seconds that a stream lasts: those of its pictures, where it has some. */
export const streamDuration = ({ tracks }: StreamPackage): number =>
  durationOf((tracks.find(({ name }) => name !== 'audio') ?? tracks[0])?.segments ?? []);

/** `hh:mm:ss.ttt` */
function clockTime(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  const [hours, minutes] = [Math.floor(milliseconds / 3_600_000), Math.floor(milliseconds / 60_000) % 60];
  const rest = ((milliseconds % 60_000) / 1000).toFixed(3).padStart(6, '0');
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}:${rest}`;
}

const tag = (name: string, attributes: Readonly<Record<string, string>>): string =>
  `#${name}:${Object.entries(attributes)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')}`;

/** URLs and names of this API have neither quotes nor line ends, which could not be written. */
const quoted = (text: string): string => `"${text}"`;

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
