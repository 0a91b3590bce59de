import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EncodeCost, type Variant, variants } from './support/encode-once.ts';
import { alternate, type Benchmark, markdownTable, median } from './support/report.ts';

const run = promisify(execFile);

const rounds = 3;
const seconds = 6;

/** The encoder against ffmpeg alone, and one decode for the whole ladder against one per output. */
const video: Benchmark = {
  title: `The ladder of ${seconds} s of 1080p`,
  async run() {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
    try {
      const source = join(directory, 'source.mp4');
      await grainy(source);
      const costs = await alternate(variants, rounds, (variant) => encodeInChild(variant, source));
      const header = ['outputs by', 'CPU s', 'wall s', 'outputs', 'MB'];
      const note = `Medians of ${rounds} alternating runs, one process per run, ${availableParallelism()} cores; CPU with all children. Four rungs, poster, clip, sprites, and the rungs and their sound packaged as CMAF.`;
      return `${note}\n\n${markdownTable(header, rowsOf(costs))}`;
    } finally {
      await rm(directory, { recursive: true });
    }
  },
};

/** 1920x1080 at 30 frames/s and 20 Mbit/s with grain, as cameras have it: what only a computer draws is too easy to encode. */
async function grainy(path: string): Promise<void> {
  const picture = `testsrc2=size=1920x1080:rate=30,noise=alls=12:allf=t`;
  await run('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-t', `${seconds}`, '-i', picture],
    ...['-f', 'lavfi', '-t', `${seconds}`, '-i', 'sine=440:r=48000,aformat=channel_layouts=stereo'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '20M', '-pix_fmt', 'yuv420p', '-c:a', 'aac', path],
  ]);
}

async function encodeInChild(variant: Variant, source: string): Promise<EncodeCost> {
  const script = join(import.meta.dirname, 'support', 'encode-once.ts');
  const { stdout } = await run(process.execPath, [script, variant, source, `${seconds}`]);
  return JSON.parse(stdout) as EncodeCost;
}

function rowsOf(costs: ReadonlyMap<Variant, readonly EncodeCost[]>): string[][] {
  const middle = (variant: Variant, field: keyof EncodeCost) =>
    median((costs.get(variant) ?? []).map((cost) => cost[field]));
  const bare: Variant = 'bare ffmpeg, one process';
  const compared = (variant: Variant, field: 'cpuMs' | 'wallMs') => {
    const value = middle(variant, field);
    const shown = (value / 1_000).toFixed(1);
    return variant === bare ? shown : `${shown} (x${(value / middle(bare, field)).toFixed(2)})`;
  };
  return variants.map((variant) => [
    variant,
    compared(variant, 'cpuMs'),
    compared(variant, 'wallMs'),
    `${middle(variant, 'outputs')}`,
    (middle(variant, 'bytes') / 1e6).toFixed(1),
  ]);
}

export default video;
