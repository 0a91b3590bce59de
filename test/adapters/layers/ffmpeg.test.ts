import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('one version of ffmpeg is locked by the checksums of its wheels, and nothing is built from source', () => {
  const lock = readFileSync(join(import.meta.dirname, '../../../layers/ffmpeg/requirements.txt'), 'utf8');
  const lines = lock.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  expect(lines[0]).toBe('--only-binary :all:');
  expect(lines[1]).toMatch(/^imageio-ffmpeg==\d+\.\d+\.\d+ \\$/);
  // Linux and macOS, each for both machines.
  expect(lines.slice(2)).toHaveLength(4);
  for (const line of lines.slice(2)) expect(line).toMatch(/^ {4}--hash=sha256:[0-9a-f]{64}( \\)?$/);
});
