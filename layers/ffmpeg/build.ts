/**
 * `node layers/ffmpeg/build.ts <arm64|amd64> <empty directory>`: makes the Lambda layer from the wheel that requirements.txt
 * pins: one program, `bin/ffmpeg`. Needs Python with its venv module, no Docker.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython } from '../../local/python.ts';

type Machine = 'arm64' | 'amd64';

/** The wheel's own tag: it runs on Linux with glibc 2.28 or newer, and Lambda's Amazon Linux 2023 has 2.34. */
const platforms: Record<Machine, string> = {
  arm64: 'manylinux_2_28_aarch64',
  amd64: 'manylinux_2_28_x86_64',
};
const downloadDeadlineMs = 5 * 60_000;
/** Lambda's bound for a function's code with all its layers, less what a function and another layer may take. */
const maxLayerBytes = 200 * 1024 ** 2;

async function build(machine: Machine, output: string): Promise<void> {
  const { command } = await findPython();
  const root = mkdtempSync(join(tmpdir(), 'ffmpeg-layer-'));
  try {
    // Debian's Python has no pip of its own, but one for every new venv.
    run(command, ['-m', 'venv', join(root, 'venv')]);
    const python = join(root, 'venv', 'bin', 'python');
    run(python, [
      ...['-m', 'pip', 'download', '--disable-pip-version-check', '--no-input', '--quiet'],
      ...['--require-hashes', '--only-binary', ':all:', '--no-deps', '--platform', platforms[machine]],
      ...['--requirement', join(import.meta.dirname, 'requirements.txt'), '--dest', join(root, 'wheels')],
    ]);
    const [wheel] = readdirSync(join(root, 'wheels'));
    if (!wheel) throw new Error('pip has downloaded no wheel.');
    run(python, ['-m', 'zipfile', '-e', join(root, 'wheels', wheel), join(root, 'unpacked')]);
    place(join(root, 'unpacked', 'imageio_ffmpeg', 'binaries'), output);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function run(program: string, args: readonly string[]): void {
  // What the build prints is read by nobody: stdout is CDK's.
  execFileSync(program, [...args], { stdio: ['ignore', 'ignore', 'inherit'], timeout: downloadDeadlineMs });
}

/** What lies in a layer is below /opt. */
function place(binaries: string, output: string): void {
  const name = readdirSync(binaries).find((file) => file.startsWith('ffmpeg-'));
  if (!name) throw new Error('The wheel has no ffmpeg in it.');
  const bytes = statSync(join(binaries, name)).size;
  if (bytes > maxLayerBytes) throw new Error(`ffmpeg has ${bytes} bytes; ${maxLayerBytes} are left for it.`);
  mkdirSync(join(output, 'bin'), { recursive: true });
  const program = join(output, 'bin', 'ffmpeg');
  copyFileSync(join(binaries, name), program);
  chmodSync(program, 0o755);
}

const [machine, output] = process.argv.slice(2);
if ((machine !== 'arm64' && machine !== 'amd64') || !output) {
  throw new Error('Say for which machine, and where to: arm64 or amd64, and an empty directory.');
}
await build(machine, output);
