import { describe, expect, it, vi } from 'vitest';
import { type ChildLimits, runChild } from '../../../lambdas/adapters/child/run-child.ts';

vi.setConfig({ testTimeout: 30_000 });

const limits: ChildLimits = {
  deadlineMs: 20_000,
  maxDataKiB: 1_280 * 1024,
  maxCpuSeconds: 20,
  maxHeapMiB: 64,
  maxOutputBytes: 10_000,
};

async function run(script: string, { input = '', over = {} as Partial<ChildLimits>, environment = {} } = {}) {
  let output = '';
  const take = (chunk: Buffer) => {
    output += chunk.toString();
  };
  const end = await runChild(['-e', script], Buffer.from(input), { ...limits, ...over }, take, environment);
  return { ...end, output };
}

describe('a child', () => {
  it('gets its input and nothing of the environment but what it is given', async () => {
    process.env.A_SECRET = 'secret';
    const script =
      'process.stdin.on("data", (d) => process.stdout.write(d + JSON.stringify(Object.keys(process.env).sort())))';

    const { output, status, exceeded } = await run(script, { input: 'in ', environment: { FONTS: '/f' } });

    delete process.env.A_SECRET;
    expect({ status, exceeded }).toEqual({ status: 0, exceeded: false });
    const names = JSON.parse(output.slice('in '.length)) as string[];
    // The shell sets its own.
    const ofTheShell = ['LD_LIBRARY_PATH', 'OLDPWD', 'PWD', 'SHLVL', '_'];
    expect(names.filter((name) => !ofTheShell.includes(name))).toEqual(['FONTS']);
  });

  it.each([
    ['its deadline', 'for (;;);', { deadlineMs: 500 }],
    ['a stall', 'process.stdout.write("."); for (;;);', { stallMs: 500 }],
    ['too much output', 'setInterval(() => process.stdout.write("x".repeat(5000)), 1)', {}],
    ['too much heap', 'const all = []; for (;;) all.push(new Array(1e5).fill(1.5));', {}],
  ])('is killed at %s', async (_, script, over) => {
    const { exceeded, status } = await run(script, { over });

    expect({ exceeded, isDone: status === 0 }).toEqual({ exceeded: true, isDone: false });
  });

  it('is not killed while it says something', async () => {
    const script =
      'let n = 0; setInterval(() => { process.stdout.write("."); if ((n += 1) === 12) process.exit(0); }, 100)';

    const { output, exceeded } = await run(script, { over: { stallMs: 900 } });

    expect({ output, exceeded }).toEqual({ output: '.'.repeat(12), exceeded: false });
  });

  it('that fails by itself says why in one line', async () => {
    const { status, exceeded, words } = await run('console.error("one\\n  two"); process.exit(3)');

    expect({ status, exceeded, words }).toEqual({ status: 3, exceeded: false, words: 'one two' });
  });
});
