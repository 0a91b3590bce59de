import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DockerImage } from 'aws-cdk-lib';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

const repositoryRoot = resolve(import.meta.dirname, '../..');
const source = join(repositoryRoot, 'layers', 'sharp');
const cache = join(repositoryRoot, 'dist', 'layers');

/** Which native code the layer holds: Lambda's Linux, or this machine for the local engine. */
export type NativeTarget = 'host' | 'lambda-arm64' | 'lambda-x64';

const npmFlags: Record<NativeTarget, readonly string[]> = {
  host: [],
  'lambda-arm64': ['--os=linux', '--cpu=arm64', '--libc=glibc'],
  'lambda-x64': ['--os=linux', '--cpu=x64', '--libc=glibc'],
};

/** The `sharp` package with libvips and the fonts that it draws with, for the functions whose bundles leave `sharp` out. */
export class SharpLayer extends LayerVersion {
  constructor(scope: Construct, id: string, target: NativeTarget) {
    const hash = contentHash(target);
    super(scope, id, {
      description: 'sharp, libvips and fonts',
      compatibleRuntimes: [Runtime.NODEJS_24_X],
      ...(target !== 'host' && {
        compatibleArchitectures: [target === 'lambda-arm64' ? Architecture.ARM_64 : Architecture.X86_64],
      }),
      code: Code.fromAsset(source, {
        // CDK stages the same hash once, and the cache below survives `cdk.out`.
        assetHash: hash,
        bundling: {
          // Never run: the local bundling below always succeeds or throws.
          image: DockerImage.fromRegistry('scratch'),
          command: [target],
          local: {
            tryBundle: (outputDirectory) => {
              cpSync(installed(target, hash), outputDirectory, { recursive: true, verbatimSymlinks: true });
              return true;
            },
          },
        },
      }),
    });
  }
}

/** What decides the layer's content: the lock file, and for whom it is installed. */
function contentHash(target: NativeTarget): string {
  const hash = createHash('sha256').update(target);
  if (target === 'host') hash.update(`${process.platform}-${process.arch}`);
  for (const file of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(source, file)));
  return hash.digest('hex');
}

/** The directory with `nodejs/node_modules`; npm runs only when the lock file changed. */
function installed(target: NativeTarget, hash: string): string {
  const directory = join(cache, `sharp-${target}-${hash.slice(0, 16)}`);
  if (existsSync(directory)) return directory;

  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'installing-'));
  try {
    const nodejs = join(unfinished, 'nodejs');
    mkdirSync(nodejs);
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(source, file), join(nodejs, file));
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...npmFlags[target]];
    execFileSync('npm', ['ci', ...flags], { cwd: nodejs, stdio: ['ignore', 'ignore', 'inherit'] });
    // npm keeps its own notes and links to commands there; neither belongs in a layer.
    for (const extra of ['.bin', '.package-lock.json']) {
      rmSync(join(nodejs, 'node_modules', extra), { recursive: true, force: true });
    }
    renameSync(unfinished, directory);
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(directory)) throw new Error('The sharp layer could not be installed by npm.', { cause });
  }
  return directory;
}
