import { join } from 'node:path';
import { messageOf } from '../local/failure.ts';
import { defaultStackDir } from '../local/paths.ts';
import { terminalProgress } from '../local/progress.ts';
import { startStack } from '../local/start-stack.ts';
import { verify } from './verify-api/verify.ts';

/**
 * `npm run verify:api [-- examples]`: schemathesis calls every operation of docs/openapi.json on a stack of its own,
 * with what the schemas allow and with what they do not, by several users of several rights, about files, uploads and
 * tenants that are there, and finds answers that the document does not name and failures that are ours.
 */
const defaultExamples = 25;

try {
  const dir = join(defaultStackDir, 'verify-api');
  // What an earlier run made up is in the way of this one.
  const running = await startStack({
    ...{ port: 0, enginePort: 0, dir, ephemeral: true },
    progress: terminalProgress(),
  });
  try {
    const examples = Number(process.argv[2] ?? defaultExamples);
    if ((await verify(running.stack, join(dir, 'passes'), examples)) > 0) process.exitCode = 1;
  } finally {
    await running.stop();
  }
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
