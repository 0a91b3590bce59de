import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LocalFailure } from './failure.ts';

const probeDeadlineMs = 10_000;
/** Of Python 3: what MiniStack needs, and the newest for which every pinned package has wheels. */
const oldestMinor = 10;
const newestMinor = 14;

/** What one interpreter says about itself. */
export interface PythonProbe {
  readonly command: string;
  readonly major: number;
  readonly minor: number;
  readonly hasVenv: boolean;
}

const probeScript =
  'import sys, importlib.util as u; print(*sys.version_info[:2], int(all(u.find_spec(m) for m in ("venv", "ensurepip"))))';

/** `3 11 1` -> the probe; undefined for anything else. */
export function parseProbe(command: string, output: string): PythonProbe | undefined {
  const match = /^(\d+) (\d+) ([01])$/.exec(output.trim());
  if (!match) return undefined;
  return { command, major: Number(match[1]), minor: Number(match[2]), hasVenv: match[3] === '1' };
}

const isSupported = ({ major, minor }: PythonProbe): boolean =>
  major === 3 && minor >= oldestMinor && minor <= newestMinor;

/** The first interpreter that can carry what is installed; else a LocalFailure that says what to install. */
export function choosePython(probes: readonly PythonProbe[]): PythonProbe {
  const supported = probes.filter(isSupported);
  const usable = supported.find((probe) => probe.hasVenv);
  if (usable) return usable;
  const withoutVenv = supported[0];
  if (withoutVenv) {
    const version = `${withoutVenv.major}.${withoutVenv.minor}`;
    throw new LocalFailure(
      `Python ${version} is here without its venv module: install it (on Debian and Ubuntu: sudo apt install python${version}-venv) and start again.`,
    );
  }
  const other = probes[0];
  const found = other ? ` (found only ${other.major}.${other.minor})` : '';
  throw new LocalFailure(
    `Sluice needs Python 3.${oldestMinor} to 3.${newestMinor}${found}: install one (https://www.python.org/downloads/) and start again.`,
  );
}

async function probe(command: string): Promise<PythonProbe | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, ['-c', probeScript], { timeout: probeDeadlineMs });
    return parseProbe(command, stdout);
  } catch {
    return undefined;
  }
}

/** pyenv's interpreters work without its shims, which answer only for the versions that a folder selects. */
async function pyenvCommands(): Promise<string[]> {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const names = await readdir(versions).catch(() => []);
  return names.sort().map((name) => join(versions, name, 'bin', 'python3'));
}

/** Looks for Python in the order in which people expect theirs to be taken; stops at the first that fits. */
export async function findPython(): Promise<PythonProbe> {
  const numbered = Array.from(
    { length: newestMinor - oldestMinor + 1 },
    (_, back) => `python3.${newestMinor - back}`,
  );
  const commands = [process.env.PYTHON, 'python3', 'python', ...numbered, 'py', ...(await pyenvCommands())];
  const probes: PythonProbe[] = [];
  for (const command of commands) {
    if (!command) continue;
    const answer = await probe(command);
    if (!answer) continue;
    probes.push(answer);
    if (isSupported(answer) && answer.hasVenv) break;
  }
  return choosePython(probes);
}
