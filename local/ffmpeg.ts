import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { LocalFailure, messageOf } from './failure.ts';
import { venvDir } from './paths.ts';
import { installFfmpeg } from './python-packages.ts';

const askDeadlineMs = 10_000;
/** The lists that ffmpeg prints are some 50 KB. */
const maxListBytes = 1024 ** 2;

/** The oldest that is tried: Debian 12 has it. */
const oldestMajor = 5;
/** What encoding videos takes, by the option that lists it. Homebrew's ffmpeg, for one, comes without zscale. */
const needed = {
  '-encoders': ['libx264', 'aac', 'mjpeg'],
  '-filters': ['scale', 'zscale', 'tonemap', 'tile'],
} as const;

/**
 * The ffmpeg of a local run, as an absolute path: the first on PATH that can do all of it, else the one of a wheel,
 * which is installed then, as `onInstall` is told. Throws LocalFailure that says what to install.
 */
export async function provideFfmpeg(
  env: NodeJS.ProcessEnv,
  onInstall: () => void,
  signal?: AbortSignal,
): Promise<string> {
  const found = await ffmpegOnPath(env.PATH ?? '');
  if (found) return found;
  try {
    await installFfmpeg(onInstall, signal);
    return await installedFfmpeg();
  } catch (error) {
    if (!(error instanceof LocalFailure)) throw error;
    throw new LocalFailure(
      `Videos need ffmpeg ${oldestMajor} or newer with x264, and there is none: install it (Debian and Ubuntu: apt install ffmpeg; macOS: brew install ffmpeg). ${error.message}`,
      { cause: error },
    );
  }
}

export async function ffmpegOnPath(path: string): Promise<string | undefined> {
  for (const directory of path.split(delimiter)) {
    // A folder relative to nobody knows where is not where a function could find it.
    if (!isAbsolute(directory)) continue;
    const program = join(directory, 'ffmpeg');
    if ((await shortcomingOf(program)) === undefined) return program;
  }
  return undefined;
}

/** The program that the wheel has brought, once it has proved that it runs on this machine. */
async function installedFfmpeg(): Promise<string> {
  const lib = join(venvDir, 'lib');
  for (const python of await readdir(lib).catch(() => [])) {
    const binaries = join(lib, python, 'site-packages', 'imageio_ffmpeg', 'binaries');
    const name = (await readdir(binaries).catch(() => [])).find((file) => file.startsWith('ffmpeg-'));
    if (!name) continue;
    const program = join(binaries, name);
    const shortcoming = await shortcomingOf(program);
    if (shortcoming === undefined) return program;
    throw new LocalFailure(`The one that was installed does not do here: ${shortcoming}.`);
  }
  throw new LocalFailure('The package that was installed has no ffmpeg in it.');
}

/** Why a program is not what is needed; undefined where it is. */
async function shortcomingOf(program: string): Promise<string | undefined> {
  try {
    for (const [option, names] of Object.entries(needed)) {
      const { banner, list } = await listed(program, option);
      const lack = lackOf(banner, list, names);
      if (lack) return lack;
    }
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

async function listed(program: string, option: string): Promise<{ banner: string; list: string }> {
  const { stdout, stderr } = await promisify(execFile)(program, [option], {
    timeout: askDeadlineMs,
    maxBuffer: maxListBytes,
  });
  return { banner: stderr, list: stdout };
}

/** Of ffmpeg's banner and one of its lists. Builds of no release say `N-` or a date in place of a version: they are new. */
export function lackOf(banner: string, list: string, names: readonly string[]): string | undefined {
  const major = Number(/^ffmpeg version n?(\d+)\./m.exec(banner)?.[1] ?? Number.POSITIVE_INFINITY);
  if (major < oldestMajor) return `it is of version ${major}`;
  const known = new Set(list.split('\n').map((line) => line.trim().split(/\s+/)[1]));
  const missing = names.filter((name) => !known.has(name));
  return missing.length > 0 ? `it has no ${missing.join(', ')}` : undefined;
}
