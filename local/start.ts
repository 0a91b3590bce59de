import { demoPassword } from './demo.ts';
import { LocalFailure, messageOf } from './failure.ts';
import { countryFrom } from './front-proxy.ts';
import { defaultStackDir, type StackPaths, stackPaths } from './paths.ts';
import { portFrom } from './ports.ts';
import { terminalProgress } from './progress.ts';
import { scannerFrom, scannerNotice } from './scanner.ts';
import { type RunningStack, startStack } from './start-stack.ts';

/** npm passes Ctrl-C on to a process that the terminal has sent it to already; only a later one is a second one. */
const repeatedSignalMs = 500;
const parentPollMs = 500;

function welcome({ stack }: RunningStack, paths: StackPaths): string {
  const width = Math.max(...stack.users.map((user) => user.email.length));
  const users = stack.users.map(
    ({ email, tenant, role }) => `    ${email.padEnd(width)}  ${role} of ${tenant}`,
  );
  return [
    '',
    `  Sluice is ready: ${stack.consoleUrl}`,
    '',
    `  Sign in with the password ${demoPassword} as`,
    ...users,
    '',
    ...scannerNotice(stack.scanner),
    `  API   ${stack.apiUrl}   (a token for curl: npm run token -- ${stack.users[0]?.email})`,
    `  Logs  ${paths.engineLog}, ${paths.deployLog}`,
    '  Stop  Ctrl-C; what you uploaded is kept until npm run local:reset',
    '',
  ].join('\n');
}

/** Killed, npm takes only its shell along: without it nobody could stop this process by its terminal. */
function whenOrphaned(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, parentPollMs);
  watch.unref();
}

/** `npm start`: runs until a signal or the engine's death, and gives the exit code. */
async function main(): Promise<number> {
  const abort = new AbortController();
  let firstSignalAt = 0;
  const interrupted = new Promise<void>((resolve) => {
    whenOrphaned(() => {
      abort.abort();
      resolve();
    });
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        if (firstSignalAt === 0) firstSignalAt = performance.now();
        else if (performance.now() - firstSignalAt > repeatedSignalMs) process.exit(130);
        abort.abort();
        resolve();
      });
    }
  });
  const progress = terminalProgress();
  try {
    const running = await startStack({
      ...(process.env.PORT && { port: portFrom('PORT', process.env.PORT) }),
      ...(process.env.SLUICE_COUNTRY && { country: countryFrom(process.env.SLUICE_COUNTRY) }),
      scanner: scannerFrom(process.env.SLUICE_SCANNER),
      ...(process.env.ENGINE_PORT && { enginePort: portFrom('ENGINE_PORT', process.env.ENGINE_PORT) }),
      progress,
      signal: abort.signal,
    });
    progress.say(welcome(running, stackPaths(defaultStackDir)));
    const crash = await Promise.race([interrupted, running.crashed]);
    await progress.step('Stopping, saving the state', () => running.stop());
    if (crash === undefined) return 0;
    console.error(crash);
    return 1;
  } catch (error) {
    if (abort.signal.aborted) return 130;
    console.error(error instanceof LocalFailure ? error.message : `Starting failed: ${messageOf(error)}.`);
    if (!(error instanceof LocalFailure) && process.env.DEBUG) console.error(error);
    return 1;
  }
}

process.exitCode = await main();
