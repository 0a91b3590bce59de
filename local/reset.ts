import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { lockHolder } from './lock.ts';
import { defaultStackDir, stackPaths, venvDir } from './paths.ts';

/** `npm run local:reset`: forgets users, files and stacks. The engine's installed packages stay; they hold no state. */
async function main(): Promise<void> {
  const pid = await lockHolder(stackPaths(defaultStackDir).lock);
  if (pid) {
    console.error(
      `Sluice is running here (process ${pid}): stop it with Ctrl-C in its terminal, then reset.`,
    );
    process.exitCode = 1;
    return;
  }
  const entries = await readdir(defaultStackDir).catch(() => []);
  const doomed = entries.filter((entry) => entry !== basename(venvDir));
  await Promise.all(
    doomed.map((entry) => rm(join(defaultStackDir, entry), { recursive: true, force: true })),
  );
  console.log('Everything local is forgotten; npm start begins anew.');
}

await main();
