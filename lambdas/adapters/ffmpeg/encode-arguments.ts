import { outputNames } from '../../core/video/encoded.ts';
import type { Probe } from '../../core/video/probe.ts';
import type { AudioPlan, TranscodePlan, VideoPlan } from '../../core/video/transcode-plan.ts';
import { isDurationEstimated } from '../../core/video/verify.ts';
import { pictureGraph } from './picture-graph.ts';
import { jpeg, tileCodec, tilesName } from './sprite-sheets.ts';

/** Presets below it are slower by half and more for the same quality in a few percent less. */
const preset = 'veryfast';
/** Constant quality below the ceiling of a rung: what is easy takes less. */
const quality = 22;
const clipQuality = 26;
/** Of MJPEG, 2 to 31. */
const posterQuality = 3;

/**
 * Containers that hold their own pictures and sound. Others of FFmpeg's name further files or addresses, which it would open:
 * playlists, edit lists, scripts.
 */
const containers = 'mov,matroska,avi,mpegts,mpeg,flv,asf,ogg,wav,w64,aiff,flac,mp3,aac,amr,mpegvideo';
/** Probes tell milliseconds: what lies behind the end that a header tells, the plan was not charged for. */
const roundingSeconds = 0.001;
/** By so much of it a source may be longer than was estimated. */
const estimateOverrun = 0.5;

export interface EncodeInput {
  readonly url: string;
  readonly probe: Probe;
  readonly plan: TranscodePlan;
  /** Of each decoder and encoder. */
  readonly threads: number;
  /** Of a picture that a decoder accepts, wherever in the source it comes. */
  readonly maxPixels: number;
}

/** Everything that one process makes of a source: it is decoded once. */
export function encodeArguments({ url, probe, plan, threads, maxPixels }: EncodeInput): readonly string[] {
  const sureSeconds = isDurationEstimated(probe) ? undefined : probe.duration;
  const pictures = plan.video && probe.video && pictureGraph(plan.video, probe.video, sureSeconds);
  return [
    ...inputArguments({ url, probe, threads, maxPixels }),
    ...(plan.audio ? ['-filter_complex', soundGraph(plan)] : []),
    ...(plan.video && pictures
      ? ['-filter_complex', pictures, ...pictureOutputs(plan, plan.video, threads)]
      : []),
    ...(plan.video || !plan.audio ? [] : recordingOutputs(plan.audio, plan)),
  ];
}

/**
 * Pictures that change their size on the way, as those of video calls do, stay in the same graph: its first filter scales
 * whatever comes.
 */
function inputArguments({ url, probe, threads, maxPixels }: Omit<EncodeInput, 'plan'>): string[] {
  const overrun = isDurationEstimated(probe) ? probe.duration * estimateOverrun : roundingSeconds;
  const atMost = probe.duration + overrun;
  return [
    ...['-protocol_whitelist', 'http,tcp', '-format_whitelist', containers],
    ...['-max_pixels', `${maxPixels}`, '-threads', `${threads}`, '-reinit_filter:v', '0'],
    ...['-t', atMost.toFixed(3), '-i', url],
  ];
}

/** From the beginning of the pictures on, with silence where there is nothing; surround is mixed down. */
function soundGraph({ audio, waveform }: TranscodePlan): string {
  const layout = audio?.channels === 1 ? 'mono' : 'stereo';
  const even = `[0:a:0]aresample=async=1:first_pts=0,aformat=sample_rates=${audio?.sampleRate}:channel_layouts=${layout}`;
  if (!waveform) return `${even}[a]`;
  return `${even},asplit=2[a][w];[w]aformat=sample_fmts=s16:channel_layouts=mono[peaks]`;
}

const soundCodec = ({ bitsPerSecond }: AudioPlan): string[] => ['-c:a', 'aac', '-b:a', `${bitsPerSecond}`];
/** Nothing that the original says of where, by whom and with what it was recorded. */
const withoutMetadata = ['-map_metadata', '-1', '-map_chapters', '-1'];

function recordingOutputs(audio: AudioPlan, { waveform }: TranscodePlan): string[] {
  return [
    ...['-map', '[a]', ...soundCodec(audio), ...withoutMetadata, '-movflags', '+faststart', '-f', 'mp4'],
    outputNames.audio,
    ...(waveform ? ['-map', '[peaks]', '-c:a', 'pcm_s16le', '-f', 's16le', 'pipe:3'] : []),
  ];
}

function pictureOutputs(plan: TranscodePlan, video: VideoPlan, threads: number): string[] {
  return [
    ...rungOutputs(plan, video, threads),
    ...['-map', '[poster]', ...jpeg(posterQuality), '-update', '1', outputNames.poster],
    ...['-map', '[tiles]', ...tileCodec, tilesName],
    ...['-map', '[clip]', ...h264(threads, clipQuality, video.rungs.at(-1)), '-an', ...withoutMetadata],
    ...['-movflags', '+faststart', '-f', 'mp4', outputNames.clip],
  ];
}

/** All rungs and their sound are one output to ffmpeg, which writes them to a file each: the sound is encoded once. */
function rungOutputs(
  { audio }: TranscodePlan,
  { rungs, keyFrameInterval }: VideoPlan,
  threads: number,
): string[] {
  const ceilings = rungs.flatMap(({ maxBitsPerSecond }, index) => [
    ...[`-maxrate:v:${index}`, `${maxBitsPerSecond}`, `-bufsize:v:${index}`, `${maxBitsPerSecond}`],
  ]);
  const files = rungs.map(({ name }, index) => {
    const streams = audio ? `v:${index},a:0` : `v:${index}`;
    return `[select=\\'${streams}\\':f=mp4:movflags=+faststart]${outputNames.rung(name)}`;
  });
  return [
    ...rungs.flatMap((_, index) => ['-map', `[v${index}]`]),
    ...(audio ? ['-map', '[a]', ...soundCodec(audio)] : []),
    ...[...h264(threads, quality), ...ceilings],
    ...['-g', `${keyFrameInterval}`, '-keyint_min', `${keyFrameInterval}`, '-sc_threshold', '0'],
    ...[...withoutMetadata, '-flags', '+global_header', '-f', 'tee', files.join('|')],
  ];
}

/** The frames are already as they have to be, and at their times. */
const h264 = (threads: number, crf: number, ceiling?: { readonly maxBitsPerSecond: number }): string[] => [
  ...['-c:v', 'libx264', '-preset', preset, '-profile:v', 'high', '-crf', `${crf}`, '-threads', `${threads}`],
  ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
  ...['-fps_mode', 'passthrough'],
  ...(ceiling ? ['-maxrate', `${ceiling.maxBitsPerSecond}`, '-bufsize', `${ceiling.maxBitsPerSecond}`] : []),
];
