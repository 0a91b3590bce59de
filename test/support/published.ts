import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const source = resolve(import.meta.dirname, '../published');
const cache = resolve(import.meta.dirname, '../../dist/published');
const manifests = ['package.json', 'package-lock.json'];

/**
 * Test files that other projects have published with their packages. They are installed apart from Sluice's own
 * dependencies and without their scripts: some of the packages are old, and only their files are wanted.
 */
export function published(path: string): string {
  const hash = createHash('sha256');
  for (const file of manifests) hash.update(readFileSync(join(source, file)));
  const directory = join(cache, hash.digest('hex').slice(0, 16));
  if (!existsSync(directory)) install(directory);
  return join(directory, 'node_modules', path);
}

function install(directory: string): void {
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'installing-'));
  try {
    for (const file of manifests) cpSync(join(source, file), join(unfinished, file));
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], {
      cwd: unfinished,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    renameSync(unfinished, directory);
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another test file may have been faster.
    if (!existsSync(directory))
      throw new Error('The published test files could not be installed.', { cause });
  }
}
