import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Architecture, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { layerCode } from './layer-code.ts';

const buildDeadlineMs = 10 * 60_000;

/**
 * clamscan and freshclam with every library that they need, from the Debian packages of the lock file. Only a stage that
 * scans by clamav has it, so that only such a stage downloads them.
 */
export class ClamavLayer extends LayerVersion {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      description: 'ClamAV: clamscan and freshclam',
      compatibleArchitectures: [Architecture.ARM_64],
      code: layerCode({
        name: 'clamav',
        target: 'arm64',
        decidedBy: ['packages.json', 'build.ts', 'elf.ts'],
        make: (directory, source) => {
          execFileSync(process.execPath, [join(source, 'build.ts'), 'arm64', directory], {
            stdio: ['ignore', 'ignore', 'inherit'],
            timeout: buildDeadlineMs,
          });
        },
      }),
    });
  }
}
