import { readFileSync } from 'node:fs';
import type { Sharp } from 'sharp';
import { createImageProcessor } from '../../lambdas/adapters/sharp/image-processor.ts';
import { loadSharp } from '../../lambdas/adapters/sharp/load.ts';
import { defaultPresets, type RenditionPreset } from '../../lambdas/core/images/presets.ts';

/**
 * Renders one picture in a process of its own, so that its peak memory is its own, and prints what that took:
 * `node bench/support/render-once.ts <variant> <file>`.
 */
export const variants = [
  'one decode',
  'pipeline per rendition, in turn',
  'pipeline per rendition, at once',
  'clones of one pipeline, at once',
] as const;
export type Variant = (typeof variants)[number];

export interface RenderCost {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly peakMb: number;
  /** Above what the process had with the source read and everything loaded. */
  readonly peakAboveIdleMb: number;
  readonly sizes: readonly string[];
  readonly bytes: number;
}

interface Rendered {
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/** The default presets, and one more that a tenant may have. */
const presets: readonly RenditionPreset[] = [
  ...defaultPresets,
  { name: 'card', fit: 'inside', width: 1280, height: 1280, format: 'auto', quality: 80 },
];

const render: Record<Variant, (source: Buffer) => Promise<Rendered[]>> = {
  'one decode': async (source) => {
    const { renditions } = await createImageProcessor().render(source, {
      mimeType: 'image/any',
      presets,
      maxPixels: 100_000_000,
    });
    return renditions.map(({ width, height, body }) => ({ width, height, bytes: body.byteLength }));
  },
  'pipeline per rendition, in turn': async (source) => {
    const rendered: Rendered[] = [];
    for (const preset of presets) {
      rendered.push(await ownPipeline(loadSharp()(source, { failOn: 'error' }), preset));
    }
    return rendered;
  },
  'pipeline per rendition, at once': (source) =>
    Promise.all(presets.map((preset) => ownPipeline(loadSharp()(source, { failOn: 'error' }), preset))),
  'clones of one pipeline, at once': (source) => {
    const pipeline = loadSharp()(source, { failOn: 'error' });
    return Promise.all(presets.map((preset) => ownPipeline(pipeline.clone(), preset)));
  },
};

/** The peer: what sharp's documentation shows for a thumbnail, under the same settings. */
async function ownPipeline(pipeline: Sharp, preset: RenditionPreset): Promise<Rendered> {
  const { width, height, fit, quality } = preset;
  const { info } = await pipeline
    .autoOrient()
    .resize(width, height, { fit, withoutEnlargement: true })
    .jpeg({ quality })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, bytes: info.size };
}

async function measure(variant: Variant, file: string): Promise<RenderCost> {
  const source = readFileSync(file);
  const tiny = await loadSharp()({ create: { width: 8, height: 8, channels: 3, background: '#888' } })
    .png()
    .toBuffer();
  await render[variant](tiny);

  const idleMb = process.memoryUsage.rss() / 2 ** 20;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const rendered = await render[variant](source);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const peakMb = peakRssMb();
  return {
    cpuMs: (user + system) / 1000,
    wallMs,
    peakMb,
    peakAboveIdleMb: peakMb - idleMb,
    sizes: rendered.map(({ width, height }) => `${width}x${height}`),
    bytes: rendered.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/**
 * Linux carries `maxRSS` over from the process that started this one; the high-water mark of its own memory begins
 * anew. Elsewhere `maxRSS` is what there is.
 */
function peakRssMb(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024;
  const highWater = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(highWater?.[1]) / 1024;
}

if (import.meta.main) {
  const [variant, file] = process.argv.slice(2) as [Variant, string];
  process.stdout.write(JSON.stringify(await measure(variant, file)));
}
