import {
  type AudioTrack,
  type DynamicRange,
  NotProbed,
  type Probe,
  type VideoTrack,
} from '../../core/video/probe.ts';
import { audioCodec, videoCodec } from './codecs.ts';
import { amount, type Track, words } from './report.ts';

/** By MediaInfo's names. What is not here is no container: MediaInfo looks for raw sound in anything. */
const containers: Readonly<Record<string, string>> = {
  'MPEG-4': 'mp4',
  QuickTime: 'mov',
  Matroska: 'matroska',
  WebM: 'webm',
  AVI: 'avi',
  'MPEG-TS': 'mpegts',
  BDAV: 'mpegts',
  'MPEG-PS': 'mpeg',
  'Flash Video': 'flv',
  'Windows Media': 'asf',
  Ogg: 'ogg',
  Wave: 'wav',
  Wave64: 'w64',
  AIFF: 'aiff',
  FLAC: 'flac',
  'MPEG Audio': 'mp3',
  ADTS: 'aac',
  AMR: 'amr',
  'MPEG Video': 'mpegvideo',
};

/** Whoever writes WAV to a pipe cannot say how long it gets: that there is less than it says means nothing. */
const writtenToPipes = ['wav'];

/** Pictures of a single frame are covers, and pictures of chapters. */
const stillFormats = ['JPEG', 'PNG', 'GIF', 'BMP'];

/** @throws NotProbed */
export function probeOf(tracks: readonly Track[], bytes: number): Probe {
  const general = tracks.find((track) => track['@type'] === 'General');
  const container = containerOf(general);
  if (container === undefined) throw refused('not_a_video', 'it is in no format of videos or recordings');
  if (general?.extra?.IsTruncated === 'Yes' && !writtenToPipes.includes(container)) {
    throw refused('malformed', 'it breaks off');
  }
  const isIsoMedia = container === 'mp4' || container === 'mov';
  // The first of a kind is also what the encoder takes.
  const picture = tracks.find((track) => track['@type'] === 'Video' && !isStill(track));
  const sound = tracks.find((track) => track['@type'] === 'Audio');
  if (!picture && !sound) {
    throw tellsDuration(general) ? nothingInside() : refused('malformed', 'its header cannot be read');
  }
  const duration = durationOf(general, picture, sound, bytes);
  return {
    container,
    duration,
    ...(picture && { video: videoOf(picture, isIsoMedia) }),
    ...(sound && { audio: audioOf(sound) }),
  };
}

const refused = (reason: NotProbed['reason'], why: string): NotProbed =>
  new NotProbed(reason, { cause: new Error(why) });

const nothingInside = () => refused('not_a_video', 'there are no pictures and no sound in it');

/** A duration is told of tracks alone: where there is one, there are tracks of other kinds. */
const tellsDuration = (general: Track | undefined): boolean => amount(general, 'Duration') !== undefined;

function containerOf(general: Track | undefined): string | undefined {
  const format = words(general, 'Format');
  if (format === 'MPEG-4' && words(general, 'Format_Profile') === 'QuickTime') return 'mov';
  return format === undefined ? undefined : containers[format];
}

const isStill = (track: Track): boolean =>
  stillFormats.includes(words(track, 'Format') ?? '') && (amount(track, 'FrameCount') ?? 1) <= 1;

function durationOf(
  general: Track | undefined,
  picture: Track | undefined,
  sound: Track | undefined,
  bytes: number,
): number {
  const told =
    amount(general, 'Duration') ??
    amount(picture, 'Duration') ??
    amount(sound, 'Duration') ??
    rawDuration(sound);
  if (told === undefined) throw refused('malformed', 'it does not say how long it is');
  // Samples that are not compressed take their time: a header that says more is wrong, or the file breaks off.
  const bitRate = amount(sound, 'BitRate');
  const isPlain = !picture && words(sound, 'Format') === 'PCM';
  return isPlain && bitRate ? Math.min(told, (8 * bytes) / bitRate) : told;
}

