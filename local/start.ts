import { access, mkdir } from 'node:fs/promises';
import { defaultEnginePort, localRegion } from './aws-env.ts';
import { buildConsole } from './console-build.ts';
import { demoPassword, demoTenants, demoUsers } from './demo.ts';
import { deploy } from './deploy.ts';
import { attachEngine, type Engine, ownEndpoint, startEngine } from './engine.ts';
import { installEngine } from './engine-install.ts';
import { LocalFailure, messageOf } from './failure.ts';
import { portInUse, startFront } from './front.ts';
import { loadConsole } from './front-static.ts';
import { tryLock } from './lock.ts';
import { consoleDir, defaultStackDir, type StackPaths, stackPaths } from './paths.ts';
import { findFreePort, isPortFree } from './ports.ts';
import { type Progress, silentProgress, terminalProgress } from './progress.ts';
import { reconcile } from './reconcile.ts';
import { seed } from './seed.ts';
import { type StackFile, writeStackFile } from './stack-file.ts';

const defaultPort = 4000;

export interface StackOptions {
  /** Of the console and the API; 0: any free port. */
  readonly port?: number;
  /** Of an engine of its own; 0: any free port. Absent: the one that AWS_ENDPOINT_URL names, else 4566. */
  readonly enginePort?: number;
  /** Where everything of this stack is kept. It must lie inside the project. */
  readonly dir?: string;
  readonly progress?: Progress;
  /** Gives up starting, and undoes it. */
  readonly signal?: AbortSignal;
}

export interface RunningStack {
  readonly stack: StackFile;
  /** Settles with a sentence when the stack dies by itself. */
  readonly crashed: Promise<string>;
  stop(): Promise<void>;
}

/** Installs, starts, deploys, seeds and serves; resolves when the stack is ready. Throws LocalFailure. */
export async function startStack(options: StackOptions = {}): Promise<RunningStack> {
  const paths = stackPaths(options.dir ?? defaultStackDir);
  const release = await tryLock(paths.lock);
  if (!release) {
    throw new LocalFailure(`Sluice is already running here: use it, or stop it with Ctrl-C in its terminal.`);
  }
  const undo: (() => Promise<void>)[] = [release];
  const stop = async (): Promise<void> => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    return await start(options, paths, undo, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  { port = defaultPort, enginePort, progress = silentProgress, signal }: StackOptions,
  paths: StackPaths,
  undo: (() => Promise<void>)[],
  stop: () => Promise<void>,
): Promise<RunningStack> {
  const given = enginePort === undefined ? ownEndpoint(process.env) : undefined;
  if (port !== 0 && !(await isPortFree(port))) throw portInUse(port);
  await mkdir(paths.dir, { recursive: true });
  const console = buildConsole(signal);
  // Reported where it is awaited; until then a failure of another step comes first.
  console.catch(() => {});
  undo.push(() => console.catch(() => {}));

  const engine = given
    ? await attachEngine(given)
    : await startOwnEngine(
        paths,
        enginePort === 0 ? await findFreePort() : (enginePort ?? defaultEnginePort),
        progress,
        signal,
      );
  undo.push(() => engine.stop());

  const front = { port: port || (await findFreePort()) };
  const origin = `http://localhost:${front.port}`;
  const kept = await exists(paths.outputs);
  const { outputs, changed } = await progress.step('Deploying the stacks', (step) =>
    deploy({
      paths,
      endpoint: engine.endpoint,
      context: { consoleOrigin: origin },
      onDetail: step.update,
      signal,
    }),
  );
  await progress.step('Demo tenants and users', () => seed(engine.endpoint, outputs, demoTenants, demoUsers));
  await progress.step('Console', () => console);
  if (kept && !changed) {
    await progress.step('Reconciling after the restart', () =>
      reconcile(engine.endpoint, outputs.sweepFunctionName),
    );
  }
  signal?.throwIfAborted();

  const users = demoUsers.map((user) => ({ ...user, password: demoPassword }));
  const files = await loadConsole(consoleDir, {
    auth: { mode: 'password' },
    demoUsers: users.map(({ email, password, tenant, role }) => ({ email, password, tenant, role })),
  });
  const server = await startFront({ ...front, endpoint: engine.endpoint, apiId: outputs.apiId, files });
  undo.push(() => server.close());

  const { apiId, buckets, tableName, userPoolId, userPoolClientId, sweepFunctionName } = outputs;
  const { queues, deadLetterQueues } = outputs;
  const stack: StackFile = {
    apiUrl: server.origin,
    consoleUrl: `${server.origin}/app/`,
    region: localRegion,
    endpoint: engine.endpoint,
    ...{ buckets, users, apiId, tableName, userPoolId, userPoolClientId, sweepFunctionName },
    ...{ queues, deadLetterQueues },
  };
  await writeStackFile(paths.stack, stack);
  return { stack, crashed: engine.crashed, stop };
}

async function startOwnEngine(
  paths: StackPaths,
  port: number,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<Engine> {
  await progress.step('Local AWS engine: packages', (step) =>
    installEngine(() => step.update('installing, the first time only'), signal),
  );
  signal?.throwIfAborted();
  return progress.step(`Local AWS engine: start on port ${port}`, () => startEngine(paths, port));
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** A port from the environment; throws LocalFailure for anything that is none. */
export function portFrom(name: string, value: string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new LocalFailure(`${name} is ${value}, which is no port: use a number from 0 to 65535.`);
}

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
    `  API   ${stack.apiUrl}   (a token for curl: npm run token -- ${stack.users[0]?.email})`,
    `  Logs  ${paths.engineLog}, ${paths.deployLog}`,
    '  Stop  Ctrl-C; what you uploaded is kept until npm run local:reset',
    '',
  ].join('\n');
}

/** `npm start`: runs until a signal or the engine's death, and gives the exit code. */
async function main(): Promise<number> {
  const abort = new AbortController();
  let signals = 0;
  const interrupted = new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        signals += 1;
        if (signals > 1) process.exit(130);
        abort.abort();
        resolve();
      });
    }
  });
  const progress = terminalProgress();
  try {
    const running = await startStack({
      ...(process.env.PORT && { port: portFrom('PORT', process.env.PORT) }),
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

if (import.meta.main) process.exitCode = await main();
