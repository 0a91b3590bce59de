import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DockerImage } from 'aws-cdk-lib';
import { Architecture, Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

const repositoryRoot = resolve(import.meta.dirname, '../..');
const source = join(repositoryRoot, 'layers', 'clamav');
const cache = join(repositoryRoot, 'dist', 'layers');
const buildDeadlineMs = 10 * 60_000;

/**
 * clamscan and freshclam with every library that they need, from the Debian packages of the lock file. Only a stage that
 * scans by clamav has it, so that only such a stage downloads them.
 */
export class ClamavLayer extends LayerVersion {
  constructor(scope: Construct, id: string) {
    const hash = contentHash();
    super(scope, id, {
      description: 'ClamAV: clamscan and freshclam',
      compatibleArchitectures: [Architecture.ARM_64],
      code: Code.fromAsset(source, {
        assetHash: hash,
        bundling: {
          // Never run: the local bundling below always succeeds or throws.
          image: DockerImage.fromRegistry('scratch'),
          command: ['arm64'],
          local: {
            tryBundle: (outputDirectory) => {
              cpSync(built(hash), outputDirectory, { recursive: true });
              return true;
            },
          },
        },
      }),
    });
  }
}

/** What decides the layer's content: the lock file, and how it is put together. */
function contentHash(): string {
  const hash = createHash('sha256');
  for (const file of ['packages.json', 'build.ts', 'elf.ts']) hash.update(readFileSync(join(source, file)));
  return hash.digest('hex');
}

/** The layer's directory; packages are fetched only when the lock file changed. */
function built(hash: string): string {
  const directory = join(cache, `clamav-arm64-${hash.slice(0, 16)}`);
  if (existsSync(directory)) return directory;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'building-'));
  try {
    execFileSync(process.execPath, [join(source, 'build.ts'), 'arm64', unfinished], {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: buildDeadlineMs,
    });
    renameSync(unfinished, directory);
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(directory)) throw new Error('The ClamAV layer could not be built.', { cause });
  }
  return directory;
}
