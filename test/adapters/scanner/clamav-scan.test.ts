import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type ClamscanBounds,
  clamscan,
  clamscanBounds,
} from '../../../lambdas/adapters/scanner/clamav-scan.ts';
import type { IntakeTarget } from '../../../lambdas/core/intake/scanner.ts';
import { testFilesDir, writeSignatures } from '../../support/clamav.ts';
import { deflatedZip, eicarTestString, innocent, nestedZip } from '../../support/malware.ts';

const generousMs = 60_000;
const MiB = 1024 ** 2;
const path = process.env.PATH;

describe('clamscan', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'clamscan-test-'));
    for (const folder of ['database', 'temporary', 'bin']) await mkdir(join(root, folder));
    await writeSignatures(join(root, 'database'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  afterEach(async () => {
    process.env.PATH = path;
    expect(await readdir(join(root, 'temporary')), 'nothing stays on the disk').toEqual([]);
  });

  /** Scans the bytes as if they were an object of S3. */
  function scan(content: Buffer, over: Partial<ClamscanBounds> = {}, deadlineMs = generousMs) {
    async function* chunks() {
      for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536);
    }
    const target: IntakeTarget = {
      ...{ bucket: 'intake', tenantId: 'acme', fileId: 'F', uploadId: 'U', versionId: 'V' },
      size: content.length,
    };
    const definitions = { ready: async () => ({ version: 'test-1', directory: join(root, 'database') }) };
    const bounds = { ...clamscanBounds, ...over };
    return clamscan(
      { open: async () => chunks(), definitions, temporary: join(root, 'temporary'), bounds },
      target,
      deadlineMs,
    );
  }

  /** Puts a program before the real ones. */
  async function pretend(program: string, script: string) {
    await writeFile(join(root, 'bin', program), `#!/bin/sh\n${script}\n`);
    await chmod(join(root, 'bin', program), 0o755);
    process.env.PATH = [join(root, 'bin'), path].join(delimiter);
  }

  it('calls clean what it has read, and gives its SHA-256 and the definitions', async () => {
    const content = innocent(200_000);

    expect(await scan(content)).toEqual({
      verdict: 'clean',
      engine: 'clamav',
      definitions: 'test-1',
      sha256: createHash('sha256').update(content).digest('base64'),
    });
    expect(await scan(Buffer.alloc(0))).toMatchObject({ verdict: 'clean' });
  });

  it('removes what a run that was killed has left, and nothing that is younger', async () => {
    const [abandoned, running] = ['sluice-scan-old', 'sluice-scan-new'].map((name) =>
      join(root, 'temporary', name),
    ) as [string, string];
    for (const directory of [abandoned, running]) await mkdir(directory);
    await writeFile(join(abandoned, 'object'), innocent(1_000));
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(abandoned, longAgo, longAgo);

    await scan(innocent(1_000));

    expect(await readdir(join(root, 'temporary'))).toEqual(['sluice-scan-new']);
    await rm(running, { recursive: true });
  });

  it('finds malware plain, zipped, nested and anywhere in the bytes, by its name', async () => {
    const samples = [
      eicarTestString,
      nestedZip(eicarTestString, 5),
      Buffer.concat([innocent(MiB), eicarTestString]),
    ];
    for (const content of samples) {
      expect(await scan(content)).toMatchObject({ verdict: 'infected', threat: 'Eicar-Test-Signature' });
    }
  });

  it("finds it in every package of ClamAV's test files", async () => {
    const clean: string[] = [];
    for (const name of await readdir(testFilesDir)) {
      const { verdict } = await scan(await readFile(join(testFilesDir, name)));
      if (verdict !== 'infected') clean.push(name);
    }
    expect(clean).toEqual([]);
  });

  it.each<[string, Partial<ClamscanBounds>, Buffer]>([
    ['a file that is too large', { maxBytes: MiB }, Buffer.alloc(MiB + 1)],
    [
      'a packed file that is',
      { maxBytes: MiB },
      deflatedZip([{ name: 'a', content: Buffer.concat([Buffer.alloc(2 * MiB), eicarTestString]) }]),
    ],
    [
      'more than may be unpacked',
      { maxBytes: MiB },
      deflatedZip(['a', 'b', 'c'].map((name) => ({ name, content: innocent(MiB / 2) }))),
    ],
    [
      'more packed files than may be',
      { maxFiles: 3 },
      deflatedZip(['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, content: innocent(900) }))),
    ],
    ['archives that are nested too deeply', { maxRecursion: 3 }, nestedZip(innocent(500), 6)],
    ['a gzip of too much', { maxBytes: MiB }, gzipSync(Buffer.alloc(2 * MiB))],
  ])('says that it has not looked at %s, instead of OK', async (_, bounds, content) => {
    expect(await scan(content, bounds)).toMatchObject({
      verdict: 'unscannable',
      detail: expect.stringMatching(/^Heuristics\.Limits\.Exceeded/),
    });
  });

  it('says that it cannot look into an encrypted archive, instead of OK', async () => {
    const secret = join(root, 'secret.zip');
    await writeFile(join(root, 'secret.txt'), innocent(400));
    execFileSync('zip', ['-q', '-j', '-P', 'password', secret, join(root, 'secret.txt')]);

    expect(await scan(await readFile(secret))).toMatchObject({
      verdict: 'unscannable',
      detail: 'Heuristics.Encrypted.Zip',
    });
  });

  it('gives no verdict when it is killed at its deadline, with all that it has started', async () => {
    await pretend('clamscan', `sleep 60 & echo $! > ${join(root, 'child')}; wait`);
    const startedAt = performance.now();

    const answer = await scan(innocent(10), {}, 400);

    expect(answer).toMatchObject({ verdict: 'unavailable', detail: expect.stringMatching(/killed/) });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    const child = Number(await readFile(join(root, 'child'), 'utf8'));
    await expect.poll(() => isRunning(child)).toBe(false);
  });

  it.each([
    ['that fails', 'echo "LibClamAV Error: broken" >&2; exit 2', /ended with 2: LibClamAV Error: broken/],
    ['that ends well and says nothing', 'exit 0', /ended with 0/],
    ['that says OK of something else', 'echo "/etc/passwd: OK"; exit 0', /ended with 0/],
    ['that finds something without a name', 'exit 1', /ended with 1/],
    ['that crashes', 'kill -SEGV $$', /killed/],
  ])('%s gives no verdict', async (_, script, detail) => {
    await pretend('clamscan', script);
    expect(await scan(innocent(10))).toMatchObject({
      verdict: 'unavailable',
      detail: expect.stringMatching(detail),
    });
  });

  it('gives no verdict where it is not installed', async () => {
    process.env.PATH = join(root, 'database');
    expect(await scan(innocent(10))).toMatchObject({
      verdict: 'unavailable',
      detail: expect.stringMatching(/clamscan could not be started/),
    });
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)])
      .toString()
      .startsWith('Z');
  } catch {
    return false;
  }
}
