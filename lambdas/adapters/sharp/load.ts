import { createRequire } from 'node:module';
import type sharpModule from 'sharp';
import { fontEnvironment } from './fonts.ts';

export type Sharp = typeof sharpModule;

/**
 * What libvips may open, of all that it can: the formats that Sluice makes renditions of, from memory. Everything
 * else (SVG, TIFF, its own format, the file loaders) is closed to user bytes. `Uhdr` stays closed as well: an Ultra
 * HDR photo is then read as the JPEG that it also is, with shrink-on-load.
 */
const openLoaders = [
  'VipsForeignLoadJpegBuffer',
  'VipsForeignLoadPngBuffer',
  'VipsForeignLoadWebpBuffer',
  'VipsForeignLoadNsgifBuffer',
  'VipsForeignLoadHeifBuffer',
];

/** A 2 GB function has 1.2 vCPU: a second thread would cost line buffers and win nothing. */
const threads = 1;

let loaded: Sharp | undefined;

/**
 * sharp comes from a Lambda layer, whose NODE_PATH `require` follows and ESM `import` does not. Loaded and set up
 * once a process, at the first picture, so that importing this module costs nothing.
 */
export function loadSharp(): Sharp {
  if (loaded) return loaded;
  // Before the first text: fontconfig looks at the environment once.
  Object.assign(process.env, fontEnvironment());
  const sharp = createRequire(import.meta.url)('sharp') as Sharp;
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: openLoaders });
  sharp.concurrency(threads);
  // The operation cache helps whoever repeats an operation on the same input; here it would only hold memory.
  sharp.cache(false);
  loaded = sharp;
  return sharp;
}
