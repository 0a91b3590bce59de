import type { Sharp as SharpPipeline } from 'sharp';
import { planRenditions, type RenditionOutput, type Size } from '../../core/images/plan.ts';
import type { ImageMedia, ImageProcessor, RenderedRendition } from '../../core/images/ports.ts';
import { readExifSummary } from './exif.ts';
import { type Header, readHeader } from './header.ts';
import { loadSharp, type Sharp } from './load.ts';
import { asUnreadable, failOn } from './unreadable.ts';

/** The end of one decode or encode, so that a picture that is slow by design cannot hold a function. */
const pipelineSeconds = 60;

interface Working extends Size {
  readonly pixels: Uint8Array;
  readonly channels: 3 | 4;
}

/**
 * ImageProcessor by sharp. One decode makes a small 8-bit sRGB picture in memory, from which every rendition is
 * scaled, one after the other.
 *
 * Memory at the default bounds (100 MP, 256 MiB of source), added up at its worst:
 *   source bytes                                                                             256 MiB
 *   decoder: baseline JPEG and plain PNG stream (a few rows); progressive JPEG keeps all coefficients, 2 bytes x 3
 *     channels x 100 MP = 600 MB; interlaced PNG keeps the picture, 8 bytes x 100 MP = 800 MB with 16-bit RGBA;
 *     WebP and GIF 4 bytes x 100 MP = 400 MB; AVIF planes and RGB up to 12 bytes x 100 MP = 1.2 GB at 12 bits 4:4:4
 *   working image and, when the picture is turned, one copy: 2 x maxWorkingPixels x 4 bytes =  128 MB
 *   Node, libvips and the encoders                                                           120 MB
 * = 1.7 GB at the most, below 2 GB; `npm run bench` prints what 12 MP really take.
 */
export const createImageProcessor = (): ImageProcessor => ({
  async render(source, { presets, maxPixels }) {
    const sharp = loadSharp();
    const header = await readHeader(sharp, source, maxPixels);
    const plan = planRenditions(header.upright, header.hasAlpha, presets);
    const decode = () => openUpright(sharp, source, header, maxPixels);

    try {
      const working = plan.working && (await scaleToWorking(decode(), plan.working));
      const renditions: RenderedRendition[] = [];
      // One at a time: a function of this size has one core, and the peak stays that of a single output.
      for (const output of plan.outputs) {
        renditions.push(
          await encode(output.from === 'working' ? fromWorking(sharp, working) : decode(), output),
        );
      }
      const exif = header.exif && readExifSummary(header.exif);
      return { media: media(header), ...(exif && { exif }), renditions };
    } catch (error) {
      throw asUnreadable(error, source);
    }
  },
});

/** The decoder, set to upright sRGB; libvips shrinks while loading where the format allows it. */
function openUpright(sharp: Sharp, source: Uint8Array, header: Header, maxPixels: number): SharpPipeline {
  const pipeline = sharp(source, { failOn, limitInputPixels: maxPixels, autoOrient: true }).timeout({
    seconds: pipelineSeconds,
  });
  // sharp takes a profile of 8 bits to sRGB by itself, one of 16 bits only to Display P3.
  return header.hasDeepProfile ? pipeline.withIccProfile('srgb', { attach: false }) : pipeline;
}

async function scaleToWorking(decoder: SharpPipeline, size: Size): Promise<Working> {
  const { data, info } = await decoder
    .resize(size.width, size.height, { fit: 'fill' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { pixels: data, width: info.width, height: info.height, channels: info.channels === 4 ? 4 : 3 };
}

function fromWorking(sharp: Sharp, working: Working | undefined): SharpPipeline {
  if (!working) throw new Error('the plan takes an output from a working image that it does not have');
  const { pixels, width, height, channels } = working;
  return sharp(pixels, { raw: { width, height, channels } }).timeout({ seconds: pipelineSeconds });
}

async function encode(pipeline: SharpPipeline, output: RenditionOutput): Promise<RenderedRendition> {
  const { scaled, crop } = output.resize;
  const sized = pipeline
    .resize(scaled.width, scaled.height, { fit: 'fill' })
    .extract({ left: crop.left, top: crop.top, width: crop.width, height: crop.height })
    .toColourspace('srgb');
  // sharp writes no metadata unless asked to.
  const encoded =
    output.mimeType === 'image/webp'
      ? sized.webp({ quality: output.quality })
      : sized.flatten({ background: '#ffffff' }).jpeg({ quality: output.quality });
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
  return {
    name: output.name,
    mimeType: output.mimeType,
    extension: output.extension,
    width: info.width,
    height: info.height,
    body: data,
  };
}

const media = (header: Header): ImageMedia => ({
  width: header.upright.width,
  height: header.upright.height,
  format: header.format,
  ...(header.frames > 1 && { frames: header.frames }),
  hasAlpha: header.hasAlpha,
  ...(header.orientation !== undefined && { orientation: header.orientation }),
  colourSpace: header.colourSpace,
});
