import { spawn } from 'node:child_process';
import { bareEnvironment, type KernelLimits, withinLimits } from '../child/kernel-limits.ts';

export interface FfmpegRun extends KernelLimits {
  readonly ffmpegPath: string;
  readonly arguments: readonly string[];
  /** Where relative names of its outputs lie. */
  readonly directory: string;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Seconds of the source that are encoded, about once a second. */
  readonly onProgress?: (seconds: number) => void;
  /** What it writes to `pipe:3`, as it comes. */
  readonly onSamples?: (chunk: Buffer) => void;
}

export interface FfmpegEnd {
  /** Exit status; null when a signal ended it. */
  readonly status: number | null;
  /** The first and the last that it said on standard error. */
  readonly words: string;
}

/** Whoever is told to end and does not is killed. */
const graceMs = 1_000;
/** Broken sources make it say the same thousands of times. */
const keptWords = 4_000;

/** One process of ffmpeg without any environment: no credentials, no addresses, no proxies. */
export function runFfmpeg(run: FfmpegRun): Promise<FfmpegEnd> {
  const common = ['-nostdin', '-hide_banner', '-nostats', '-v', 'error', '-progress', 'pipe:1'];
  return new Promise((resolve, reject) => {
    run.signal.throwIfAborted();
    const child = spawn('/bin/sh', ['-c', withinLimits(run), run.ffmpegPath, ...common, ...run.arguments], {
      env: bareEnvironment(),
      cwd: run.directory,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const words = { first: '', last: '' };
    child.stdio[2]?.on('data', (chunk: Buffer) => {
      const more = chunk.toString();
      words.last = (words.last + more.slice(keptWords - words.first.length)).slice(-keptWords);
      words.first += more.slice(0, keptWords - words.first.length);
    });
    child.stdio[1]?.on('data', progressReader(run.onProgress));
    child.stdio[3]?.on('data', (chunk: Buffer) => run.onSamples?.(chunk));
    let killing: NodeJS.Timeout | undefined;
    const end = () => {
      child.kill('SIGTERM');
      killing = setTimeout(() => child.kill('SIGKILL'), graceMs);
    };
    run.signal.addEventListener('abort', end, { once: true });
    const stopped = () => {
      clearTimeout(killing);
      run.signal.removeEventListener('abort', end);
    };
    child.on('error', (error) => {
      stopped();
      reject(error);
    });
    child.on('close', (status) => {
      stopped();
      resolve({ status, words: words.first + words.last });
    });
  });
}

/** Of lines `key=value`; before anything is encoded the value is `N/A`. */
function progressReader(onProgress: FfmpegRun['onProgress']): (chunk: Buffer) => void {
  let unfinished = '';
  return (chunk) => {
    const lines = (unfinished + chunk.toString()).split('\n');
    unfinished = lines.pop() ?? '';
    for (const line of lines) {
      const [, microseconds] = /^out_time_us=(\d+)$/.exec(line) ?? [];
      if (microseconds !== undefined) onProgress?.(Number(microseconds) / 1_000_000);
    }
  };
}
