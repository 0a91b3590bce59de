import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { defaultStackDir } from '../../local/paths.ts';
import type { StackFile } from '../../local/stack-file.ts';
import { startStack } from '../../local/start.ts';

declare module 'vitest' {
  interface ProvidedContext {
    stack: StackFile;
  }
}

/** Deploys a stack of the tests' own, on free ports, next to whatever a person runs. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = await startStack({ port: 0, enginePort: 0, dir: join(defaultStackDir, 'test') });
  project.provide('stack', running.stack);
  return () => running.stop();
}
