import { join } from 'node:path';
import { defaultStackDir, stackPaths } from '../../local/paths.ts';
import { readStackFile, type StackFile } from '../../local/stack-file.ts';
import { startStack } from '../../local/start-stack.ts';
import { Api } from '../../test/support/api.ts';

/** The one that runs here, or else one of its own for as long as it takes. */
export async function stackToMeasure(): Promise<{ stack: StackFile; stop(): Promise<void> }> {
  const stack = await readStackFile(stackPaths(defaultStackDir).stack);
  if (stack && (await answers(stack))) return { stack, stop: async () => {} };
  process.stderr.write('no stack is running: starting one of its own ...\n');
  return startStack({ port: 0, enginePort: 0, dir: join(defaultStackDir, 'bench'), ephemeral: true });
}

const answers = ({ apiUrl }: StackFile): Promise<boolean> =>
  new Api(apiUrl).call('GET', '/health').then(
    ({ status }) => status === 200,
    () => false,
  );
