import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Architecture, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { layerCode } from './layer-code.ts';

const buildDeadlineMs = 10 * 60_000;

/** ffmpeg with x264, as /opt/bin/ffmpeg. On the local engine functions run on the machine itself, which has its own. */
export class FfmpegLayer extends LayerVersion {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      description: 'ffmpeg with x264 (GPL)',
      license: 'GPL-3.0-or-later',
      compatibleArchitectures: [Architecture.ARM_64],
      code: layerCode({
        name: 'ffmpeg',
        target: 'arm64',
        decidedBy: ['requirements.txt', 'build.ts'],
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
