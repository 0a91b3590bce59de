import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { defaultEnginePort, engineUrl, localAwsEnv, localRegion } from './aws-env.ts';
import { lastErrorLine, signalGroup } from './command.ts';
import { LocalFailure } from './failure.ts';
import { holderRecord, lockHolder } from './lock.ts';
import { projectDir, type StackPaths } from './paths.ts';
import { findFreePort, isPortFree } from './ports.ts';
import { venvPython } from './python-packages.ts';

const healthDeadlineMs = 60_000;
const healthRequestMs = 2_000;
const healthPollMs = 100;
const stopDeadlineMs = 20_000;
/** An engine whose starter was killed saves and ends by itself; the next start waits this long for it. */
const orphanDeadlineMs = 15_000;
/** Idle copies of a function are kept this long; one of each is kept for good. */
const warmFunctionSeconds = 120;

const Health = z.object({ auth: z.string(), version: z.string() });

export interface Engine {
  readonly endpoint: string;
  /** Settles when the engine ends without having been asked to; never for an engine that somebody else runs. */
  readonly crashed: Promise<string>;
  /** Lets it save its state and end; kills it, with all functions, after a deadline. */
  stop(): Promise<void>;
}

/** The loopback engine that AWS_ENDPOINT_URL names, if any. Anything but loopback is refused: it could be real AWS. */
export function ownEndpoint(env: NodeJS.ProcessEnv): string | undefined {
  const given = env.AWS_ENDPOINT_URL?.trim();
  if (!given) return undefined;
  const url = URL.parse(given);
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && isLoopback(url.hostname))
    return url.origin;
  throw new LocalFailure(
    `AWS_ENDPOINT_URL is ${given}, which is not on this machine: unset it, since a local run talks to a local engine only.`,
  );
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

async function health(endpoint: string): Promise<z.infer<typeof Health> | undefined> {
  try {
    const response = await fetch(`${endpoint}/_ministack/health`, {
      signal: AbortSignal.timeout(healthRequestMs),
    });
    return Health.parse(await response.json());
  } catch {
    return undefined;
  }
}

/** Uses an engine that somebody else runs. */
export async function attachEngine(endpoint: string): Promise<Engine> {
  const answer = await health(endpoint);
  if (!answer) {
    throw new LocalFailure(
      `AWS_ENDPOINT_URL is ${endpoint}, but no engine answers there: start it, or unset the variable.`,
    );
  }
  if (answer.auth !== 'enabled') {
    throw new LocalFailure(
      `The engine at ${endpoint} does not check permissions: start it with AUTH=true, or unset AWS_ENDPOINT_URL.`,
    );
  }
  return { endpoint, crashed: new Promise(() => {}), stop: async () => {} };
}

export interface EngineOptions {
  /** Whether what it holds is saved, every now and then and at its end. */
  readonly keepsState: boolean;
  /** The file for what its roles ask for; absent: not recorded. */
  readonly recordCalls?: string | undefined;
}

/** Settings of MiniStack for one stack. The functions that it starts inherit all of them. */
export function engineEnv(
  parent: NodeJS.ProcessEnv,
  paths: StackPaths,
  port: number,
  { keepsState, recordCalls }: EngineOptions,
): Record<string, string> {
  return {
    ...localAwsEnv(parent, engineUrl(port)),
    ...(recordCalls && { SLUICE_RECORD_CALLS: recordCalls }),
    // Enforce IAM, bucket and queue policies, signatures and tokens.
    AUTH: 'true',
    // A sign-in whose pre-token trigger fails gets no token, as on AWS.
    MINISTACK_COGNITO_PRETOKEN_STRICT: '1',
    PERSIST_STATE: keepsState ? '1' : '0',
    S3_PERSIST: '1',
    STATE_DIR: paths.state,
    S3_DATA_DIR: paths.objects,
    // Inside the project, so that CDK's own custom resources find the SDK in its node_modules.
    TMPDIR: paths.temporary,
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: '127.0.0.1',
    MINISTACK_REGION: localRegion,
    LAMBDA_EXECUTOR: 'local',
    LAMBDA_WARM_TTL_SECONDS: String(warmFunctionSeconds),
    // Services that would open ports of their own.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    // Functions log to stderr; Node's warnings about the engine's own worker script would drown them.
    NODE_NO_WARNINGS: '1',
    PYTHONUNBUFFERED: '1',
  };
}

/**
 * The port for a directory's engine. Queue URLs in the kept state hold it, so that a state stays on the port on which
 * it was made; `wanted` 0: that one, or any free port for a new state.
 */
