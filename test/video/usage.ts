import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Usage {
  /** Of all files below the directory. */
  readonly peakDiskBytes: number;
  /** Resident, of all children of this process together. */
  readonly peakEncoderBytes: number;
  /** Resident, of this process. */
  readonly peakOwnBytes: number;
  stop(): void;
}

const lookEveryMs = 100;

/** Looks again and again what this process, its children and a directory take, by what Linux tells in /proc. */
export function watchUsage(directory: string): Usage {
  const peaks = { peakDiskBytes: 0, peakEncoderBytes: 0, peakOwnBytes: 0 };
  const timer = setInterval(() => {
    peaks.peakDiskBytes = Math.max(peaks.peakDiskBytes, bytesBelow(directory));
    peaks.peakEncoderBytes = Math.max(peaks.peakEncoderBytes, childrenBytes());
    peaks.peakOwnBytes = Math.max(peaks.peakOwnBytes, process.memoryUsage.rss());
  }, lookEveryMs);
  return Object.assign(peaks, { stop: () => clearInterval(timer) });
}

function childrenBytes(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
  return children === '' ? 0 : children.split(' ').reduce((sum, child) => sum + residentBytes(child), 0);
}

function residentBytes(process: string): number {
  return orNothing(() => {
    const [, kilobytes = 0] =
      /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${process}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1_024;
  });
}

const bytesBelow = (directory: string): number =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + orNothing(() => statSync(join(parentPath, name)).size), 0);

/** It may be gone meanwhile. */
function orNothing(look: () => number): number {
  try {
    return look();
  } catch {
    return 0;
  }
}
