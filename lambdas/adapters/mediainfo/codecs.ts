import { amount, type Track, words } from './report.ts';

/** FFmpeg's names of what MediaInfo calls by a name of its own, without the versions that are decided below. */
const videoNames: Readonly<Record<string, string>> = {
  AVC: 'h264',
  HEVC: 'hevc',
  VVC: 'vvc',
  AV1: 'av1',
  VP8: 'vp8',
  VP9: 'vp9',
  ProRes: 'prores',
  'ProRes RAW': 'prores_raw',
  JPEG: 'mjpeg',
  'JPEG 2000': 'jpeg2000',
  'VC-1': 'vc1',
  'VC-3': 'dnxhd',
  DV: 'dvvideo',
  CineForm: 'cfhd',
  Theora: 'theora',
  'H.263': 'h263',
  'Sorenson Spark': 'flv1',
  'On2 VP6': 'vp6f',
  'Windows Media Video 9': 'wmv3',
  RGB: 'rawvideo',
  YUV: 'rawvideo',
};

const audioNames: Readonly<Record<string, string>> = {
  AAC: 'aac',
  'AC-3': 'ac3',
  'E-AC-3': 'eac3',
  'MLP FBA': 'truehd',
  MLP: 'mlp',
  Opus: 'opus',
  Vorbis: 'vorbis',
  FLAC: 'flac',
  ALAC: 'alac',
  DTS: 'dts',
  USAC: 'usac',
  'Monkey\u0027s Audio': 'ape',
};

/** Codes of AVI and its like, of formats that MediaInfo knows as one, or not at all. */
const fourCharacterCodes: readonly (readonly [RegExp, string])[] = [
  [/^(?:div3|mp43)$/i, 'msmpeg4v3'],
  [/^mp42$/i, 'msmpeg4v2'],
  [/^(?:divx|dx50|xvid|fmp4|mp4v)$/i, 'mpeg4'],
  [/^wmv([123])$/i, 'wmv$1'],
];

/**
 * Sample entries of ISO media that are H.264 and HEVC: a box of their settings also lies in what nobody but the maker of a
 * camera decodes, and there MediaInfo goes by the box.
 */
const sampleEntries: Readonly<Record<string, RegExp>> = {
  AVC: /^(?:avc[1-4]|dva[1v]|ai\w\w|AV(?:in|ij)|rv64|x(?:alg|avc|lag)|[hx]264)$/i,
  HEVC: /^(?:hvc[1-3]|hev[1-3]|dvh[1e]|h(?:265|evc)|x265)$/i,
};

/** FFmpeg's name of the codec; of what it has no name for, the format's own in small letters. */
export function videoCodec(track: Track, isIsoMedia: boolean): string {
  const format = words(track, 'Format') ?? 'unknown';
  const code = words(track, 'CodecID') ?? '';
  if (isIsoMedia && sampleEntries[format]?.test(code) === false) return code.toLowerCase();
  const byCode = fourCharacterCodes.find(([pattern]) => pattern.test(code));
  if (byCode) return code.replace(...byCode).toLowerCase();
  if (format === 'MPEG Video') return words(track, 'Format_Version') === '1' ? 'mpeg1video' : 'mpeg2video';
  if (format === 'MPEG-4 Visual') return 'mpeg4';
  return videoNames[format] ?? format.toLowerCase();
}

/** FFmpeg's name of the codec; of what it has no name for, the format's own in small letters. */
export function audioCodec(track: Track): string {
  const format = words(track, 'Format') ?? 'unknown';
  switch (format) {
    case 'PCM':
      return pcmCodec(track);
    case 'MPEG Audio':
      return `mp${words(track, 'Format_Profile')?.at(-1) ?? '3'}`;
    case 'WMA':
      return `wmav${words(track, 'Format_Version') ?? '2'}`;
    case 'AMR':
      return (amount(track, 'SamplingRate') ?? 0) > 8_000 ? 'amr_wb' : 'amr_nb';
    case 'ADPCM':
      return { 'A-Law': 'pcm_alaw', 'U-Law': 'pcm_mulaw' }[words(track, 'Format_Profile') ?? ''] ?? 'adpcm';
    default:
      // Also `AAC LC` and `DTS XLL`.
      return audioNames[format] ?? audioNames[format.split(' ', 1)[0] ?? ''] ?? format.toLowerCase();
  }
}

function pcmCodec(track: Track): string {
  const bits = amount(track, 'BitDepth') ?? 16;
  const sign = words(track, 'Format_Settings_Sign');
  const isFloat =
    words(track, 'Format_Profile') === 'Float' || /^fl(?:32|64)$/.test(words(track, 'CodecID') ?? '');
  const kind = isFloat ? 'f' : sign === 'Unsigned' || (bits === 8 && sign !== 'Signed') ? 'u' : 's';
  const end = words(track, 'Format_Settings_Endianness') === 'Big' ? 'be' : 'le';
  return bits === 8 ? `pcm_${kind}8` : `pcm_${kind}${bits}${end}`;
}
