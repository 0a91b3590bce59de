import { rm } from 'node:fs/promises';
import { lockHolder } from './lock.ts';
import { defaultStackDir, stackPaths } from './paths.ts';

/** `npm run local:reset`: forgets users, files and stacks. Installed packages and what tests run beside it stay. */
async function main(): Promise<void> {
  const { dir: _dir, ...written } = stackPaths(defaultStackDir);
  const pid = await lockHolder(written.lock);
  if (pid) {
    console.error(
      `Sluice is running here (process ${pid}): stop it with Ctrl-C in its terminal, then reset.`,
    );
    process.exitCode = 1;
    return;
  }
  await Promise.all(Object.values(written).map((path) => rm(path, { recursive: true, force: true })));
  console.log('Everything local is forgotten; npm start begins anew.');
}

await main();
