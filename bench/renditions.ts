import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { photo } from '../test/support/images.ts';
import { type RenderCost, type Variant, variants } from './support/render-once.ts';
import { alternate, type Benchmark, markdownTable, median } from './support/report.ts';
import { workerThroughput } from './support/worker-throughput.ts';

const rounds = 15;
const twelveMegapixels = { width: 4000, height: 3000, quality: 88, colourProfile: 'none' } as const;

const sources = [
  { name: 'baseline JPEG', make: () => photo(twelveMegapixels) },
  { name: 'progressive JPEG', make: () => photo({ ...twelveMegapixels, progressive: true }) },
  { name: 'PNG', make: () => photo({ ...twelveMegapixels, format: 'png' }) },
] as const;

const renditions: Benchmark = {
  title: 'Renditions: five of a 12 MP photo, and images a second of the worker',
  run: async () => `${await costs()}\n\n${await workerThroughput()}`,
};

/** Sluice's one decode against one sharp pipeline per rendition, each measured in processes of their own. */
async function costs(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    const rows: string[][] = [];
    for (const { name, make } of sources) {
      const bytes = await make();
      const file = join(directory, name);
      await writeFile(file, bytes);
      const spent = await alternate(variants, rounds, (variant) => renderInChild(variant, file));
      rows.push(...rowsOf(`${name}, ${(bytes.length / 1e6).toFixed(1)} MB`, spent));
    }
    const header = [
      'source',
      'renditions by',
      'CPU ms',
      'wall ms',
      'peak RSS MB',
      'above idle MB',
      'output KB',
    ];
    return `Medians of ${rounds} alternating runs, one process per run, one libvips thread.\n\n${markdownTable(header, rows)}`;
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function renderInChild(variant: Variant, file: string): Promise<RenderCost> {
  const script = join(import.meta.dirname, 'support', 'render-once.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, variant, file]);
  return JSON.parse(stdout) as RenderCost;
}

function rowsOf(source: string, costs: ReadonlyMap<Variant, readonly RenderCost[]>): string[][] {
  const sizes = new Set([...costs.values()].flat().map((cost) => cost.sizes.join(' ')));
  if (sizes.size !== 1) throw new Error(`the variants made different renditions: ${[...sizes].join(' / ')}`);
  const middle = (variant: Variant, field: 'cpuMs' | 'wallMs' | 'peakMb' | 'peakAboveIdleMb' | 'bytes') =>
    median((costs.get(variant) ?? []).map((cost) => cost[field]));
  const ours = variants[0];
  const compared = (variant: Variant, field: 'cpuMs' | 'wallMs') => {
    const value = middle(variant, field);
    return variant === ours
      ? value.toFixed(0)
      : `${value.toFixed(0)} (x${(value / middle(ours, field)).toFixed(2)})`;
  };
  return variants.map((variant) => [
    source,
    variant,
    compared(variant, 'cpuMs'),
    compared(variant, 'wallMs'),
    middle(variant, 'peakMb').toFixed(0),
    middle(variant, 'peakAboveIdleMb').toFixed(0),
    (middle(variant, 'bytes') / 1e3).toFixed(0),
  ]);
}

export default renditions;
