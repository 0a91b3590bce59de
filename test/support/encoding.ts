import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createFfmpegEncoder } from '../../lambdas/adapters/ffmpeg/encoder.ts';
import { createProber } from '../../lambdas/adapters/mediainfo/prober.ts';
import { defaultVideoLimits } from '../../lambdas/contract/video-limits.ts';
import type { EncodedFile, StreamPackage } from '../../lambdas/core/video/encoded.ts';
import { planTranscode } from '../../lambdas/core/video/plan.ts';
import type { EncodeRequest, EncodeSource } from '../../lambdas/core/video/ports.ts';
import type { Probe } from '../../lambdas/core/video/probe.ts';
import type { TranscodePlan } from '../../lambdas/core/video/transcode-plan.ts';
import { type VideoSource, videoSource } from './video-sources.ts';

/** A folder of a test file's own: where an encoder works, and what it has put into its target. */
export class EncodingDesk {
  readonly #root = mkdtempSync(join(tmpdir(), 'sluice-encoding-'));
  readonly work = mkdtempSync(join(this.#root, 'work-'));

  /** What encoders have left behind. */
  leftovers = (): readonly string[] => readdirSync(this.work);

  folder = (): string => mkdtempSync(join(this.#root, 'target-'));

  clear = (): void => rmSync(this.#root, { recursive: true, force: true });
}

const chunkBytes = 64 * 1024;

async function* chunks(bytes: Buffer, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to; at += chunkBytes) yield bytes.subarray(at, Math.min(at + chunkBytes, to));
}

export async function probed(name: VideoSource): Promise<Probe> {
  const bytes = readFileSync(videoSource(name));
  const read = async (from: number, length: number) => bytes.subarray(from, from + length);
  return createProber().probe({ size: bytes.length, read });
}

export function planned(probe: Probe): TranscodePlan {
  const answer = planTranscode(probe, defaultVideoLimits);
  if ('refused' in answer) throw new Error(`refused: ${answer.refused}`);
  return answer.plan;
}

export interface Encoded {
  readonly plan: TranscodePlan;
  readonly files: readonly EncodedFile[];
  readonly percents: readonly number[];
  /** Where an output lies now. */
  readonly path: (name: string) => string;
  readonly stream: () => StreamPackage;
}

export interface EncodeOptions extends Partial<Pick<EncodeRequest, 'deadlineMs' | 'target' | 'onProgress'>> {
  readonly ffmpegPath?: string;
  readonly maxDiskBytes?: number;
  /** What the probe is said to have found. */
  readonly probe?: Probe;
  readonly open?: EncodeSource['open'];
}

/** Probes, plans and encodes a source as the workflow does, into a folder. */
export async function encode(
  desk: EncodingDesk,
  name: VideoSource,
  options: EncodeOptions = {},
): Promise<Encoded> {
  const bytes = readFileSync(videoSource(name));
  return encodeBytes(desk, bytes, { ...options, probe: options.probe ?? (await probed(name)) });
}

export async function encodeBytes(
  desk: EncodingDesk,
  bytes: Buffer,
  options: EncodeOptions & { readonly probe: Probe },
): Promise<Encoded> {
  const folder = desk.folder();
  const percents: number[] = [];
  const { ffmpegPath = 'ffmpeg', maxDiskBytes = defaultVideoLimits.encodeDiskBytes, probe } = options;
  const plan = planned(probe);
  const { maxSidePixels } = defaultVideoLimits;
  const deps = { ffmpegPath, workDir: desk.work, maxDiskBytes, maxSidePixels };
  const files = await createFfmpegEncoder(deps).encode({
    source: {
      bytes: bytes.length,
      probe,
      open: options.open ?? (async ({ from, to }) => chunks(bytes, from, to)),
    },
    plan,
    target: options.target ?? {
      put: async (name, _mimeType, path) => copyFileSync(path, join(folder, name)),
    },
    deadlineMs: options.deadlineMs ?? 60_000,
    onProgress: (percent) => {
      percents.push(percent);
      options.onProgress?.(percent);
    },
  });
  const path = (name: string) => join(folder, name);
  return {
    ...{ plan, files, percents, path },
    stream: () => JSON.parse(readFileSync(path('stream.json'), 'utf8')) as StreamPackage,
  };
}

export interface ProbedStream {
  readonly codec_type: 'video' | 'audio';
  readonly codec_name: string;
  readonly profile: string;
  readonly width: number;
  readonly height: number;
  readonly pix_fmt: string;
  readonly sample_aspect_ratio: string;
  readonly avg_frame_rate: string;
  readonly channels: number;
  readonly color_space: string;
  readonly color_transfer: string;
  readonly color_primaries: string;
  readonly color_range: string;
  readonly start_time: string;
  readonly duration: string;
}

export interface FfprobeReport {
  readonly streams: readonly ProbedStream[];
  readonly format: { readonly duration: string; readonly tags?: Readonly<Record<string, string>> };
  readonly packets: readonly {
    readonly codec_type: string;
    readonly pts_time: string;
    readonly flags: string;
  }[];
}

const reports = new Map<string, Promise<FfprobeReport>>();

/** What ffprobe says of a file that nobody changes any more; its packets too. */
export function ffprobe(path: string): Promise<FfprobeReport> {
  const report = reports.get(path) ?? askFfprobe(path);
  reports.set(path, report);
  return report;
}

async function askFfprobe(path: string): Promise<FfprobeReport> {
  const shown = ['-show_streams', '-show_format', '-show_packets', '-of', 'json'];
  const { stdout } = await promisify(execFile)('ffprobe', ['-v', 'error', ...shown, path], {
    maxBuffer: 32 * 1024 * 1024,
  });
  return JSON.parse(stdout) as FfprobeReport;
}

/** When its key frames are shown, in seconds. */
export const keyFrames = ({ packets }: FfprobeReport): readonly number[] =>
  packets
    .filter(({ codec_type, flags }) => codec_type === 'video' && flags.startsWith('K'))
    .map(({ pts_time }) => Number(pts_time));

/** The boxes of an MP4 file, in their order. */
export function boxTypes(path: string): readonly string[] {
  const bytes = readFileSync(path);
  const types: string[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    types.push(bytes.toString('latin1', at + 4, at + 8));
  }
  return types;
}
