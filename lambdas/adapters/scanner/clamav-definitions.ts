import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Definitions } from '../../core/intake/definitions.ts';
import type { DefinitionsBucket } from '../s3/definitions-bucket.ts';

export interface LocalDefinitions {
  /** A directory with the databases; undefined where none are published. @throws Error where they cannot be read */
  ready(signal: AbortSignal): Promise<{ readonly version: string; readonly directory: string } | undefined>;
}

export interface LocalDefinitionsOptions {
  readonly bucket: DefinitionsBucket;
  /** Where they are kept; functions of one machine may share it. */
  readonly directory: string;
  /** For how long nobody looks for newer ones. */
  readonly lookAgainMs: number;
  readonly nowMs: () => number;
}

/** No scan outlasts it, so that what nobody has taken up for so long nobody reads any more. */
const unusedMs = 20 * 60_000;

/**
 * The published definitions on this disk: one directory for each set of them, which appears when it is complete and is
 * never changed. Without the bucket there are none, however many lie here: the scan must not go on by old ones unnoticed.
 */
export function createLocalDefinitions(options: LocalDefinitionsOptions): LocalDefinitions {
  let known: { readonly definitions: Definitions | undefined; readonly atMs: number } | undefined;
  return {
    ready: async (signal) => {
      // What is not there yet is looked for every time.
      if (!known?.definitions || options.nowMs() - known.atMs >= options.lookAgainMs) {
        known = { definitions: await options.bucket.manifest(), atMs: options.nowMs() };
      }
      const { definitions } = known;
      if (!definitions) return undefined;
      const directory = join(options.directory, nameOf(definitions));
      if (!(await isThere(directory))) {
        await fetchAll(options, definitions, directory, signal);
        await removeUnused(options, directory);
      }
      const now = new Date(options.nowMs());
      await utimes(directory, now, now);
      return { version: definitions.version, directory };
    },
  };
}

/** By their exact content, not by what they call themselves. */
const nameOf = ({ files }: Definitions): string =>
  createHash('sha256')
    .update(files.map(({ name, sha256 }) => `${name}:${sha256}`).join('\n'))
    .digest('hex')
    .slice(0, 32);

async function fetchAll(
  { bucket, directory: parent }: LocalDefinitionsOptions,
  { files }: Definitions,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(parent, { recursive: true });
  const unfinished = await mkdtemp(join(parent, 'unfinished-'));
  try {
    await Promise.all(files.map((file) => bucket.download(file, join(unfinished, file.name), signal)));
    await rename(unfinished, directory);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another function on this machine was faster.
    if (!(await isThere(directory))) throw error;
  }
}

async function removeUnused(
  { directory: parent, nowMs }: LocalDefinitionsOptions,
  used: string,
): Promise<void> {
  for (const name of await readdir(parent)) {
    const directory = join(parent, name);
    if (directory === used) continue;
    const { mtimeMs } = await stat(directory).catch(() => ({ mtimeMs: nowMs() }));
    if (nowMs() - mtimeMs > unusedMs) await rm(directory, { recursive: true, force: true });
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
