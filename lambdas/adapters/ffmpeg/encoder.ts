import { availableParallelism, totalmem } from 'node:os';
import type { EncodedFile } from '../../core/video/encoded.ts';
import { type EncodeRequest, type Encoder, NotEncoded } from '../../core/video/ports.ts';
import { isDurationEstimated } from '../../core/video/verify.ts';
import { watchDisk } from './disk-watch.ts';
import { encodeArguments } from './encode-arguments.ts';
import { failureOf, isWell } from './ffmpeg-end.ts';
import { Outputs } from './outputs.ts';
import { putPictures, putRecording } from './put-outputs.ts';
import { type FfmpegRun, runFfmpeg } from './run-ffmpeg.ts';
import { SoundPeaks } from './sound-peaks.ts';
import { serveSource } from './source-server.ts';
import { inWorkDirectory } from './work-directory.ts';

export interface FfmpegDeps {
  /** The program. */
  readonly ffmpegPath: string;
  /** Where each run has a directory of its own, for as long as it lasts. */
  readonly workDir: string;
  /** Of that directory. */
  readonly maxDiskBytes: number;
  /** Of a source, on either side. */
  readonly maxSidePixels: number;
}

/** Runs ffmpeg to its good end. */
export type RunFfmpeg = (run: Pick<FfmpegRun, 'arguments' | 'onProgress' | 'onSamples'>) => Promise<void>;

/** The rest of the machine's memory is Node's, and the blocks of the original. */
const memoryShare = 0.85;
/** By so much a source may be shorter than its header says before it counts as broken off. */
const missingSeconds = 0.5;

/** Encodes by a process of ffmpeg on this machine. */
export const createFfmpegEncoder = (deps: FfmpegDeps): Encoder => ({
  encode: (request) =>
    inWorkDirectory(deps.workDir, request.deadlineMs, async (directory) => {
      const stopped = new AbortController();
      const stop = (error: unknown) => stopped.abort(error);
      const source = await serveSource(request.source, stop);
      const late = new Error(`not encoded within ${request.deadlineMs} ms`);
      const deadline = setTimeout(() => stop(late), request.deadlineMs);
      const disk = watchDisk(directory, deps.maxDiskBytes, stop);
      try {
        return await encodeIn(deps, directory, source.url, request, stopped.signal);
      } finally {
        clearTimeout(deadline);
        disk.stop();
        await source.close();
      }
    }),
});

async function encodeIn(
  { ffmpegPath, maxSidePixels }: FfmpegDeps,
  directory: string,
  url: string,
  { source: { probe }, plan, target, deadlineMs, onProgress }: EncodeRequest,
  signal: AbortSignal,
): Promise<readonly EncodedFile[]> {
  const threads = availableParallelism();
  const run: RunFfmpeg = async (what) => {
    const end = await runFfmpeg({
      ...{ ffmpegPath, directory, signal, ...what },
      maxCpuSeconds: Math.ceil(deadlineMs / 1_000) * threads,
      maxDataKiB: Math.floor((totalmem() * memoryShare) / 1_024),
    });
    // Whoever ended it knows why; ffmpeg itself only sees what follows from that.
    signal.throwIfAborted();
    if (!isWell(end)) throw failureOf(end);
  };
  const peaks = plan.waveform && plan.audio && new SoundPeaks(plan.waveform, plan.audio, plan.duration);
  let encoded = 0;
  let percent = 0;
  await run({
    arguments: encodeArguments({ url, probe, plan, threads, maxPixels: maxSidePixels ** 2 }),
    onProgress: (seconds) => {
      encoded = Math.max(encoded, seconds);
      const reached = Math.min(99, Math.floor((100 * encoded) / plan.duration));
      if (reached > percent) onProgress(reached);
      percent = Math.max(percent, reached);
    },
    ...(peaks && { onSamples: (chunk: Buffer) => peaks.add(chunk) }),
  });
  const least = isDurationEstimated(probe) ? 0 : plan.duration - missingSeconds;
  if (encoded < Math.max(least, plan.duration / 2)) {
    const cause = new Error(`${encoded} s of ${plan.duration} s could be decoded`);
    throw new NotEncoded('malformed', { cause });
  }
  const outputs = new Outputs(directory, target, signal);
  if (plan.video) await putPictures(run, outputs, plan.video, plan.audio !== undefined);
  else await putRecording(outputs, peaks);
  onProgress(100);
  return outputs.files;
}
