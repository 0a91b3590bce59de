import { access, mkdir } from 'node:fs/promises';
import { defaultEnginePort, localRegion } from './aws-env.ts';
import { buildConsole } from './console-build.ts';
import { demoPassword, demoTenants, demoUsers } from './demo.ts';
import { deploy } from './deploy.ts';
import {
  attachEngine,
  type Engine,
  type EngineOptions,
  enginePortFor,
  ownEndpoint,
  startEngine,
  waitForOrphan,
} from './engine.ts';
import { LocalFailure } from './failure.ts';
import { provideFfmpeg } from './ffmpeg.ts';
import { forgetStack } from './forget.ts';
import { portInUse, startFront } from './front.ts';
import { loadConsole } from './front-static.ts';
import { tryLock } from './lock.ts';
import { consoleDir, defaultStackDir, type StackPaths, stackPaths } from './paths.ts';
import { findFreePort, isPortFree } from './ports.ts';
import { type Progress, silentProgress } from './progress.ts';
import { installEngine } from './python-packages.ts';
import { runFunction } from './run-function.ts';
import { defaultScanner, type LocalScanner, requireClamav, updateDefinitions } from './scanner.ts';
import { seed } from './seed.ts';
import { type StackFile, writeStackFile } from './stack-file.ts';

const defaultPort = 4000;
export interface StackOptions {
  /** Of the console and the API; 0: the first free one. */
  readonly port?: number;
  /** Of an engine of its own; 0: a free port. Absent: the one that AWS_ENDPOINT_URL names, else 4566. */
  readonly enginePort?: number;
  /** Where everything of this stack is kept. It must lie inside the project. */
  readonly dir?: string;
  /** ISO 3166 alpha-2: where the front says that all clients are, for trying geo restrictions. */
  readonly country?: string;
  /** What scans uploads; absent: the built-in matcher of test files. */
  readonly scanner?: LocalScanner;
  /** With clamav: where its only definitions are, instead of ClamAV's own. */
  readonly definitionsUrls?: readonly string[];
  /** Begins with nothing, and keeps nothing of what it holds; what it logs stays until the next one. */
  readonly ephemeral?: boolean;
  /** The file for what the roles of this stack ask its engine for (local/call_record.py); absent: not recorded. */
  readonly recordCalls?: string;
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
    const failures: unknown[] = [];
    for (let step = undo.pop(); step; step = undo.pop()) await step().catch((error) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    return await start(options, paths, undo, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  {
    port = defaultPort,
    enginePort,
    country,
    scanner,
    definitionsUrls,
    ephemeral = false,
    recordCalls,
    progress = silentProgress,
    signal,
  }: StackOptions,
  paths: StackPaths,
  undo: (() => Promise<void>)[],
  stop: () => Promise<void>,
): Promise<RunningStack> {
  const given = enginePort === undefined ? ownEndpoint(process.env) : undefined;
  if (port !== 0 && port === (enginePort ?? (given ? undefined : defaultEnginePort))) {
    throw new LocalFailure(
      `Port ${port} is the local AWS engine's: choose another PORT, or another ENGINE_PORT.`,
    );
  }
  if (port !== 0 && !(await isPortFree(port))) throw portInUse(port);
  if (scanner === 'clamav') await requireClamav(process.env);
  await mkdir(paths.dir, { recursive: true });
  if (ephemeral) {
    await waitForOrphan(paths);
    await forgetStack(paths);
  }
  const console = buildConsole(signal);
  // Reported where it is awaited; until then a failure of another step comes first.
  console.catch(() => {});
  undo.push(() => console.catch(() => {}));

  const engine = given
    ? await attachEngine(given)
    : await startOwnEngine(
        paths,
        await enginePortFor(paths, enginePort ?? defaultEnginePort),
        { keepsState: !ephemeral, recordCalls },
        progress,
        signal,
      );
  undo.push(() => engine.stop());

  const ffmpegPath = await progress.step('ffmpeg', (step) =>
    provideFfmpeg(process.env, () => step.update('installing, the first time only'), signal),
  );
  const frontPort = port || (await findFreePort(defaultPort + 1));
  const kept = await exists(paths.outputs);
  const { outputs, changed } = await progress.step('Deploying the stacks', (step) =>
    deploy({
      paths,
      endpoint: engine.endpoint,
      context: {
        consoleOrigin: `http://localhost:${frontPort}`,
        ffmpegPath,
        ...(scanner && { scanner }),
        ...(definitionsUrls && { definitionsUrls: definitionsUrls.join(',') }),
      },
      onDetail: step.update,
      signal,
    }),
  );
  await progress.step('Demo tenants and users', () => seed(engine.endpoint, outputs, demoTenants, demoUsers));
  if (outputs.definitionsFunctionName) {
    await updateDefinitions(engine.endpoint, outputs.definitionsFunctionName, progress);
  }
  await progress.step('Console', () => console);
  if (kept && !changed) await reconcileOrTell(engine.endpoint, outputs.sweepFunctionName, progress);
  signal?.throwIfAborted();

  const users = demoUsers.map((user) => ({ ...user, password: demoPassword }));
  const files = await loadConsole(consoleDir, {
    auth: { mode: 'password' },
    demoUsers: users.map(({ email, password, tenant, role }) => ({ email, password, tenant, role })),
  });
  const server = await startFront({
    port: frontPort,
    endpoint: engine.endpoint,
    apiId: outputs.apiId,
    files,
    ...(country && { country }),
  });
  undo.push(() => server.close());

  const { apiId, buckets, tableName, userPoolId, userPoolClientId, sweepFunctionName } = outputs;
  const { queues, deadLetterQueues, audit, definitionsFunctionName } = outputs;
  const stack: StackFile = {
    apiUrl: server.origin,
    consoleUrl: `${server.origin}/app/`,
    region: localRegion,
    endpoint: engine.endpoint,
    ...{ buckets, users, apiId, tableName, userPoolId, userPoolClientId, sweepFunctionName },
    ...{ queues, deadLetterQueues, audit },
    scanner: scanner ?? defaultScanner,
    ...(definitionsFunctionName && { definitionsFunctionName }),
  };
  await writeStackFile(paths.stack, stack);
  return { stack, crashed: engine.crashed, stop };
}

async function startOwnEngine(
  paths: StackPaths,
  port: number,
  options: EngineOptions,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<Engine> {
  await progress.step('Local AWS engine: packages', (step) =>
    installEngine(() => step.update('installing, the first time only'), signal),
  );
  signal?.throwIfAborted();
  return progress.step(`Local AWS engine: start on port ${port}`, () => startEngine(paths, port, options));
}

/**
 * After a restart the engine has lost multipart uploads in progress and stream records: one run of the sweep finishes
 * or sends again what they left behind. One that fails does not keep the stack from running: its schedule tries again.
 */
async function reconcileOrTell(
  endpoint: string,
  sweepFunctionName: string,
  progress: Progress,
): Promise<void> {
  const failure = await progress.step('Finishing what the last stop interrupted', () =>
    runFunction(endpoint, sweepFunctionName),
  );
  if (failure) progress.say(`  The sweep failed and will run again by its schedule: ${failure}`);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
