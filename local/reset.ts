import { forgetStack } from './forget.ts';
import { lockHolder } from './lock.ts';
import { defaultStackDir, stackPaths } from './paths.ts';

/** `npm run local:reset`: forgets users, files and stacks. Installed packages and what tests run beside it stay. */
async function main(): Promise<void> {
  const paths = stackPaths(defaultStackDir);
  const pid = await lockHolder(paths.lock);
  if (pid) {
    console.error(
      `Sluice is running here (process ${pid}): stop it with Ctrl-C in its terminal, then reset.`,
    );
    process.exitCode = 1;
    return;
  }
  await forgetStack(paths);
  console.log('Everything local is forgotten; npm start begins anew.');
}

await main();
