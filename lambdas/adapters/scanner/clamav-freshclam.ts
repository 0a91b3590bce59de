import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { definitionsKeys } from '../../contract/definitions.ts';
import type { Definitions, DefinitionsFile } from '../../core/intake/definitions.ts';
import type { DefinitionsBucket } from '../s3/definitions-bucket.ts';
import { runClamav } from './clamav-process.ts';

export interface FreshclamDeps {
  readonly source: { readonly mirror?: string | undefined; readonly customUrls: readonly string[] };
  readonly bucket: DefinitionsBucket & {
    upload(name: string, path: string, size: number): Promise<string>;
    downloadNotes(path: string, signal: AbortSignal): Promise<void>;
    uploadNotes(path: string): Promise<void>;
  };
  readonly temporary: string;
  readonly deadlineMs: number;
}

/** freshclam keeps them beside the databases. */
const notes = definitionsKeys.notes;
const connectSeconds = 20;
const attempts = 3;

const isDatabase = (name: string): boolean => /^\w[\w.-]*$/.test(name) && name !== notes;

/**
 * Runs freshclam over the published definitions, so that it asks only for what changed since, and uploads the files that
 * are other ones now. It loads each new database once before it counts. A failed run keeps its notes all the same.
 */
export async function refreshDefinitions(
  deps: FreshclamDeps,
  current: Definitions | undefined,
): Promise<Pick<Definitions, 'version' | 'files'>> {
  const { bucket, temporary, deadlineMs, source } = deps;
  const endsAt = performance.now() + deadlineMs;
  const signal = AbortSignal.timeout(deadlineMs);
  const directory = await mkdtemp(join(temporary, 'definitions-'));
  const databases = join(directory, 'databases');
  try {
    await mkdir(databases);
    const known = current?.files ?? [];
    await Promise.all(known.map((file) => bucket.download(file, join(databases, file.name), signal)));
    await bucket.downloadNotes(join(databases, notes), signal);
    const config = join(directory, 'freshclam.conf');
    await writeFile(config, configuration(databases, source));
    const args = [`--config-file=${config}`, '--stdout', '--foreground'];
    // Its own servers are asked by DNS first, which is a fraction of a request; without them there is nothing to ask.
    if (!source.mirror) args.push('--no-dns', '--update-db=custom');
    const { exitCode, lines } = await runClamav('freshclam', args, endsAt - performance.now());
    await bucket.uploadNotes(join(databases, notes));
    if (exitCode !== 0) throw new Error(`freshclam ended with ${exitCode}: ${lines.findLast(isTelling)}`);
    const files = await uploaded(deps, databases, known);
    if (files.length === 0) throw new Error('freshclam got no definitions');
    return { version: await versionOf(databases, files), files };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const isTelling = (line: string): boolean => /error|warning|can't/i.test(line);

function configuration(databases: string, { mirror, customUrls }: FreshclamDeps['source']): string {
  const isPrivate = mirror?.includes('://');
  return [
    `DatabaseDirectory ${databases}`,
    // As root it would work for another user, who may write nothing here.
    ...(process.getuid?.() === 0 ? ['DatabaseOwner root'] : []),
    isPrivate ? `PrivateMirror ${mirror}` : `DatabaseMirror ${mirror ?? 'database.clamav.net'}`,
    ...customUrls.map((url) => `DatabaseCustomURL ${url}`),
    `ConnectTimeout ${connectSeconds}`,
    `MaxAttempts ${attempts}`,
    'TestDatabases yes',
    // What differences were applied to is kept unpacked else: three times as much to upload and to fetch.
    'CompressLocalDatabase yes',
    '',
  ].join('\n');
}

/** All files of the directory as they are in the bucket now. */
async function uploaded(
  { bucket }: FreshclamDeps,
  databases: string,
  known: readonly DefinitionsFile[],
): Promise<readonly DefinitionsFile[]> {
  const names = (await readdir(databases)).filter(isDatabase).sort();
  const files: DefinitionsFile[] = [];
  for (const name of names) {
    const path = join(databases, name);
    const entry = await stat(path);
    if (!entry.isFile()) continue;
    const sha256 = await digestOf(path);
    const same = known.find((file) => file.name === name && file.sha256 === sha256);
    files.push(
      same ?? { name, sha256, size: entry.size, versionId: await bucket.upload(name, path, entry.size) },
    );
  }
  return files;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** A database of ClamAV's says its number in its first line; what has none goes by its content. */
async function versionOf(databases: string, files: readonly DefinitionsFile[]): Promise<string> {
  const named = await Promise.all(
    files.map(async ({ name, sha256 }) => {
      const number = /\.c[vl]d$/.test(name) ? await numberOf(join(databases, name)) : undefined;
      return { base: name.replace(/\.\w+$/, ''), number, sha256 };
    }),
  );
  const numbered = named.flatMap(({ base, number }) => (number === undefined ? [] : [`${base}-${number}`]));
  const own = named.filter(({ number }) => number === undefined);
  const digest = createHash('sha256');
  for (const { base, sha256 } of own) digest.update(`${base}:${sha256}\n`);
  return [...numbered, ...(own.length > 0 ? [`own-${digest.digest('hex').slice(0, 12)}`] : [])].join(' ');
}

const headBytes = 512;

/** `ClamAV-VDB:<time>:<number>:...` */
async function numberOf(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return /^ClamAV-VDB:[^:]*:(\d+):/.exec(buffer.toString('latin1', 0, bytesRead))?.[1];
  } finally {
    await file.close();
  }
}
