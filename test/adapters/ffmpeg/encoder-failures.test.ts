import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NotEncoded } from '../../../lambdas/core/video/ports.ts';
import type { Probe, RefusalReason } from '../../../lambdas/core/video/probe.ts';
import { EncodingDesk, encode, encodeBytes, probed } from '../../support/encoding.ts';
import { type VideoSource, videoSource } from '../../support/video-sources.ts';

const desk = new EncodingDesk();
const scripts = mkdtempSync(join(tmpdir(), 'sluice-ffmpeg-'));
afterAll(() => {
  desk.clear();
  rmSync(scripts, { recursive: true });
});
afterEach(() => expect(desk.leftovers()).toEqual([]));

/** A stand-in on the way to ffmpeg. */
function script(name: string, lines: string): string {
  const path = join(scripts, name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}

const ffmpeg = execFileSync('/bin/sh', ['-c', 'command -v ffmpeg'], { encoding: 'utf8' }).trim();
/** Says its process id before it becomes ffmpeg. */
const noted = (file: string): string => script('noted', `echo $$ > ${file}; exec ${ffmpeg} "$@"`);
const pidIn = (file: string): number => Number(readFileSync(file, 'utf8'));

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

let short: Probe;
let landscape: Probe;
beforeAll(async () => {
  [short, landscape] = await Promise.all([probed('short'), probed('landscape')]);
});

describe('a recording that cannot be encoded although its probe promised otherwise', () => {
  const reasons: readonly (readonly [VideoSource, RefusalReason])[] = [
    ['corruptMp4', 'malformed'],
    ['corruptMkv', 'malformed'],
    ['truncatedMp4', 'malformed'],
    ['halfMp4', 'malformed'],
    ['halfMkv', 'malformed'],
    ['text', 'malformed'],
    ['mp3', 'malformed'],
    ['unsupported', 'unsupported_codec'],
  ];

  it.each(reasons)('is refused with its reason: %s', async (name, reason) => {
    const probe = name.startsWith('half') ? await probed(name === 'halfMp4' ? 'silent' : 'mkv') : short;

    const refused = encode(desk, name, { probe });

    await expect(refused).rejects.toBeInstanceOf(NotEncoded);
    await expect(refused).rejects.toMatchObject({ reason });
  });

  const secret = join(scripts, 'secret.mp4');
  const playlist = (address: string) =>
    `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${address}\n#EXT-X-ENDLIST\n`;

  it.each([
    ['a playlist of files', () => playlist(`file://${secret}`)],
    ['a list of files', () => `ffconcat version 1.0\nfile '${secret}'\n`],
    ['a manifest', () => `<?xml version="1.0"?><MPD><BaseURL>file://${secret}</BaseURL></MPD>`],
    ['a description of a session', () => 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 9 RTP/AVP 96\n'],
    ['a playlist of parts of files', () => playlist(`subfile,,start,0,end,9,,:${secret}`)],
  ])('opens nothing but itself: %s', async (_, text) => {
    writeFileSync(secret, readFileSync(videoSource('short')));

    const refused = encodeBytes(desk, Buffer.from(text()), { probe: short });

    await expect(refused).rejects.toMatchObject({ reason: 'malformed' });
  });
});

describe('an encoder that does not come to its end', () => {
  it('fails for another attempt when it is killed, and leaves nothing behind', async () => {
    const file = join(scripts, 'killed.pid');
    const put: string[] = [];

    const failed = encode(desk, 'landscape', {
      probe: landscape,
      ffmpegPath: noted(file),
      target: { put: async (name) => void put.push(name) },
      onProgress: () => process.kill(pidIn(file), 'SIGKILL'),
    });

    await expect(failed).rejects.toThrow('ended with a signal');
    await expect(failed).rejects.not.toBeInstanceOf(NotEncoded);
    expect(put).toEqual([]);
  });

  it('is ended at its deadline, although it does not listen', async () => {
    const file = join(scripts, 'deaf.pid');
    const deaf = script('deaf', `echo $$ > ${file}; trap '' TERM; while :; do sleep 0.1; done`);

    const failed = encode(desk, 'short', { probe: short, ffmpegPath: deaf, deadlineMs: 300 });

    await expect(failed).rejects.toThrow('not encoded within 300 ms');
    expect(isRunning(pidIn(file))).toBe(false);
  });

  it('is ended when the original cannot be read, with what reading threw', async () => {
    const file = join(scripts, 'unread.pid');
    const gone = new Error('the bucket is gone');

    const failed = encode(desk, 'short', {
      ...{ probe: short, ffmpegPath: noted(file) },
      open: () => Promise.reject(gone),
    });

    await expect(failed).rejects.toBe(gone);
    expect(isRunning(pidIn(file))).toBe(false);
  });

  it('is ended when it takes more of the disk than it may', async () => {
    const greedy = script('greedy', 'head -c 200000 /dev/zero > 1080p.mp4; exec sleep 20');

    const failed = encode(desk, 'short', { probe: short, ffmpegPath: greedy, maxDiskBytes: 100_000 });

    await expect(failed).rejects.toThrow('200000 bytes of at most 100000');
  });

  it('fails for another attempt when it runs out of disk', async () => {
    const full = script('full', 'echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1');

    const failed = encode(desk, 'short', { probe: short, ffmpegPath: full });

    await expect(failed).rejects.toThrow('No space left on device');
    await expect(failed).rejects.not.toBeInstanceOf(NotEncoded);
  });

  it('fails when there is no encoder, or its target takes nothing', async () => {
    const missing = encode(desk, 'short', { probe: short, ffmpegPath: join(scripts, 'missing') });
    await expect(missing).rejects.toThrow();

    const refusing = { put: () => Promise.reject(new Error('the bucket is full')) };
    await expect(encode(desk, 'short', { probe: short, target: refusing })).rejects.toThrow(
      'the bucket is full',
    );
  });
});

it('starts ffmpeg without an environment, in a directory of its own, within limits', async () => {
  process.env.SLUICE_TEST_SECRET = 'hunter2';
  const file = join(scripts, 'started');
  const telling = script('telling', `{ env; pwd; ulimit -t; ulimit -c; } > ${file}; exit 1`);

  await expect(encode(desk, 'short', { probe: short, ffmpegPath: telling })).rejects.toThrow();

  const [core, seconds, directory, ...environment] = readFileSync(file, 'utf8').trim().split('\n').reverse();
  expect(environment.filter((line) => !/^(PWD|SHLVL|_|OLDPWD)=/.test(line))).toEqual([]);
  expect(directory).toContain(desk.work);
  expect(existsSync(String(directory))).toBe(false);
  expect(Number(seconds)).toBeGreaterThan(0);
  expect(core).toBe('0');
});
