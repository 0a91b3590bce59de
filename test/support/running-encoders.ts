import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { localClientConfig } from '../../local/aws-env.ts';
import { defaultStackDir } from '../../local/paths.ts';
import { defaultDeadlineMs, type Engine, eventually } from './engine.ts';

/** Where functions of the tests' own stack keep what they work on: nobody else's encoders run there. */
const workDirectory = join(defaultStackDir, 'test', 'tmp');

/** Processes of ffmpeg that encode for the tests' stack at this moment. */
async function encoders(): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      if (!cwd.startsWith(workDirectory)) return [];
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return /^[^\0]*ffmpeg\0/.test(command) && command.includes('http://127.0.0.1') ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

/** Small sources are encoded within a second. */
const lookEveryMs = 10;

/** Signals the first encoder that runs, or that has written something, as soon as it does; gives its process. */
export async function signalEncoder(
  signal: NodeJS.Signals,
  when: 'running' | 'writing' = 'running',
): Promise<number> {
  for (const deadline = Date.now() + defaultDeadlineMs; Date.now() < deadline; ) {
    const [pid] = await encoders();
    if (pid !== undefined && (when === 'running' || (await hasWritten(pid)))) {
      process.kill(pid, signal);
      return pid;
    }
    await sleep(lookEveryMs);
  }
  throw new Error(`no encoder was ${when} within ${defaultDeadlineMs / 1000} s`);
}

/** By then it has the whole of a source that is smaller than a block of the original. */
async function hasWritten(pid: number): Promise<boolean> {
  const directory = `/proc/${pid}/cwd/`;
  const files = await readdir(directory).catch(() => []);
  const sizes = files.map(async (name) => (await stat(directory + name).catch(() => undefined))?.size ?? 0);
  return (await Promise.all(sizes)).some((size) => size > 0);
}

/** Ends the execution for a file, as an operator may, and as its time does. */
export async function abortExecution(engine: Engine, fileId: string): Promise<void> {
  await withSfn(engine, async (sfn) => {
    const [executionArn] = await running(sfn, fileId);
    if (!executionArn) throw new Error(`no execution runs for file ${fileId}`);
    await sfn.send(new StopExecutionCommand({ executionArn }));
  });
}

/** Waits until nothing works on the file any more, and so nothing is written of it. */
export async function untilExecutionsEnd(engine: Engine, fileId: string): Promise<void> {
  await withSfn(engine, (sfn) =>
    eventually(`no execution runs for file ${fileId}`, async () => (await running(sfn, fileId)).length === 0),
  );
}

async function running(sfn: SFNClient, fileId: string): Promise<string[]> {
  const { stateMachines: [machine] = [] } = await sfn.send(new ListStateMachinesCommand({}));
  const { executions = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn: machine?.stateMachineArn, statusFilter: 'RUNNING' }),
  );
  return executions.flatMap(({ name, executionArn }) =>
    name?.startsWith(`${fileId}-`) && executionArn ? [executionArn] : [],
  );
}

async function withSfn<T>({ stack }: Engine, work: (sfn: SFNClient) => Promise<T>): Promise<T> {
  const sfn = new SFNClient(localClientConfig(stack.endpoint));
  try {
    return await work(sfn);
  } finally {
    sfn.destroy();
  }
}
