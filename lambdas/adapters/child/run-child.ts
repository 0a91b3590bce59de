import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { bareEnvironment, type KernelLimits, withinLimits } from './kernel-limits.ts';

/** What the kernel, V8 and its parent allow a child. */
export interface ChildLimits extends KernelLimits {
  readonly deadlineMs: number;
  /** Without output for so long it is ended before its deadline. */
  readonly stallMs?: number;
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

/** Feeds a child that asks for what it needs; whoever holds the pipe ends it. */
export type Feed = (input: Writable) => void;

const maxWords = 500;

/**
 * Runs Node with these arguments in a process of its own and hands over what it writes to standard output, as it comes. The
 * child gets `source` through a pipe, whole or as it is fed, and no environment but the given one: no credentials, no
 * addresses. It is killed at its limits.
 */
export function runChild(
  nodeArguments: readonly string[],
  source: Uint8Array | Feed,
  limits: ChildLimits,
  onOutput: (chunk: Buffer) => void,
  environment: Readonly<Record<string, string>> = {},
): Promise<ChildEnd> {
  const heap = `--max-old-space-size=${limits.maxHeapMiB}`;
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', withinLimits(limits), process.execPath, heap, ...nodeArguments], {
      env: { ...environment, ...bareEnvironment() },
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
    if (typeof source === 'function') source(child.stdin);
    else child.stdin.end(source);
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