/** Frames of AAC without a container: 1,024 samples each. */
function rawDuration(sound: Track | undefined): number | undefined {
  const frames = amount(sound, 'FrameCount');
  const rate = amount(sound, 'SamplingRate');
  return frames && rate ? (frames * (amount(sound, 'SamplesPerFrame') ?? 1_024)) / rate : undefined;
}

function videoOf(track: Track, isIsoMedia: boolean): VideoTrack {
  const width = amount(track, 'Width');
  const height = amount(track, 'Height');
  if (!width || !height) throw refused('malformed', 'it does not say how large its pictures are');
  const frameRate = frameRateOf(track);
  const bitsPerSecond = amount(track, 'BitRate');
  const matrix = matrixOf(track);
  return {
    codec: videoCodec(track, isIsoMedia),
    width,
    height,
    pixelAspect: pixelAspectOf(track),
    rotation: rotationOf(track),
    ...(frameRate !== undefined && { frameRate }),
    variableFrameRate: words(track, 'FrameRate_Mode') === 'VFR',
    interlaced: interlacedScans.includes(words(track, 'ScanType') ?? ''),
    ...(bitsPerSecond !== undefined && { bitsPerSecond: Math.round(bitsPerSecond) }),
    bitDepth: amount(track, 'BitDepth') ?? 8,
    dynamicRange: dynamicRangeOf(track),
    ...(matrix && { matrix }),
  };
}

/** By MediaInfo's names; in the second, each macroblock may be either. */
const interlacedScans: readonly string[] = ['Interlaced', 'MBAFF', 'Mixed'];

const matrices = [
  ['BT.709', 'bt709'],
  ['BT.601', 'bt601'],
  ['BT.470', 'bt601'],
  ['BT.2020', 'bt2020'],
] as const;

function matrixOf(track: Track): VideoTrack['matrix'] {
  const told = words(track, 'matrix_coefficients') ?? '';
  return matrices.find(([name]) => told.startsWith(name))?.[1];
}

function frameRateOf(track: Track): number | undefined {
  const numerator = amount(track, 'FrameRate_Num');
  const denominator = amount(track, 'FrameRate_Den');
  return numerator && denominator ? numerator / denominator : amount(track, 'FrameRate');
}

/** Shapes of pixels that standards name (ITU-T H.264, table E-1): MediaInfo tells three decimals. */
const pixelAspects = [
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [16, 15],
  [64, 45],
  [8, 9],
  [32, 27],
] as const;
const roundedBy = 0.000_51;

function pixelAspectOf(track: Track): number {
  const told = amount(track, 'PixelAspectRatio') ?? 1;
  const named = pixelAspects.find(([width, height]) => Math.abs(width / height - told) < roundedBy);
  return named ? named[0] / named[1] : told;
}

const quarters = [0, 90, 180, 270] as const;

function rotationOf(track: Track): VideoTrack['rotation'] {
  const degrees = Number.parseFloat(words(track, 'Rotation') ?? '0');
  const turns = Number.isFinite(degrees) ? Math.round(degrees / 90) : 0;
  return quarters[((turns % 4) + 4) % 4] ?? 0;
}

function dynamicRangeOf(track: Track): DynamicRange {
  if (words(track, 'HDR_Format')?.includes('Dolby Vision')) return 'dolby-vision';
  const transfer = words(track, 'transfer_characteristics');
  if (transfer === 'HLG') return 'hlg';
  return transfer === 'PQ' ? 'hdr10' : 'sdr';
}

function audioOf(track: Track): AudioTrack {
  const bitsPerSecond = amount(track, 'BitRate');
  return {
    codec: audioCodec(track),
    channels: channelsOf(track),
    sampleRate: amount(track, 'SamplingRate') ?? 48_000,
    ...(bitsPerSecond !== undefined && { bitsPerSecond: Math.round(bitsPerSecond) }),
  };
}

/** Of objects in space, `Object Based / 8`: the channels that they come with. */
function channelsOf(track: Track): number {
  const [channels] = String(track.Channels ?? '').match(/\d+/) ?? [];
  return Math.max(1, Number(channels ?? 2));
}
