import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { encodeArguments } from '../../lambdas/adapters/ffmpeg/encode-arguments.ts';
import { createFfmpegEncoder } from '../../lambdas/adapters/ffmpeg/encoder.ts';
import { packageArguments } from '../../lambdas/adapters/ffmpeg/package-tracks.ts';
import { defaultVideoLimits } from '../../lambdas/contract/video-limits.ts';
import { planTranscode } from '../../lambdas/core/video/plan.ts';
import type { Probe } from '../../lambdas/core/video/probe.ts';
import type { TranscodePlan, VideoPlan } from '../../lambdas/core/video/transcode-plan.ts';
import { fileRanges } from '../../test/support/file-ranges.ts';

/**
 * Encodes one video in a process of its own and prints what that took, children included:
 * `node bench/support/encode-once.ts <variant> <file> <seconds>`.
 */
export const variants = [
  'the worker',
  'bare ffmpeg, one process',
  'bare ffmpeg, a process per output, in turn',
  'bare ffmpeg, a process per output, at once',
] as const;
export type Variant = (typeof variants)[number];

export interface EncodeCost {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly outputs: number;
  readonly bytes: number;
}

/** Of the videos that are measured. */
const probeOf = (seconds: number): Probe => ({
  ...{ container: 'mp4', duration: seconds },
  video: {
    ...{ codec: 'h264', width: 1_920, height: 1_080, pixelAspect: 1, rotation: 0, frameRate: 30 },
    ...{ variableFrameRate: false, interlaced: false, bitDepth: 8, dynamicRange: 'sdr' },
  },
  audio: { codec: 'aac', channels: 2, sampleRate: 48_000 },
});

interface Task {
  readonly source: string;
  readonly directory: string;
  readonly probe: Probe;
  readonly plan: TranscodePlan & { readonly video: VideoPlan };
}

const encode: Record<Variant, (task: Task) => Promise<void>> = {
  'the worker': async ({ source, directory, probe, plan }) => {
    const workDir = join(directory, 'work');
    const outputs = join(directory, 'out');
    for (const path of [workDir, outputs]) mkdirSync(path);
    await createFfmpegEncoder({
      ...{ ffmpegPath: 'ffmpeg', workDir, maxDiskBytes: defaultVideoLimits.encodeDiskBytes },
      maxSidePixels: defaultVideoLimits.maxSidePixels,
    }).encode({
      source: { bytes: statSync(source).size, probe, open: fileRanges(source) },
      target: { put: async (name, _mimeType, path) => copyFileSync(path, join(outputs, name)) },
      ...{ plan, deadlineMs: 600_000, onProgress: () => undefined },
    });
  },
  'bare ffmpeg, one process': async (task) => {
    await ffmpeg(task.directory, encodeOnly(task, task.plan));
    await packageAll(task);
  },
  'bare ffmpeg, a process per output, in turn': async (task) => {
    for (const one of perOutput(task)) await ffmpeg(task.directory, one);
    await packageAll(task);
  },
  'bare ffmpeg, a process per output, at once': async (task) => {
    await Promise.all(perOutput(task).map((one) => ffmpeg(task.directory, one)));
    await packageAll(task);
  },
};

/** The worker's own arguments, but of a file. */
function encodeOnly({ source, probe }: Task, plan: TranscodePlan): readonly string[] {
  const threads = availableParallelism();
  const maxPixels = defaultVideoLimits.maxSidePixels ** 2;
  return encodeArguments({ url: source, probe, plan, threads, maxPixels }).map((argument) =>
    argument === 'http,tcp' ? 'file' : argument,
  );
}

/** As one would call it by hand: each output decodes the whole video, or the part that it needs. */
function perOutput({ source, plan }: Task): readonly (readonly string[])[] {
  const { rungs, frameRate, keyFrameInterval, poster, clip, sprites } = plan.video;
  const rate = `fps=${frameRate.numerator}/${frameRate.denominator}`;
  const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high'];
  const mp4 = ['-movflags', '+faststart'];
  const tiles = `select='isnan(prev_t)+gt(floor(t/${sprites.everySeconds})\\,floor(prev_t/${sprites.everySeconds}))'`;
  return [
    ...rungs.map(({ name, width, height, maxBitsPerSecond }) => [
      ...['-i', source, '-vf', `scale=${width}:${height},format=yuv420p,${rate}`, ...x264, '-crf', '22'],
      ...['-maxrate', `${maxBitsPerSecond}`, '-bufsize', `${maxBitsPerSecond}`, '-sc_threshold', '0'],
      ...['-g', `${keyFrameInterval}`, '-keyint_min', `${keyFrameInterval}`],
      ...['-c:a', 'aac', '-b:a', '128k', ...mp4, `${name}.mp4`],
    ]),
    ['-ss', `${poster.atSeconds}`, '-i', source, '-frames:v', '1', '-q:v', '3', 'poster.jpg'],
    [
      ...['-i', source, '-t', `${clip.seconds}`, '-vf', `scale=${clip.width}:${clip.height}`],
      ...['-an', ...x264, '-crf', '26', ...mp4, 'clip.mp4'],
    ],
    [
      ...['-i', source, '-an', '-fps_mode', 'passthrough', '-q:v', '5', '-vf'],
      `${tiles},scale=${sprites.tileWidth}:${sprites.tileHeight},tile=${sprites.columns}x${sprites.rows}`,
      'sprite-%d.jpg',
    ],
  ];
}

async function packageAll({ directory, plan }: Task): Promise<void> {
  for (const [index, rung] of plan.video.rungs.entries()) {
    await ffmpeg(directory, packageArguments(rung, plan.video, index === 0));
  }
}

const ffmpeg = (cwd: string, what: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...what], { cwd, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (status) =>
      status === 0 ? resolve() : reject(new Error(`ffmpeg ended with ${status}`)),
    );
  });

/** Milliseconds of this process and of all its children that have ended; Linux counts in hundredths of a second. */
function cpuMs(): number {
  const [, fields = ''] = readFileSync('/proc/self/stat', 'utf8').split(') ');
  const ticks = fields.split(' ').slice(11, 15).map(Number);
  return ticks.reduce((sum, one) => sum + one, 0) * 10;
}

async function measure(variant: Variant, source: string, seconds: number): Promise<EncodeCost> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    const probe = probeOf(seconds);
    const answer = planTranscode(probe, defaultVideoLimits);
    if ('refused' in answer || !answer.plan.video) throw new Error('the source has no plan');
    const { video } = answer.plan;
    const cpu = cpuMs();
    const start = performance.now();
    await encode[variant]({ source, directory, probe, plan: { ...answer.plan, video } });
    const wallMs = performance.now() - start;
    const sizes = readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !['.m3u8', '.json'].includes(extname(entry.name)))
      .map((entry) => statSync(join(entry.parentPath, entry.name)).size);
    return {
      ...{ cpuMs: cpuMs() - cpu, wallMs, outputs: sizes.length },
      bytes: sizes.reduce((sum, size) => sum + size, 0),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

if (import.meta.main) {
  const [variant, file, seconds] = process.argv.slice(2) as [Variant, string, string];
  process.stdout.write(JSON.stringify(await measure(variant, file, Number(seconds))));
}
