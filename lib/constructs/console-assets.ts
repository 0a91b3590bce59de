import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DockerImage, FileSystem } from 'aws-cdk-lib';
import { type ISource, Source } from 'aws-cdk-lib/aws-s3-deployment';

const repositoryRoot = resolve(import.meta.dirname, '../..');
/** What the console is made of, besides its locked dependencies. */
const sources = ['web', 'client', 'package-lock.json'];

/** The console, built by Vite while CDK synthesizes: nobody can deploy a stale or forgotten build. */
export function consoleAssets(): ISource {
  return Source.asset(join(repositoryRoot, 'web'), {
    assetHash: contentHash(),
    bundling: {
      // Never run: the local bundling below always succeeds or throws.
      image: DockerImage.fromRegistry('scratch'),
      command: ['vite', 'build'],
      local: {
        tryBundle: (outputDirectory) => {
          const vite = join(repositoryRoot, 'node_modules', 'vite', 'bin', 'vite.js');
          const flags = ['-c', 'web/vite.config.ts', '--outDir', outputDirectory, '--logLevel', 'warn'];
          execFileSync(process.execPath, [vite, 'build', ...flags], {
            cwd: repositoryRoot,
            stdio: ['ignore', 2, 2],
          });
          return true;
        },
      },
    },
  });
}

function contentHash(): string {
  const hash = createHash('sha256');
  for (const source of sources) {
    const path = join(repositoryRoot, source);
    if (existsSync(path)) hash.update(source).update(FileSystem.fingerprint(path));
  }
  return hash.digest('hex');
}
