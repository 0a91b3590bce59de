import { execFile } from 'node:child_process';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';

const retryMs = 250;

const Holder = z.object({ pid: z.number().int().positive(), startedAt: z.string() });
type Holder = z.infer<typeof Holder>;

/** When the process began, as the system tells it: a pid alone may belong to somebody else by now. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return Holder.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** What `lockHolder` understands of a process that now runs. */
export async function holderRecord(pid: number): Promise<string> {
  return JSON.stringify({ pid, startedAt: (await startOf(pid)) ?? '' });
}

/** The process that holds the lock, if it still runs. */
export async function lockHolder(path: string): Promise<number | undefined> {
  const holder = await readHolder(path);
  if (!holder) return undefined;
  return (await startOf(holder.pid)) === holder.startedAt ? holder.pid : undefined;
}

/** Takes the lock and returns its release, or undefined while another living process holds it. */
export async function tryLock(path: string): Promise<(() => Promise<void>) | undefined> {
  await mkdir(dirname(path), { recursive: true });
  const own = await holderRecord(process.pid);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(own);
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (await lockHolder(path)) return undefined;
      await rm(path, { force: true });
    }
  }
  return undefined;
}

/** Runs `work` alone among all processes of this checkout; waits up to `deadlineMs` for another to finish. */
export async function withLock<T>(path: string, deadlineMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const release = await tryLock(path);
    if (release) {
      try {
        return await work();
      } finally {
        await release();
      }
    }
    if (Date.now() > deadline) throw new Error(`${path} is still held by process ${await lockHolder(path)}.`);
    await sleep(retryMs);
  }
}
