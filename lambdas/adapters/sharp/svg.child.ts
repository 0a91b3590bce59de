import { createRequire } from 'node:module';
import type { Sharp } from './load.ts';
import { badDrawingStatus, type SvgTask } from './svg-task.ts';

/** CSS pixels a unit: the density at which a drawing has its own size. */
const ownDensity = 72;
const densities = { min: 1, max: 100_000 };

function loadSharp(module: string): Sharp {
  const sharp = createRequire(import.meta.url)(module) as Sharp;
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ['VipsForeignLoadSvgBuffer'] });
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}

async function standardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const task = JSON.parse(process.argv[2] ?? '') as SvgTask;
const sharp = loadSharp(task.sharpModule);
const source = await standardInput();
try {
  const { width, height } = await sharp(source, { limitInputPixels: false }).metadata();
  const scale = Math.min(task.width / width, task.height / height);
  const density = Math.min(densities.max, Math.max(densities.min, ownDensity * scale));
  const drawn = await sharp(source, { density, limitInputPixels: task.maxPixels })
    .resize(task.width, task.height, { fit: 'inside' })
    .png({ compressionLevel: 1 })
    .toBuffer();
  process.stdout.write(`${JSON.stringify({ width, height })}\n`);
  process.stdout.write(drawn);
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = badDrawingStatus;
}
