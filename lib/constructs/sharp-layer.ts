import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Architecture, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { layerCode } from './layer-code.ts';

/** Which native code the layer holds: Lambda's Linux, or this machine for the local engine. */
export type NativeTarget = 'host' | 'lambda-arm64' | 'lambda-x64';

const npmFlags: Record<NativeTarget, readonly string[]> = {
  host: [],
  'lambda-arm64': ['--os=linux', '--cpu=arm64', '--libc=glibc'],
  'lambda-x64': ['--os=linux', '--cpu=x64', '--libc=glibc'],
};

const lockFiles = ['package.json', 'package-lock.json'];

/** The `sharp` package with libvips and the fonts that it draws with, for the functions whose bundles leave `sharp` out. */
export class SharpLayer extends LayerVersion {
  constructor(scope: Construct, id: string, target: NativeTarget) {
    super(scope, id, {
      description: 'sharp, libvips and fonts',
      compatibleRuntimes: [Runtime.NODEJS_24_X],
      ...(target !== 'host' && {
        compatibleArchitectures: [target === 'lambda-arm64' ? Architecture.ARM_64 : Architecture.X86_64],
      }),
      code: layerCode({
        name: 'sharp',
        target: target === 'host' ? `host-${process.platform}-${process.arch}` : target,
        decidedBy: lockFiles,
        make: (directory, source) => install(directory, source, npmFlags[target]),
      }),
    });
  }
}

/** Makes `nodejs/node_modules`, where Lambda's Node.js looks for packages. */
function install(directory: string, source: string, forTarget: readonly string[]): void {
  const nodejs = join(directory, 'nodejs');
  mkdirSync(nodejs);
  for (const file of lockFiles) cpSync(join(source, file), join(nodejs, file));
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...forTarget];
  execFileSync('npm', ['ci', ...flags], { cwd: nodejs, stdio: ['ignore', 'ignore', 'inherit'] });
  // npm keeps its own notes and links to commands there; neither belongs in a layer.
  for (const extra of ['.bin', '.package-lock.json']) {
    rmSync(join(nodejs, 'node_modules', extra), { recursive: true, force: true });
  }
}
