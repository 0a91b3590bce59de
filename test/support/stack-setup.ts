import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { defaultStackDir } from '../../local/paths.ts';
import type { StackFile } from '../../local/stack-file.ts';
import { startStack } from '../../local/start-stack.ts';
import { lookAtDeployed } from '../iam/deployed.ts';
import { beginRecord, recordPaths, writeDeployed } from '../iam/record.ts';
import type { PartTarget } from './api.ts';
import { ok } from './api.ts';
import { prepareClamav } from './clamav.ts';
import { engineOf } from './engine.ts';
import { createTenant } from './tenants.ts';
import { octets } from './uploads.ts';

declare module 'vitest' {
  interface ProvidedContext {
    stack: StackFile;
    shortLived: ShortLived;
  }
}

/** An upload whose URL has ended by the time that its test comes: nobody waits out the minute that a URL lives at least. */
export interface ShortLived {
  readonly tenantId: string;
  readonly email: string;
  readonly fileId: string;
  readonly target: PartTarget;
}

const shortLivedBytes = 10_000;

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
    ephemeral: true,
    recordCalls: recordPaths.calls,
    scanner: 'clamav',
    definitionsUrls: await prepareClamav(),
  });
  const partial = project.vitest.config.testNamePattern !== undefined;
  const { endpoint, scanner } = running.stack;
  writeDeployed({ partial, scanner, ...(await lookAtDeployed(endpoint)) });
  project.provide('stack', running.stack);
  project.provide('shortLived', await startShortLived(running.stack));
  return () => running.stop();
}

async function startShortLived(stack: StackFile): Promise<ShortLived> {
  const { tenantId, api, users } = await createTenant(engineOf(stack));
  const { fileId, parts } = ok(await api.initiate(octets(shortLivedBytes, { expirationSeconds: 60 })));
  const [target] = parts;
  if (!target) throw new Error('no URL');
  return { tenantId, email: users[0].email, fileId, target };
}
