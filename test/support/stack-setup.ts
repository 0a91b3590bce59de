import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { defaultStackDir } from '../../local/paths.ts';
import type { StackFile } from '../../local/stack-file.ts';
import { startStack } from '../../local/start.ts';
import { lookAtDeployed } from '../iam/deployed.ts';
import { beginRecord, recordPaths, writeDeployed } from '../iam/record.ts';
import { prepareClamav } from './clamav.ts';

declare module 'vitest' {
  interface ProvidedContext {
    stack: StackFile;
  }
}

/**
 * Deploys a stack of the tests' own, on free ports, next to whatever a person runs; ClamAV scans in it; records what its roles ask for,
 * which test/iam looks at when all is over.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  beginRecord();
  const running = await startStack({
    port: 0,
    enginePort: 0,
    dir: join(defaultStackDir, 'test'),
    recordCalls: recordPaths.calls,
    scanner: 'clamav',
    definitionsUrls: await prepareClamav(),
  });
  const partial = project.vitest.config.testNamePattern !== undefined;
  const { endpoint, scanner } = running.stack;
  writeDeployed({ partial, scanner, ...(await lookAtDeployed(endpoint)) });
  project.provide('stack', running.stack);
  return () => running.stop();
}
