import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inWorkDirectory } from '../../../lambdas/adapters/ffmpeg/work-directory.ts';

const longestMs = 60_000;

describe('the directory of a run', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sluice-work-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is its own while it lasts, and gone afterwards, however it ends', async () => {
    const used: string[] = [];
    const run = async (directory: string) => {
      used.push(directory);
      writeFileSync(join(directory, 'output'), 'bytes');
      throw new Error('it failed');
    };

    const runs = [inWorkDirectory(root, longestMs, run), inWorkDirectory(root, longestMs, run)];
    await Promise.allSettled(runs);

    expect(new Set(used).size).toBe(2);
    expect(readdirSync(root)).toEqual([]);
  });

  it('comes after what a killed run has left is removed, and nothing else is', async () => {
    const [old, other] = [join(root, 'sluice-encode-old'), join(root, 'something')];
    for (const path of [old, other]) mkdirSync(path);
    writeFileSync(join(old, '1080p.mp4'), 'half of it');
    const longAgo = new Date(Date.now() - 2 * longestMs);
    for (const path of [old, other]) utimesSync(path, longAgo, longAgo);
    const fresh = join(root, 'sluice-encode-fresh');
    mkdirSync(fresh);

    await inWorkDirectory(root, longestMs, async () => undefined);

    expect(existsSync(old)).toBe(false);
    expect([existsSync(fresh), existsSync(other)]).toEqual([true, true]);
  });

  it('takes the place of one whose process was killed a moment ago, and of none whose process is at work', async () => {
    const { pid } = spawnSync('true');
    const killed = join(root, `sluice-encode-${pid}-abc`);
    mkdirSync(killed);
    writeFileSync(join(killed, '1080p.mp4'), 'half of it');

    await inWorkDirectory(root, longestMs, async (first) => {
      expect(existsSync(killed)).toBe(false);
      await inWorkDirectory(root, longestMs, async () => expect(existsSync(first)).toBe(true));
      expect(existsSync(first)).toBe(true);
    });
  });
});
