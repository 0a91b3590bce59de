import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectDir = fileURLToPath(new URL('..', import.meta.url));

/** Node 24 and the command-line tools that `npm ci` installed. */
export const toolsDir = join(projectDir, 'node_modules', '.bin');

/** The engine's Python packages: shared by every stack of this checkout. */
export const venvDir = join(projectDir, '.local', 'venv');

export const consoleDir = join(projectDir, 'dist', 'web');

export interface StackPaths {
  readonly dir: string;
  readonly lock: string;
  readonly stack: string;
  readonly outputs: string;
  readonly cloudAssembly: string;
  readonly state: string;
  readonly objects: string;
  readonly temporary: string;
  readonly engineProcess: string;
  readonly enginePort: string;
  readonly engineLog: string;
  /** Of the run before. */
  readonly olderEngineLog: string;
  readonly deployLog: string;
}

/** Everything one local stack writes lies in its own directory, `.local` for the person's, so that two never meet. */
export function stackPaths(dir: string): StackPaths {
  return {
    dir,
    lock: join(dir, 'running.json'),
    stack: join(dir, 'stack.json'),
    outputs: join(dir, 'outputs.json'),
    cloudAssembly: join(dir, 'cdk.out'),
    state: join(dir, 'state'),
    objects: join(dir, 'objects'),
    temporary: join(dir, 'tmp'),
    engineProcess: join(dir, 'engine.json'),
    enginePort: join(dir, 'engine.port'),
    engineLog: join(dir, 'engine.log'),
    olderEngineLog: join(dir, 'engine.log.1'),
    deployLog: join(dir, 'deploy.log'),
  };
}

export const defaultStackDir = join(projectDir, '.local');
