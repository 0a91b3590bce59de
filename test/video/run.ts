import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { markdownTable } from '../../bench/support/report.ts';
import { createFfmpegEncoder } from '../../lambdas/adapters/ffmpeg/encoder.ts';
import { createProber } from '../../lambdas/adapters/mediainfo/prober.ts';
import { defaultVideoLimits } from '../../lambdas/contract/video-limits.ts';
import { estimateEncode } from '../../lambdas/core/video/encode-estimate.ts';
import type { EncodedFile } from '../../lambdas/core/video/encoded.ts';
import { planTranscode } from '../../lambdas/core/video/plan.ts';
import { fileRanges } from '../support/file-ranges.ts';
import { watchUsage } from './usage.ts';

/**
 * `npm run verify:video`: encodes a long video and looks what that takes: disk, memory, progress, time. What it makes is
 * thrown away as it comes. SLUICE_VIDEO_SECONDS: how long the video is (600).
 */
const seconds = Number(process.env.SLUICE_VIDEO_SECONDS ?? 600);

/** What a function of 10 GiB leaves to its processes, which has more cores, and so more threads with pictures of their own. */
const maxMemoryBytes = 4 * 1024 ** 3;
const deadlineMs = 4 * 3_600_000;
const loopSeconds = 10;
const frameSeconds = 1 / 25;
const MB = 1e6;

const run = promisify(execFile);

/** Ten seconds of 1920x1080 at 25 frames/s and 8 Mbit/s, again and again. */
async function longVideo(directory: string): Promise<string> {
  const [loop, whole] = [join(directory, 'loop.mp4'), join(directory, 'source.mp4')];
  const common = ['-v', 'error', '-nostdin'];
  await run('ffmpeg', [
    ...[...common, '-f', 'lavfi', '-t', `${loopSeconds}`, '-i', 'testsrc2=size=1920x1080:rate=25'],
    ...['-f', 'lavfi', '-t', `${loopSeconds}`, '-i', 'sine=440:r=48000,aformat=channel_layouts=stereo'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '8M', '-pix_fmt', 'yuv420p', '-c:a', 'aac', loop],
  ]);
  await run('ffmpeg', [
    ...[...common, '-stream_loop', '-1', '-i', loop, '-t', `${seconds}`, '-c', 'copy', whole],
  ]);
  rmSync(loop);
  return whole;
}

async function verify(root: string): Promise<number> {
  const path = await longVideo(root);
  const open = fileRanges(path);
  const bytes = statSync(path).size;
  const probe = await createProber().probe({
    size: bytes,
    read: async (from, length) => {
      const range = await open({ from, to: Math.min(from + length, bytes) }, AbortSignal.timeout(deadlineMs));
      return buffer(range);
    },
  });
  const answer = planTranscode(probe, defaultVideoLimits);
  if ('refused' in answer) throw new Error(`refused: ${answer.refused}`);
  const { plan } = answer;
  const workDir = join(root, 'work');
  mkdirSync(workDir);
  const percents: number[] = [];
  const usage = watchUsage(workDir);
  const start = performance.now();
  let files: readonly EncodedFile[];
  try {
    files = await createFfmpegEncoder({
      ...{ ffmpegPath: 'ffmpeg', workDir, maxDiskBytes: defaultVideoLimits.encodeDiskBytes },
      maxSidePixels: defaultVideoLimits.maxSidePixels,
    }).encode({
      source: { bytes, probe, open },
      target: { put: async () => undefined },
      ...{ plan, deadlineMs, onProgress: (percent) => percents.push(percent) },
    });
  } finally {
    usage.stop();
  }
  const wallSeconds = (performance.now() - start) / 1_000;
  const { peakDiskBytes, peakEncoderBytes, peakOwnBytes } = usage;
  const { diskBytes } = estimateEncode(plan, probe, availableParallelism());
  const durations = files.filter(({ name }) => /^\d+p\.mp4$/.test(name)).map(({ duration = 0 }) => duration);
  const checks = {
    'disk within the estimate': peakDiskBytes <= diskBytes,
    'memory within its bound': peakEncoderBytes + peakOwnBytes <= maxMemoryBytes,
    'progress only grows': percents.every((one, at) => at === 0 || one > (percents[at - 1] ?? 0)),
    'progress ends with 100': percents.at(-1) === 100,
    'rungs within a frame': durations.every((one) => Math.abs(one - plan.duration) <= frameSeconds),
  };
  const written = files.reduce((sum, file) => sum + file.bytes, 0);
  const megabytes = (count: number) => `${(count / MB).toFixed(0)} MB`;
  const rows = [
    ['source', `${plan.duration.toFixed(1)} s, ${megabytes(bytes)}`],
    ['outputs', `${files.length} files, ${megabytes(written)}`],
    ['wall', `${wallSeconds.toFixed(0)} s with ${availableParallelism()} cores`],
    ['peak of the disk', `${megabytes(peakDiskBytes)} (estimated ${megabytes(diskBytes)})`],
    ['peak memory of ffmpeg', megabytes(peakEncoderBytes)],
    ['peak memory of Node', megabytes(peakOwnBytes)],
    ['progress', `${percents.length} reports, ${percents[0]} to ${percents.at(-1)}`],
    ...Object.entries(checks).map(([check, holds]) => [check, holds ? 'yes' : 'NO']),
  ];
  console.log(markdownTable(['what', 'value'], rows));
  return Object.values(checks).every(Boolean) ? 0 : 1;
}

const root = mkdtempSync(join(tmpdir(), 'sluice-video-'));
try {
  process.exitCode = await verify(root);
} finally {
  rmSync(root, { recursive: true });
}
