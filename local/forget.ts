import { rm } from 'node:fs/promises';
import type { StackPaths } from './paths.ts';

/** Users, files and stacks, and what was logged of them. Whoever calls it holds the stack's lock. */
export async function forgetStack({ dir: _dir, lock: _lock, ...written }: StackPaths): Promise<void> {
  await Promise.all(Object.values(written).map((path) => rm(path, { recursive: true, force: true })));
}
