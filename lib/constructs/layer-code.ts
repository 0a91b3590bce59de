import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';

const repositoryRoot = resolve(import.meta.dirname, '../..');
const cache = join(repositoryRoot, 'dist', 'layers');

export interface LayerContent {
  /** The folder below `layers/`. */
  readonly name: string;
  /** For whom it is made: another machine, another content. */
  readonly target: string;
  /** Files of that folder which decide the content: the lock file, and how it is put together. */
  readonly decidedBy: readonly string[];
  /** Fills an empty directory with what the layer has under /opt. */
  readonly make: (directory: string, source: string) => void;
}

/** The code of a layer of native programs or libraries; it is made again only when what decides its content has changed. */
export function layerCode(content: LayerContent): AssetCode {
  const source = join(repositoryRoot, 'layers', content.name);
  const hash = contentHash(content, source);
  return Code.fromAsset(source, {
    // CDK stages the same hash once, and the cache below survives `cdk.out`.
    assetHash: hash,
    bundling: {
      // Never run: the local bundling below always succeeds or throws.
      image: DockerImage.fromRegistry('scratch'),
      command: [content.target],
      local: {
        tryBundle: (outputDirectory) => {
          cpSync(made(content, source, hash), outputDirectory, { recursive: true, verbatimSymlinks: true });
          return true;
        },
      },
    },
  });
}

function contentHash({ target, decidedBy }: LayerContent, source: string): string {
  const hash = createHash('sha256').update(target);
  for (const file of decidedBy) hash.update(readFileSync(join(source, file)));
  return hash.digest('hex');
}

function made({ name, target, make }: LayerContent, source: string, hash: string): string {
  const directory = join(cache, `${name}-${target}-${hash.slice(0, 16)}`);
  if (existsSync(directory)) return directory;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, 'making-'));
  try {
    make(unfinished, source);
    renameSync(unfinished, directory);
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process may have made it meanwhile.
    if (!existsSync(directory)) throw new Error(`The layer ${name} could not be made.`, { cause });
  }
  return directory;
}
