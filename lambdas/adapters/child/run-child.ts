import { spawn } from 'node:child_process';

/** What the kernel, V8 and its parent allow a child. */
export interface ChildLimits {
  readonly deadlineMs: number;
  /** Without output for so long it is ended before its deadline. */
  readonly stallMs?: number;
  /** In the kernel's sense of data: what is private and writable, in memory or not. */
  readonly maxDataKiB: number;
  /** Should the parent be gone: the kernel ends who computes for so long. */
  readonly maxCpuSeconds: number;
  readonly maxHeapMiB: number;
  readonly maxOutputBytes: number;
}

export interface ChildEnd {
  /** Exit status; null when a signal ended it. */
  readonly status: number | null;
  /** It took more time, memory or output than it may. */
  readonly exceeded: boolean;
  /** The last that it said on standard error, in one line. */
  readonly words: string;
}

const maxWords = 500;

/** The limits hold for the shell and for what it becomes. */
const limited = ({ maxCpuSeconds, maxDataKiB }: ChildLimits): string =>
  `ulimit -c 0 && ulimit -t ${maxCpuSeconds} && ulimit -d ${maxDataKiB} && exec "$0" "$@"`;

/**
 * Runs Node with these arguments in a process of its own and hands over what it writes to standard output, as it comes. The
 * child gets `source` through a pipe and no environment but the given one: no credentials, no addresses. It is killed at its
 * limits.
 */
export function runChild(
  nodeArguments: readonly string[],
  source: Uint8Array,
  limits: ChildLimits,
  onOutput: (chunk: Buffer) => void,
  environment: Readonly<Record<string, string>> = {},
): Promise<ChildEnd> {
  const { LD_LIBRARY_PATH } = process.env;
  const heap = `--max-old-space-size=${limits.maxHeapMiB}`;
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', limited(limits), process.execPath, heap, ...nodeArguments], {
      env: { ...environment, ...(LD_LIBRARY_PATH && { LD_LIBRARY_PATH }) },
      cwd: '/',
    });
    let killed = false;
    let outputBytes = 0;
    let said = '';
    const kill = () => {
      killed = true;
      child.kill('SIGKILL');
    };
    const deadline = setTimeout(kill, limits.deadlineMs);
    const stall = limits.stallMs === undefined ? undefined : setTimeout(kill, limits.stallMs);
    child.stdout.on('data', (chunk: Buffer) => {
      stall?.refresh();
      outputBytes += chunk.byteLength;
      if (outputBytes > limits.maxOutputBytes) kill();
      else onOutput(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2 * maxWords);
    });
    // It may be gone before it has read everything; its end says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(source);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(deadline);
      clearTimeout(stall);
      const words = said.replaceAll(/\s+/g, ' ').trim().slice(-maxWords);
      const exceeded =
        killed || signal !== null || /(?:out of|not enough) memory|allocation failed/i.test(words);
      resolve({ status, exceeded, words });
    });
  });
}
