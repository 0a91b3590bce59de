import { framesPerSecond } from './frame-rate.ts';
import type { Probe } from './probe.ts';
import type { TranscodePlan, VideoPlan } from './transcode-plan.ts';

/** What one run of the ffmpeg function will take. */
export interface EncodeEstimate {
  readonly seconds: number;
  readonly diskBytes: number;
}

/*
 * CPU seconds for a megapixel, or for a second of sound. Measured in 2026-11 with FFmpeg 9.0 on a virtual CPU of a Xeon, with
 * grainy moving pictures of 1920x1080 at 30 frames/s.
 */

/** x264 `veryfast` at quality 22, a whole ladder by one process, scaling, clip and sheets included: 0.020, and a tenth to spare. */
const encodeCpuSeconds = 0.022;
/** 0.003 of H.264 and VP9, 0.007 of HEVC in 10 bits. */
const decodeCpuSeconds = 0.007;
/** By zscale, in floating point. */
const toneMapCpuSeconds = 0.02;
/** AAC in stereo, by FFmpeg's own encoder. */
const soundCpuSeconds = 0.0115;
/** The share of its virtual CPUs that an encoder of several outputs keeps busy. */
const busyShare = 0.85;
/** Poster, sheets and waveform, and the first bytes from the bucket. */
const startSeconds = 10;

/** The same pictures as an MP4 with sound, and as a track of the stream: all that is stored, and more than ever lies on the disk at once. */
const copiesOnDisk = 2;
/** Clip, poster and sheets. */
const smallFilesBytes = 64 * 1024 ** 2;

/** `vCpus`: of the function, one for each 1,769 MB of its memory; of the machine in a local run. */
export function estimateEncode(plan: TranscodePlan, { video }: Probe, vCpus: number): EncodeEstimate {
  const decoded = video ? megapixelsPerSecond(video, video.frameRate ?? framesOf(plan.video)) : 0;
  const pictures = plan.video ? pictureCpuSeconds(plan.video) : 0;
  const sound = plan.audio ? soundCpuSeconds : 0;
  const cpuSeconds = plan.duration * (decoded * decodeCpuSeconds + pictures + sound);
  return { seconds: startSeconds + cpuSeconds / (vCpus * busyShare), diskBytes: diskBytesOf(plan) };
}

/** Of one second. Tones are mapped once, at the size of the best rung. */
function pictureCpuSeconds({ rungs, frameRate, toneMap }: VideoPlan): number {
  const frames = framesPerSecond(frameRate);
  const encoded = rungs.reduce((sum, rung) => sum + megapixelsPerSecond(rung, frames), 0);
  const mapped = toneMap && rungs[0] ? megapixelsPerSecond(rungs[0], frames) : 0;
  return encoded * encodeCpuSeconds + mapped * toneMapCpuSeconds;
}

/** At their ceilings. */
function diskBytesOf({ duration, video, audio }: TranscodePlan): number {
  const sound = audio?.bitsPerSecond ?? 0;
  const rungs = video?.rungs.map(({ maxBitsPerSecond }) => maxBitsPerSecond + sound) ?? [sound];
  const bitsPerSecond = rungs.reduce((sum, bits) => sum + bits, 0);
  return smallFilesBytes + copiesOnDisk * duration * (bitsPerSecond / 8);
}

const framesOf = (video: VideoPlan | undefined): number => (video ? framesPerSecond(video.frameRate) : 0);

const megapixelsPerSecond = (
  { width, height }: { readonly width: number; readonly height: number },
  frames: number,
): number => (width * height * frames) / 1_000_000;
