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

const installLog = join(defaultStackDir, 'install.log');

export const venvPython = join(venvDir, 'bin', 'python');

/** Packages that come and go together, each file pinned by hash. */
interface Packages {
  readonly what: string;
  readonly requirements: string;
  /** Lies in the venv and says which requirements are in it. */
  readonly stamp: string;
  /** The venv is made for them: nothing that an older version left stays in it. */
  readonly ownVenv: boolean;
}

const engine: Packages = {
  what: 'the local AWS engine',
  requirements: join(projectDir, 'local', 'requirements.txt'),
  stamp: join(venvDir, 'installed.sha256'),
  ownVenv: true,
};

const ffmpeg: Packages = {
  what: 'ffmpeg',
  requirements: join(projectDir, 'layers', 'ffmpeg', 'requirements.txt'),
  stamp: join(venvDir, 'ffmpeg.sha256'),
  ownVenv: false,
};

/**
 * Brings the engine's packages into the project's own venv, unless they are there; `onInstall` is called when there
 * is work. Every file is checked against its pinned hash. Throws LocalFailure in words for the person.
 */
export const installEngine = (onInstall: () => void, signal?: AbortSignal): Promise<void> =>
  install(engine, onInstall, signal);

/** Likewise the wheel that carries ffmpeg, beside the engine. */
export const installFfmpeg = (onInstall: () => void, signal?: AbortSignal): Promise<void> =>
  install(ffmpeg, onInstall, signal);

async function install(packages: Packages, onInstall: () => void, signal?: AbortSignal): Promise<void> {
  const wanted = createHash('sha256')
    .update(await readFile(packages.requirements))
    .digest('hex');
  if (await isInstalled(packages, wanted)) return;
  await withLock(join(defaultStackDir, 'install.lock'), installDeadlineMs, async () => {
    if (await isInstalled(packages, wanted)) return;
    onInstall();
    if (packages.ownVenv || !(await venvRuns())) await makeVenv(signal);
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
        packages.requirements,
      ],
      `install ${packages.what}`,
      signal,
    );
    await writeFile(packages.stamp, wanted);
  });
}

/** Whether the venv holds exactly the pinned packages and its interpreter still runs (a system upgrade may break it). */
async function isInstalled({ stamp }: Packages, wanted: string): Promise<boolean> {
  const installed = await readFile(stamp, 'utf8').catch(() => '');
  return installed === wanted && (await venvRuns());
}

const venvRuns = (): Promise<boolean> =>
  promisify(execFile)(venvPython, ['--version'], { timeout: versionDeadlineMs }).then(
    () => true,
    () => false,
  );

async function makeVenv(signal: AbortSignal | undefined): Promise<void> {
  const python = await findPython();
  await rm(venvDir, { recursive: true, force: true });
  await rm(installLog, { force: true });
  await mkdir(defaultStackDir, { recursive: true });
  await run(python.command, ['-m', 'venv', venvDir], 'create a Python environment', signal);
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