export async function enginePortFor(paths: StackPaths, wanted: number): Promise<number> {
  const kept = Number(await readFile(paths.enginePort, 'utf8').catch(() => '0'));
  if (wanted === 0) return kept || (await findFreePort(defaultEnginePort + 1));
  if (kept === 0 || kept === wanted) return wanted;
  throw new LocalFailure(
    `What is kept here was made with the engine on port ${kept}: start with ENGINE_PORT=${kept} npm start, or forget it with npm run local:reset.`,
  );
}

/** Starts the engine on a port from `enginePortFor`. Throws LocalFailure. */
export async function startEngine(paths: StackPaths, port: number, options: EngineOptions): Promise<Engine> {
  await waitForOrphan(paths);
  await requireFreePort(port);
  await prepareDirectories(paths);
  await writeFile(paths.enginePort, String(port));
  const log = await open(paths.engineLog, 'w');
  // A session of its own: Ctrl-C in the terminal reaches only the starter, which then stops the engine in order.
  const child = spawn(venvPython, [join(projectDir, 'local', 'gateway.py'), '--port', String(port)], {
    cwd: paths.dir,
    env: engineEnv(process.env, paths, port, options),
    stdio: ['pipe', log.fd, log.fd],
    detached: true,
  });
  await log.close();
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // The engine's end of this pipe is its sign of life of the starter.
  child.stdin?.on('error', () => {});
  let stopping = false;
  const stop = async (): Promise<void> => {
    stopping = true;
    await stopEngine(child, exited);
    await rm(paths.engineProcess, { force: true });
  };
  if (child.pid !== undefined) await writeFile(paths.engineProcess, await holderRecord(child.pid));
  const endpoint = engineUrl(port);
  try {
    await waitForHealth(endpoint, child, paths);
  } catch (error) {
    await stop();
    throw error;
  }
  const crashed = new Promise<string>((resolve) => {
    exited.then(() => {
      if (stopping) return;
      const how = child.signalCode ?? `exit code ${child.exitCode}`;
      resolve(`The local AWS engine ended unexpectedly (${how}; details: ${paths.engineLog}).`);
    });
  });
  return { endpoint, crashed, stop };
}

export async function waitForOrphan(paths: StackPaths): Promise<void> {
  const deadline = Date.now() + orphanDeadlineMs;
  while ((await lockHolder(paths.engineProcess)) && Date.now() < deadline) await sleep(healthPollMs);
}

async function requireFreePort(port: number): Promise<void> {
  if (await isPortFree(port)) return;
  const endpoint = engineUrl(port);
  const engine = await health(endpoint);
  throw new LocalFailure(
    engine
      ? `Port ${port} is in use by another local AWS engine: stop it, or use it with AWS_ENDPOINT_URL=${endpoint} npm start.`
      : `Port ${port}, which the local AWS engine needs, is in use: stop the program that listens there, or choose another with ENGINE_PORT=4567 npm start.`,
  );
}

async function prepareDirectories(paths: StackPaths): Promise<void> {
  // Unpacked functions of earlier runs.
  await rm(paths.temporary, { recursive: true, force: true });
  await Promise.all(
    [paths.state, paths.objects, paths.temporary].map((dir) => mkdir(dir, { recursive: true })),
  );
  // The engine's worker script is CommonJS, and below a project of ES modules Node would read it as one.
  await writeFile(join(paths.temporary, 'package.json'), '{"type":"commonjs"}\n');
  await rename(paths.engineLog, paths.olderEngineLog).catch(() => {});
}

async function waitForHealth(endpoint: string, child: ChildProcess, paths: StackPaths): Promise<void> {
  for (const deadline = Date.now() + healthDeadlineMs; Date.now() < deadline; ) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      throw new LocalFailure(
        `The local AWS engine did not start: ${await lastLogLine(paths)} (details: ${paths.engineLog}).`,
      );
    }
    if (await health(endpoint)) return;
    await sleep(healthPollMs);
  }
  throw new LocalFailure(
    `The local AWS engine did not answer within ${healthDeadlineMs / 1000} s (details: ${paths.engineLog}).`,
  );
}

const lastLogLine = async (paths: StackPaths): Promise<string> =>
  lastErrorLine((await readFile(paths.engineLog, 'utf8').catch(() => '')).split('\n').slice(-50));

async function stopEngine(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    const deadline = new AbortController();
    await Promise.race([
      exited,
      sleep(stopDeadlineMs, undefined, { signal: deadline.signal }).catch(() => {}),
    ]);
    deadline.abort();
  }
  // Whatever is left of its process group: functions that did not end with it.
  signalGroup(child.pid, 'SIGKILL');
}
