/**
 * `node layers/clamav/lock.ts`: writes packages.json anew, with the versions that Debian 12 has today. Needs apt; it
 * keeps its lists in a directory of its own and changes nothing of the machine's.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** ClamAV's programs and all that they load. build.ts says what is missing when that changes. */
const names =
  `clamav clamav-freshclam libclamav12 ca-certificates libbrotli1 libbz2-1.0 libc6 libcom-err2 libcurl4
  libffi8 libgcc-s1 libgmp10 libgnutls30 libgssapi-krb5-2 libhogweed6 libicu72 libidn2-0 libjson-c5 libk5crypto3
  libkeyutils1 libkrb5-3 libkrb5support0 libldap-2.5-0 liblzma5 libmspack0 libnettle8 libnghttp2-14 libp11-kit0
  libpcre2-8-0 libpsl5 librtmp1 libsasl2-2 libssh2-1 libssl3 libstdc++6 libtasn1-6 libunistring2 libxml2 libzstd1
  zlib1g`.split(/\s+/);

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const sources = [
  `deb [signed-by=${keyring}] http://deb.debian.org/debian bookworm main`,
  `deb [signed-by=${keyring}] http://deb.debian.org/debian bookworm-updates main`,
  `deb [signed-by=${keyring}] http://deb.debian.org/debian-security bookworm-security main`,
];

function packagesFor(machine: string) {
  const root = mkdtempSync(join(tmpdir(), 'clamav-lock-'));
  try {
    for (const folder of ['lists/partial', 'cache/archives/partial'])
      mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, 'sources.list'), `${sources.join('\n')}\n`);
    writeFileSync(join(root, 'status'), '');
    const options = {
      'APT::Architecture': machine,
      'APT::Architectures': machine,
      'Dir::Etc::sourcelist': join(root, 'sources.list'),
      'Dir::Etc::sourceparts': '-',
      'Dir::State::lists': join(root, 'lists'),
      'Dir::State::status': join(root, 'status'),
      'Dir::Cache': join(root, 'cache'),
      'APT::Sandbox::User': 'root',
    };
    const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    execFileSync('apt-get', [...flags, '-qq', 'update'], { stdio: ['ignore', 'ignore', 'inherit'] });
    const shown = execFileSync('apt-cache', [...flags, 'show', '--no-all-versions', ...names], {
      encoding: 'utf8',
    });
    const records = shown.trim().split(/\n\n+/);
    if (records.length !== names.length)
      throw new Error(`apt knows ${records.length} of ${names.length} packages.`);
    return records.map(located);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function located(record: string) {
  const field = (name: string): string => {
    const value = new RegExp(`^${name}: (.+)$`, 'm').exec(record)?.[1];
    if (!value) throw new Error(`apt tells no ${name}.`);
    return value;
  };
  const path = field('Filename');
  // Debian's archive of security updates keeps them under pool/updates.
  const archive = path.startsWith('pool/updates/') ? 'debian-security' : 'debian';
  return { name: field('Package'), version: field('Version'), archive, path, sha256: field('SHA256') };
}

const snapshot = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
const lock = { snapshot, packages: { arm64: packagesFor('arm64'), amd64: packagesFor('amd64') } };
writeFileSync(join(import.meta.dirname, 'packages.json'), `${JSON.stringify(lock, undefined, 2)}\n`);
