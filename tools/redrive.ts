/**
 * `npm run redrive -- <queue> [--stage local]` sends the dead letters of a queue to it again, all of them, by the same
 * code as POST /admin/queues/{q}/redrive. For operators with credentials of the account; consumers drop repeats.
 */
import { parseArgs } from 'node:util';
import { stageOutputs } from '../bin/bootstrap/account.ts';
import { createSqs } from '../lambdas/adapters/sqs/file-queues.ts';
import { createQueueAdmin } from '../lambdas/adapters/sqs/queue-admin.ts';
import { queueNames } from '../lambdas/contract/queues.ts';
import { maxMoved, redrive } from '../lambdas/core/queues/queues.ts';
import { configFor } from '../lib/config/index.ts';
import { localAwsEnv } from '../local/aws-env.ts';
import { messageOf } from '../local/failure.ts';
import { defaultStackDir, stackPaths } from '../local/paths.ts';
import { readStackFile } from '../local/stack-file.ts';

const { values, positionals } = parseArgs({
  options: {
    stage: { type: 'string', default: 'local' },
    'local-dir': { type: 'string', default: defaultStackDir },
  },
  allowPositionals: true,
});

async function main(): Promise<void> {
  const name = queueNames.find((known) => known === positionals[0]);
  if (!name) throw new Error(`Say which queue: npm run redrive -- <one of ${queueNames.join(', ')}>.`);
  const queues = createQueueAdmin(createSqs(), { [name]: await urlOf(name) });
  let moved: number;
  do {
    moved = await redrive(queues, name);
    console.log(`${moved} messages sent to ${name} again.`);
  } while (moved === maxMoved);
}

async function urlOf(name: string): Promise<string> {
  const config = configFor(values.stage);
  if (config.stage === 'local') {
    const stack = await readStackFile(stackPaths(values['local-dir']).stack);
    if (!stack) throw new Error('Sluice has not been started here yet: run npm start first.');
    Object.assign(process.env, localAwsEnv(process.env, stack.endpoint));
  }
  const outputs = await stageOutputs(config);
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const url = outputs[`${title}QueueUrl`];
  if (!url) throw new Error(`The stacks have no queue ${name}: deploy them again.`);
  return url;
}

try {
  await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
