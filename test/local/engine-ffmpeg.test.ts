import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffmpegOnPath, lackOf } from '../../local/ffmpeg.ts';

const encoders = ['libx264', 'aac', 'mjpeg'];
const filters = ['scale', 'zscale', 'tonemap', 'tile'];
const release = 'ffmpeg version 7.1.1 Copyright (c) 2000-2025 the FFmpeg developers';
const list = (names: readonly string[]): string =>
  [
    'Encoders:',
    ' V..... = Video',
    ' ------',
    ...names.map((name) => ` V....D ${name}   ${name} of somebody`),
  ].join('\n');

describe('the ffmpeg of a local run', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'ffmpeg-test-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  /** A folder with a program that says of itself what it is told to. */
  const folderWith = async (
    name: string,
    { banner = release, has = [...encoders, ...filters] }: { banner?: string; has?: readonly string[] } = {},
  ): Promise<string> => {
    const folder = join(root, name);
    await mkdir(folder);
    await writeFile(
      join(folder, 'ffmpeg'),
      `#!/bin/sh\necho '${banner}' >&2\ncat <<'END'\n${list(has)}\nEND\n`,
    );
    await chmod(join(folder, 'ffmpeg'), 0o755);
    return folder;
  };

  it('is the first on PATH that encodes H.264 and AAC and maps tones', async () => {
    const withoutX264 = await folderWith('free', { has: ['aac', 'mjpeg', ...filters] });
    const withoutZimg = await folderWith('lean', { has: [...encoders, 'scale', 'tonemap', 'tile'] });
    const old = await folderWith('old', { banner: 'ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright (c)' });
    const whole = await folderWith('whole');
    const path = [join(root, 'none'), '', 'bin', withoutX264, withoutZimg, old, whole].join(delimiter);

    expect(await ffmpegOnPath(path)).toBe(join(whole, 'ffmpeg'));
    expect(await ffmpegOnPath([withoutX264, old].join(delimiter))).toBeUndefined();
    expect(await ffmpegOnPath('')).toBeUndefined();
  });

  it('is not one that ends with an error', async () => {
    const folder = join(root, 'broken');
    await mkdir(folder);
    await writeFile(
      join(folder, 'ffmpeg'),
      '#!/bin/sh\necho "error while loading shared libraries" >&2\nexit 127\n',
    );
    await chmod(join(folder, 'ffmpeg'), 0o755);

    expect(await ffmpegOnPath(folder)).toBeUndefined();
  });

  it('tells what is missing, and takes builds without a version for new', () => {
    expect(lackOf(release, list(['aac']), encoders)).toBe('it has no libx264, mjpeg');
    expect(lackOf('ffmpeg version 4.4.2', list(encoders), encoders)).toBe('it is of version 4');
    for (const version of [
      'n9.0.2-17-g2a571b6068',
      '5.1.9-0+deb12u1',
      'N-118000-gabc',
      '2026-01-01-git-abc',
    ]) {
      expect(lackOf(`ffmpeg version ${version} Copyright (c)`, list(encoders), encoders)).toBeUndefined();
    }
  });
});
