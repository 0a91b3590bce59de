import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readElf } from '../../../layers/clamav/elf.ts';

it('a program tells its machine and the libraries that it needs', () => {
  const machines: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };
  const elf = process.platform === 'linux' ? readElf(readFileSync(process.execPath)) : undefined;
  if (process.platform === 'linux') {
    expect(elf?.machine).toBe(machines[process.arch]);
    expect(elf?.needed).toContain('libc.so.6');
  }
  expect(readElf(Buffer.from('#!/bin/sh\nexit 0\n'.padEnd(80)))).toBeUndefined();
});

it('the packages of the layer are locked for both machines, each by its checksum', () => {
  const lock = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../layers/clamav/packages.json'), 'utf8'),
  );
  for (const machine of ['arm64', 'amd64']) {
    const packages = lock.packages[machine] as { name: string; path: string; sha256: string }[];
    expect(packages.map(({ name }) => name)).toContain('libclamav12');
    for (const each of packages) {
      expect(each.sha256, each.name).toMatch(/^[0-9a-f]{64}$/);
      expect(each.path, each.name).toMatch(new RegExp(`_(${machine}|all)\\.deb$`));
    }
  }
});
