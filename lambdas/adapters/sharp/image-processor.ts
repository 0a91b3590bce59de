import type { Sharp as SharpPipeline } from 'sharp';
import { svgType } from '../../core/content/mime-types.ts';
import type { Pixels } from '../../core/images/pixels.ts';
import { planRenditions, type RenditionOutput, type Size } from '../../core/images/plan.ts';
import type {
  ImageProcessor,
  RenderedImage,
  RenderedRendition,
  RenderOptions,
} from '../../core/images/ports.ts';
import { mediaOf, openSource, pipelineSeconds } from './decoder.ts';
import { readExifSummary } from './exif.ts';
import { pictureFeatures } from './features.ts';
import { type Header, readHeader } from './header.ts';
import { loadSharp, type Sharp } from './load.ts';
import { rasterizeSvg, svgDeadlineMs } from './rasterize-svg.ts';
import { asUnreadable } from './unreadable.ts';

/**
 * ImageProcessor by sharp. One decode makes a small 8-bit sRGB picture in memory, from which every rendition is
 * scaled, one after the other. What that may take is decode-cost.ts' to say. A drawing is rasterized first, in another process.
 */
export const createImageProcessor = (drawingDeadlineMs = svgDeadlineMs): ImageProcessor => ({
  render: (source, options) =>
    options.mimeType === svgType
      ? renderDrawing(source, options, drawingDeadlineMs)
      : renderPicture(source, options),
});

async function renderDrawing(
  source: Uint8Array,
  options: RenderOptions,
  deadlineMs: number,
): Promise<RenderedImage> {
  const { presets } = options;
  const box = {
    width: Math.max(...presets.map(({ width }) => width)),
    height: Math.max(...presets.map(({ height }) => height)),
  };
  const drawn = await rasterizeSvg(source, box, deadlineMs);
  const { media, ...rendered } = await renderPicture(drawn.png, options);
  const { width, height } = drawn;
  return { media: { ...media, format: 'svg', width, height }, ...rendered };
}

async function renderPicture(
  source: Uint8Array,
  { presets, maxPixels }: RenderOptions,
): Promise<RenderedImage> {
  const sharp = loadSharp();
  const header = await readHeader(sharp, source, maxPixels);
  const plan = planRenditions(header.upright, header.hasAlpha, presets);
  const decode = () => openSource(sharp, source, header, { maxPixels });

  try {
    const working = plan.working && (await scaleToWorking(decode(), plan.working));
    const renditions: RenderedRendition[] = [];
    // One at a time: a function of this size has one core, and the peak stays that of a single output.
    for (const output of plan.outputs) {
      const sized =
        output.from === 'working'
          ? cutWorking(openWorking(sharp, working), output)
          : cutSource(decode(), output, header);
      renditions.push(await encode(sized, output));
    }
    const exif = header.exif && readExifSummary(header.exif);
    const features = working && (await pictureFeatures(sharp, working));
    return { media: mediaOf(header), ...(exif && { exif }), ...(features && { features }), renditions };
  } catch (error) {
    throw asUnreadable(error, source);
  }
}

async function scaleToWorking(decoder: SharpPipeline, size: Size): Promise<Pixels> {
  const { data, info } = await decoder
    .autoOrient()
    .resize(size.width, size.height, { fit: 'fill' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels === 4 ? 4 : 3 };
}

function openWorking(sharp: Sharp, working: Pixels | undefined): SharpPipeline {
  if (!working) throw new Error('the plan takes an output from a working image that it does not have');
  const { data, width, height, channels } = working;
  return sharp(data, { raw: { width, height, channels } }).timeout({ seconds: pipelineSeconds });
}

type OutputFrom<From> = Extract<RenditionOutput, { from: From }>;

const cutWorking = (working: SharpPipeline, { scaled, crop }: OutputFrom<'working'>): SharpPipeline =>
  working
    .resize(scaled.width, scaled.height, { fit: 'fill' })
    .extract({ left: crop.left, top: crop.top, width: crop.width, height: crop.height });

function cutSource(decoder: SharpPipeline, output: OutputFrom<'source'>, header: Header): SharpPipeline {
  const { left, top, width, height } = output.window;
  // Centred, the window is the same before the picture is turned, but for its sides; turning only what came out of
  // it spares a copy of all pixels.
  const stored = header.turned
    ? { left: top, top: left, width: height, height: width }
    : { left, top, width, height };
  return decoder.extract(stored).resize(output.width, output.height, { fit: 'fill' }).autoOrient();
}

async function encode(sized: SharpPipeline, output: RenditionOutput): Promise<RenderedRendition> {
  const { name, mimeType, extension, quality } = output;
  const upright = sized.toColourspace('srgb');
  // sharp writes no metadata unless asked to.
  const encoded =
    mimeType === 'image/webp'
      ? upright.webp({ quality })
      : upright.flatten({ background: '#ffffff' }).jpeg({ quality });
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
  return { name, mimeType, extension, width: info.width, height: info.height, body: data };
}
