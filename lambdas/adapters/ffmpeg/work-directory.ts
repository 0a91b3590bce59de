import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const prefix = 'sluice-encode-';

/**
 * Gives `run` a directory of its own, which is removed afterwards. What a function left that was killed on its way goes first:
 * the next one may have the same disk. It is known by its process, which is no more, and where another one has got the number,
 * by its age: no run lasts longer than `longestMs`.
 */
export async function inWorkDirectory<T>(
  workDir: string,
  longestMs: number,
  run: (directory: string) => Promise<T>,
): Promise<T> {
  await removeLeftovers(workDir, Date.now() - longestMs);
  const directory = await mkdtemp(join(workDir, `${prefix}${process.pid}-`));
  try {
    return await run(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function removeLeftovers(workDir: string, beforeMs: number): Promise<void> {
  const names = (await readdir(workDir)).filter((name) => name.startsWith(prefix));
  for (const name of names) {
    const path = join(workDir, name);
    const changed = await stat(path).catch(() => undefined);
    if (!changed || (changed.mtimeMs >= beforeMs && isAtWork(name))) continue;
    await rm(path, { recursive: true, force: true });
  }
}

/** The process of a directory is there, or cannot be told by its name. */
function isAtWork(name: string): boolean {
  const [pid] = /^\d+(?=-)/.exec(name.slice(prefix.length)) ?? [];
  if (pid === undefined) return true;
  try {
    return process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
