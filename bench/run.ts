import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Benchmark } from './support/report.ts';

/** `node bench/run.ts [name ...]`: runs every benchmark of this folder, or those named, and prints their tables. */
const wanted = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== basename(import.meta.filename))
  .map((file) => basename(file, '.ts'))
  .filter((name) => wanted.length === 0 || wanted.includes(name));

const missing = wanted.filter((name) => !names.includes(name));
if (missing.length > 0) throw new Error(`no such benchmark: ${missing.join(', ')}`);

for (const name of names) {
  const { default: benchmark } = (await import(join(import.meta.dirname, `${name}.ts`))) as {
    default: Benchmark;
  };
  process.stderr.write(`${benchmark.title} ...\n`);
  process.stdout.write(`## ${benchmark.title}\n\n${await benchmark.run()}\n\n`);
}
