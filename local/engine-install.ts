import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lastErrorLine, runCommand } from './command.ts';
import { LocalFailure } from './failure.ts';
import { withLock } from './lock.ts';
import { defaultStackDir, projectDir, venvDir } from './paths.ts';
import { findPython } from './python.ts';

const installDeadlineMs = 10 * 60_000;
const versionDeadlineMs = 10_000;

const requirements = join(projectDir, 'local', 'requirements.txt');
const stamp = join(venvDir, 'installed.sha256');
const installLog = join(defaultStackDir, 'install.log');

export const venvPython = join(venvDir, 'bin', 'python');

/** Whether the venv holds exactly the pinned packages and its interpreter still runs (a system upgrade may break it). */
async function isInstalled(wanted: string): Promise<boolean> {
  const installed = await readFile(stamp, 'utf8').catch(() => '');
  if (installed !== wanted) return false;
  return promisify(execFile)(venvPython, ['--version'], { timeout: versionDeadlineMs }).then(
    () => true,
    () => false,
  );
}

/**
 * Brings the engine's packages into the project's own venv, unless they are there; `onInstall` is called when there
 * is work. Every file is checked against its pinned hash. Throws LocalFailure in words for the person.
 */
export async function installEngine(onInstall: () => void, signal?: AbortSignal): Promise<void> {
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  if (await isInstalled(wanted)) return;
  await withLock(join(defaultStackDir, 'install.lock'), installDeadlineMs, async () => {
    if (await isInstalled(wanted)) return;
    onInstall();
    const python = await findPython();
    await rm(venvDir, { recursive: true, force: true });
    await rm(installLog, { force: true });
    await mkdir(defaultStackDir, { recursive: true });
    await run(python.command, ['-m', 'venv', venvDir], 'create a Python environment', signal);
    await run(
      venvPython,
      [
        '-m',
        'pip',
        'install',
        '--disable-pip-version-check',
        '--no-input',
        '--require-hashes',
        '-r',
        requirements,
      ],
      'install the local AWS engine',
      signal,
    );
    await writeFile(stamp, wanted);
  });
}

async function run(
  program: string,
  args: readonly string[],
  what: string,
  signal?: AbortSignal,
): Promise<void> {
  // The person's own environment: pip may need its proxy and its index to reach the package registry.
  const { PYTHONPATH: _path, PYTHONHOME: _home, ...env } = process.env;
  const options = { cwd: projectDir, env, log: installLog, deadlineMs: installDeadlineMs, signal };
  const { exitCode, lines } = await runCommand(program, args, options);
  if (exitCode === 0) return;
  throw new LocalFailure(`Could not ${what}: ${lastErrorLine(lines)} (details: ${installLog}).`);
}
