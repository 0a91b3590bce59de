import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { defaultStackDir } from '../../local/paths.ts';
import { eicarTestString } from './malware.ts';

/** ClamAV's own collection of one harmless program in every package that it opens (Debian: clamav-testfiles). */
export const testFilesDir = '/usr/share/clamav-testfiles';

const directory = join(defaultStackDir, 'test-clamav');
const programs = join(directory, 'bin');
/** While it is there, clamscan fails as a broken one does. */
const outage = join(directory, 'outage');

/**
 * Databases by their file's kind: EICAR's test string wherever it lies, and the program in ClamAV's test files by its
 * checksum and size.
 */
export async function testSignatures(): Promise<Record<'ndb' | 'hdb', string>> {
  const program = join(testFilesDir, 'clam.exe');
  if (!existsSync(program)) {
    throw new Error(
      `The tests scan by ClamAV and need its test files: apt install clamav clamav-testfiles (${program} is missing).`,
    );
  }
  const bytes = await readFile(program);
  return {
    ndb: `Eicar-Test-Signature:0:*:${eicarTestString.toString('hex')}\n`,
    hdb: `${createHash('md5').update(bytes).digest('hex')}:${bytes.length}:ClamAV-Test-File\n`,
  };
}

/** Writes the test's databases into a directory; gives their addresses. */
export async function writeSignatures(into: string): Promise<readonly string[]> {
  const kinds = Object.entries(await testSignatures());
  for (const [kind, text] of kinds) await writeFile(join(into, `test.${kind}`), text);
  return kinds.map(([kind]) => `file://${join(into, `test.${kind}`)}`);
}

/**
 * Definitions that a stack of the tests fetches by freshclam, and a clamscan before the real one in PATH that fails while
 * `withoutClamav` runs.
 */
export async function prepareClamav(): Promise<readonly string[]> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(programs, { recursive: true });
  const real = (process.env.PATH ?? '').split(delimiter).filter((part) => part !== programs);
  const shim = join(programs, 'clamscan');
  await writeFile(
    shim,
    `#!/bin/sh\n[ -e '${outage}' ] && exit 2\nPATH='${real.join(delimiter)}'\nexec clamscan "$@"\n`,
  );
  await chmod(shim, 0o755);
  process.env.PATH = [programs, ...real].join(delimiter);
  return writeSignatures(directory);
}

/** clamscan fails until `work` is done. */
export async function withoutClamav<T>(work: () => Promise<T>): Promise<T> {
  await writeFile(outage, '');
  try {
    return await work();
  } finally {
    await rm(outage, { force: true });
  }
}
