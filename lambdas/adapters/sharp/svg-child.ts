import type { Sharp } from './load.ts';

export interface SvgTask {
  /** Where `sharp` is: the child has no layer path of its own. */
  readonly sharpModule: string;
  /** What the drawing shall fit into. */
  readonly width: number;
  readonly height: number;
  readonly maxPixels: number;
}

/** What the child prints first, as one line of JSON; the PNG follows. */
export interface SvgSize {
  /** The drawing's own size in CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** The exit status that says: it is the drawing's fault. */
export const badDrawingStatus = 3;

/**
 * Draws the SVG on standard input. It runs from its source text in a process of its own, so that it may use nothing but
 * its arguments.
 */
export async function drawSvg(task: SvgTask, sharp: Sharp, badDrawing: number): Promise<void> {
  // CSS pixels a unit: the density at which a drawing has its own size.
  const ownDensity = 72;
  const densities = { min: 1, max: 100_000 };
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ['VipsForeignLoadSvgBuffer'] });
  sharp.concurrency(1);
  sharp.cache(false);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const source = Buffer.concat(chunks);
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
    process.exitCode = badDrawing;
  }
}
