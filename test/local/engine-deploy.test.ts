import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lastErrorLine, runCommand } from '../../local/command.ts';
import { progressOf } from '../../local/deploy.ts';
import { fingerprint } from '../../local/fingerprint.ts';
import { lockHolder, tryLock, withLock } from '../../local/lock.ts';
import { parseOutputs } from '../../local/outputs.ts';
import { portFrom } from '../../local/ports.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-local-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('the fingerprint of what is deployed', () => {
  it('changes with contents, names and the extra text, and with nothing else', async () => {
    await writeFile(join(dir, 'a.ts'), 'one');
    const before = await fingerprint(dir, ['.'], 'x');

    expect(await fingerprint(dir, ['.'], 'x')).toBe(before);
    expect(await fingerprint(dir, ['.'], 'y')).not.toBe(before);
    await writeFile(join(dir, 'a.ts'), 'two');
    expect(await fingerprint(dir, ['.'], 'x')).not.toBe(before);
    await writeFile(join(dir, 'a.ts'), 'one');
    await writeFile(join(dir, 'b.ts'), '');
    expect(await fingerprint(dir, ['.'], 'x')).not.toBe(before);
  });

  it('counts what is missing as absent', async () => {
    await expect(fingerprint(dir, ['layers'])).resolves.toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('reading cdk', () => {
  it('finds the progress in its event lines', () => {
    expect(progressOf('sluice-local-api | 12/60 | 12:00:00 PM | CREATE_COMPLETE | AWS::IAM::Role | R')).toBe(
      'sluice-local-api 12/60',
    );
    expect(progressOf('Bundling asset sluice-local-api/Uploads/Code/Stage...')).toBe(
      'bundling sluice-local-api/Uploads',
    );
    expect(progressOf('✅  sluice-local-api')).toBeUndefined();
  });

  it('finds the line that says why it failed', () => {
    const lines = ['starting', '❌  sluice-local-api failed: AccessDenied', '', 'at foo (bar.js:1:1)'];

    expect(lastErrorLine(lines)).toBe('❌  sluice-local-api failed: AccessDenied');
    expect(lastErrorLine(['only this', ''])).toBe('only this');
    expect(lastErrorLine([])).toBe('no output');
  });

  it('reads the outputs of all stacks, queues by name', () => {
    const outputs = parseOutputs({
      'sluice-local-storage': {
        TableName: 't',
        IntakeBucket: 'i',
        LibraryBucket: 'l',
        DerivedBucket: 'd',
        AuditBucket: 'b',
        InspectQueueUrl: 'http://127.0.0.1:4566/000000000000/inspect',
      },
      'sluice-local-identity': { UserPoolId: 'p', UserPoolClientId: 'c' },
      'sluice-local-api': { ApiId: 'a', ApiUrl: 'https://ignored' },
      'sluice-local-processing': { SweepFunctionName: 's' },
      'sluice-local-audit': { SealFunctionName: 'f', AuditKeyArn: 'k' },
    });

    expect(outputs).toMatchObject({
      tableName: 't',
      apiId: 'a',
      buckets: { library: 'l' },
      sweepFunctionName: 's',
      audit: { bucket: 'b', keyId: 'k', sealFunctionName: 'f' },
    });
    expect(outputs.queues).toEqual({ Inspect: 'http://127.0.0.1:4566/000000000000/inspect' });
  });

  it('names an output that is missing', () => {
    expect(() => parseOutputs({ 'sluice-local-api': { ApiId: 'a' } })).toThrow(/TableName/);
  });
});

describe('running a tool', () => {
  const options = () => ({ cwd: dir, env: process.env, log: join(dir, 'log'), deadlineMs: 10_000 });

  it('gives its exit code and what it wrote to both streams, without colours', async () => {
    const script = 'console.log("\\x1b[31mout\\x1b[0m"); console.error("err"); process.exitCode = 3';
    const result = await runCommand(process.execPath, ['-e', script], options());

    expect(result.exitCode).toBe(3);
    expect([...result.lines].sort()).toEqual(['err', 'out']);
  });

  it('ends it at the deadline', async () => {
    const endless = runCommand(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      ...options(),
      deadlineMs: 200,
    });

    await expect(endless).rejects.toThrow(/abort/i);
  });
});

describe('the lock', () => {
  it('is held once, tells its holder, and can be taken again after release', async () => {
    const path = join(dir, 'running.json');
    const release = await tryLock(path);

    expect(release).toBeDefined();
    expect(await lockHolder(path)).toBe(process.pid);
    expect(await tryLock(path)).toBeUndefined();
    await release?.();
    expect(await lockHolder(path)).toBeUndefined();
    expect(await tryLock(path)).toBeDefined();
  });

  it('of a process that is gone, or whose number somebody else has now, is no lock', async () => {
    const path = join(dir, 'running.json');
    await writeFile(path, JSON.stringify({ pid: process.pid, startedAt: 'long ago' }));

    expect(await tryLock(path)).toBeDefined();
  });

  it('lets work wait for its turn', async () => {
    const path = join(dir, 'build.lock');
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
    };
    await Promise.all([withLock(path, 10_000, work), withLock(path, 10_000, work)]);

    expect(most).toBe(1);
  });
});

it('refuses a port that is none', () => {
  expect(portFrom('PORT', '0')).toBe(0);
  expect(portFrom('PORT', '4001')).toBe(4001);
  expect(() => portFrom('PORT', '70000')).toThrow(/PORT is 70000/);
  expect(() => portFrom('PORT', 'http')).toThrow(/no port/);
});
