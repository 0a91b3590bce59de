/**
 * `node layers/clamav/build.ts <arm64|amd64> <empty directory>`: makes the Lambda layer from the Debian packages of
 * packages.json. The programs are started by the packages' own loader with the packages' own libraries, so that they run
 * on any Linux of that machine, whatever its C library. Needs tar and xz, no Docker.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readElf } from './elf.ts';

type Machine = 'arm64' | 'amd64';

interface Package {
  readonly name: string;
  readonly archive: 'debian' | 'debian-security';
  readonly path: string;
  readonly sha256: string;
}

interface Lock {
  /** When the packages were locked: by then the archive of all packages that ever were has each of them. */
  readonly snapshot: string;
  readonly packages: Readonly<Record<Machine, readonly Package[]>>;
}

const programs = ['clamscan', 'freshclam'];
const platforms: Record<Machine, { triplet: string; loader: string }> = {
  arm64: { triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
  amd64: { triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
};
const requestMs = 60_000;
/** Lambda's bound for a function's code with all its layers. */
const maxLayerBytes = 250 * 1024 ** 2;

async function build(machine: Machine, output: string): Promise<void> {
  const lock = JSON.parse(readFileSync(join(import.meta.dirname, 'packages.json'), 'utf8')) as Lock;
  const root = mkdtempSync(join(tmpdir(), 'clamav-layer-'));
  try {
    for (const wanted of lock.packages[machine]) unpack(await download(wanted, lock.snapshot), root);
    assemble(machine, root, output);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** From the mirrors while it is the current version, from the archive of all versions afterwards. */
async function download({ name, archive, path, sha256 }: Package, snapshot: string): Promise<Buffer> {
  const urls = [
    `http://deb.debian.org/${archive}/${path}`,
    `https://snapshot.debian.org/archive/${archive}/${snapshot}/${path}`,
  ];
  const failures: string[] = [];
  for (const url of urls) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(requestMs) });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const bytes = Buffer.from(await response.arrayBuffer());
      const digest = createHash('sha256').update(bytes).digest('hex');
      if (digest !== sha256) throw new Error(`SHA-256 ${digest} instead of ${sha256}`);
      return bytes;
    } catch (error) {
      failures.push(`${url}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new Error(`The package ${name} could not be downloaded.\n${failures.join('\n')}`);
}

const arMagic = '!<arch>\n';
const arHeaderBytes = 60;

/** A .deb is an ar archive; its member data.tar.* is what it installs. */
function unpack(deb: Buffer, root: string): void {
  if (deb.toString('latin1', 0, arMagic.length) !== arMagic) throw new Error('not a Debian package');
  for (let at = arMagic.length; at < deb.length; ) {
    const name = deb.toString('latin1', at, at + 16).trim();
    const size = Number(deb.toString('latin1', at + 48, at + 58));
    const start = at + arHeaderBytes;
    if (name.startsWith('data.tar')) {
      const by = name.includes('.xz') ? ['-J'] : name.includes('.gz') ? ['-z'] : ['--zstd'];
      execFileSync('tar', ['-x', ...by, '-f', '-', '-C', root], { input: deb.subarray(start, start + size) });
      return;
    }
    at = start + size + (size % 2);
  }
  throw new Error('a Debian package without data');
}

function assemble(machine: Machine, root: string, output: string): void {
  const { triplet, loader } = platforms[machine];
  const home = join(output, 'clamav');
  for (const folder of [join(output, 'bin'), join(home, 'bin'), join(home, 'lib')])
    mkdirSync(folder, { recursive: true });
  const folders = ['lib', 'usr/lib'].map((folder) => join(root, folder, triplet));
  const waiting = [loader];
  for (const program of programs) {
    const path = join(root, 'usr/bin', program);
    copyFileSync(path, join(home, 'bin', program));
    chmodSync(join(home, 'bin', program), 0o755);
    waiting.push(...needsOf(machine, path));
    writeFileSync(join(output, 'bin', program), starter(program, loader));
    chmodSync(join(output, 'bin', program), 0o755);
  }
  const done = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (done.has(name)) continue;
    done.add(name);
    const found = folders.map((folder) => join(folder, String(name))).find(existsSync);
    if (!found) throw new Error(`No package of packages.json has ${name}.`);
    const path = realpathSync(found);
    copyFileSync(path, join(home, 'lib', name));
    chmodSync(join(home, 'lib', name), 0o755);
    waiting.push(...needsOf(machine, path));
  }
  writeFileSync(join(home, 'ca-certificates.crt'), certificates(root));
  const bytes = sizeOf(output);
  if (bytes > maxLayerBytes) throw new Error(`The layer has ${bytes} bytes; Lambda takes ${maxLayerBytes}.`);
}

function needsOf(machine: Machine, path: string): readonly string[] {
  const elf = readElf(readFileSync(path));
  if (elf?.machine !== machine) throw new Error(`${basename(path)} is not for ${machine}.`);
  return elf.needed;
}

/** Lambda has /opt/bin in PATH. freshclam's own idea of where certificates lie is Debian's. */
const starter = (program: string, loader: string): string =>
  [
    '#!/bin/sh',
    `home="\${0%/*}/../clamav"`,
    'export CURL_CA_BUNDLE="$home/ca-certificates.crt"',
    `exec "$home/lib/${loader}" --library-path "$home/lib" "$home/bin/${program}" "$@"`,
    '',
  ].join('\n');

const certificates = (root: string): string => {
  const folder = join(root, 'usr/share/ca-certificates/mozilla');
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').trimEnd())
    .join('\n')
    .concat('\n');
};

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + readFileSync(join(entry.parentPath, entry.name)).length, 0);

const [machine, output] = process.argv.slice(2);
if ((machine !== 'arm64' && machine !== 'amd64') || !output) {
  throw new Error('Say for which machine, and where to: arm64 or amd64, and an empty directory.');
}
await build(machine, output);
