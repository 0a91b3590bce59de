import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

const ignored = new Set(['node_modules', '.DS_Store', 'cdk.out']);

async function filesUnder(path: string): Promise<string[]> {
  const kind = await stat(path).catch(() => undefined);
  if (!kind) return [];
  if (kind.isFile()) return [path];
  const entries = await readdir(path);
  const nested = await Promise.all(
    entries.filter((entry) => !ignored.has(entry)).map((entry) => filesUnder(join(path, entry))),
  );
  return nested.flat();
}

/** SHA-256 over names and contents of the files (folders: everything in them) and over `extra`. Missing ones count as absent. */
export async function fingerprint(root: string, paths: readonly string[], extra = ''): Promise<string> {
  const files = (await Promise.all(paths.map((path) => filesUnder(join(root, path))))).flat().sort();
  const hash = createHash('sha256').update(extra);
  for (const file of files) {
    const content = await readFile(file);
    hash.update(`\0${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
