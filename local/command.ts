import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';

export interface CommandOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets the whole output, appended. */
  readonly log: string;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onLine?: (line: string) => void;
}

export interface CommandResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly lines: readonly string[];
}

const keptLines = 400;
const endGraceMs = 3_000;

function endProcessGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  setTimeout(() => signalGroup(pid, 'SIGKILL'), endGraceMs).unref();
}

/** To a program started with `detached: true` and all that it has started. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
  }
}

/** Runs a program to its end; the caller judges the exit code. Rejects when it cannot be started or is aborted. */
export async function runCommand(
  program: string,
  args: readonly string[],
  { cwd, env, log, deadlineMs, signal, onLine }: CommandOptions,
): Promise<CommandResult> {
  const file = await open(log, 'a');
  try {
    await file.write(`$ ${program} ${args.join(' ')}\n`);
    const deadline = AbortSignal.timeout(deadlineMs);
    const stop = signal ? AbortSignal.any([signal, deadline]) : deadline;
    // A process group of its own: what the program itself has started ends with it.
    const child = spawn(program, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const endGroup = (): void => endProcessGroup(child);
    stop.addEventListener('abort', endGroup);
    const lines: string[] = [];
    const collect = (coloured: string): void => {
      const line = stripVTControlCharacters(coloured);
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      file.write(`${line}\n`).catch(() => {});
      onLine?.(line);
    };
    createInterface({ input: child.stdout }).on('line', collect);
    createInterface({ input: child.stderr }).on('line', collect);
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    stop.removeEventListener('abort', endGroup);
    stop.throwIfAborted();
    return { exitCode, lines };
  } finally {
    await file.close();
  }
}

/** Neither empty, nor a frame of a stack trace, nor what a tool says of the tool that it called. */
const isMessage = (line: string): boolean =>
  line !== '' && !/^(at |Node\.js v\d)|Subprocess exited/.test(line);

/** The line that says why a tool failed, for people: the last that looks like an error, else the last one. */
export function lastErrorLine(lines: readonly string[]): string {
  const clean = lines.map((line) => line.trim()).filter(isMessage);
  const telling = clean.filter((line) => /❌|\berror\b|\bfailed\b|exception|denied|ENO[A-Z]+/i.test(line));
  return telling.at(-1) ?? clean.at(-1) ?? 'no output';
}
