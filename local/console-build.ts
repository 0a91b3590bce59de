import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localAwsEnv } from './aws-env.ts';
import { lastErrorLine, runCommand } from './command.ts';
import { LocalFailure } from './failure.ts';
import { fingerprint } from './fingerprint.ts';
import { withLock } from './lock.ts';
import { consoleDir, defaultStackDir, projectDir } from './paths.ts';

const buildDeadlineMs = 3 * 60_000;
const sources = ['web', 'client', 'package-lock.json'];

const stamp = join(defaultStackDir, 'console.sha256');
const log = join(defaultStackDir, 'console.log');

/** Builds the console into dist/web, unless its sources are those of the last build. */
export async function buildConsole(signal?: AbortSignal): Promise<void> {
  await withLock(join(defaultStackDir, 'console.lock'), buildDeadlineMs, async () => {
    const wanted = await fingerprint(projectDir, sources);
    const built = await readFile(stamp, 'utf8').catch(() => '');
    const page = await readFile(join(consoleDir, 'index.html')).catch(() => undefined);
    if (page && built === wanted) return;
    await rm(log, { force: true });
    const { exitCode, lines } = await runCommand('vite', ['build', '-c', 'web/vite.config.ts'], {
      cwd: projectDir,
      env: { ...localAwsEnv(process.env), NODE_ENV: 'production' },
      log,
      deadlineMs: buildDeadlineMs,
      signal,
    });
    if (exitCode !== 0)
      throw new LocalFailure(`The console does not build: ${lastErrorLine(lines)} (details: ${log}).`);
    await writeFile(stamp, wanted);
  });
}
