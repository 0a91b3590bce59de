import { spawn } from 'node:child_process';

export interface Ended {
  /** Undefined: it was killed, at its deadline or by somebody else. */
  readonly exitCode: number | undefined;
  /** What it wrote to both outputs, line by line; of more than `maxLines` the last ones. */
  readonly lines: readonly string[];
}

const maxLines = 2_000;
const maxLineChars = 2_000;

/**
 * Runs one of ClamAV's programs from PATH to its end, or kills it and all that it started at the deadline: what it
 * reads is hostile, so it gets no chance to refuse. Its environment is nothing but PATH.
 * @throws Error where it cannot be started
 */
export function runClamav(program: string, args: readonly string[], deadlineMs: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const { PATH } = process.env;
    const child = spawn(program, [...args], {
      env: { PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const kill = (): void => {
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const deadline = setTimeout(kill, Math.max(0, deadlineMs));
    const lines: string[] = [];
    for (const output of [child.stdout, child.stderr]) collect(output, lines);
    child.once('error', (cause) => {
      clearTimeout(deadline);
      reject(new Error(`${program} could not be started: ${cause.message}`, { cause }));
    });
    child.once('close', (code) => {
      clearTimeout(deadline);
      resolve({ exitCode: code ?? undefined, lines });
    });
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function collect(output: NodeJS.ReadableStream, lines: string[]): void {
  let open = '';
  const take = (line: string): void => {
    lines.push(line.slice(0, maxLineChars).trimEnd());
    if (lines.length > maxLines) lines.shift();
  };
  output.setEncoding('utf8');
  output.on('data', (text: string) => {
    const complete = (open + text).split('\n');
    open = (complete.pop() ?? '').slice(0, maxLineChars);
    for (const line of complete) take(line);
  });
  output.on('end', () => {
    if (open) take(open);
  });
}
