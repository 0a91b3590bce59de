import { type ImageFacts, refuseEmpty, refuseFrames } from './facts.ts';
import { foreignHeadBytes, refuseForeign } from './foreign.ts';
import { bomb, fourCc, type HeaderReader, malformed, viewOf, WalkTooLong } from './header-reader.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

const riffBytes = 12;
const chunkHeaderBytes = 8;
/** Besides frames: a canvas, a profile, EXIF, XMP, and whatever editors add. */
const maxOtherChunks = 1_000;
const metadata = new Set(['EXIF', 'XMP ', 'ICCP']);

export async function readWebp(reader: HeaderReader): Promise<ImageFacts> {
  const riff = await reader.view(0, riffBytes);
  const declaredEnd = chunkHeaderBytes + riff.getUint32(4, true);
  // An odd length is padded, and some writers leave the padding out of the length or out of the file.
  if (declaredEnd > reader.size + 1) throw malformed('the RIFF header promises more bytes than there are');
  const end = Math.min(declaredEnd, reader.size);
  const walked = await walk(reader, end);
  const { canvas, frames, still } = walked;
  const size = canvas ?? still;
  if (!size || (frames === 0 && !still)) throw malformed('a WebP without a picture');
  if (canvas && still && (canvas.width !== still.width || canvas.height !== still.height)) {
    throw malformed(`a canvas of ${text(canvas)} with a picture of ${text(still)}`);
  }
  return { ...size, coding: { format: 'webp' }, frames: Math.max(1, frames), end };
}

const text = ({ width, height }: Size): string => `${width}x${height} pixels`;

interface Walked {
  readonly canvas: Size | undefined;
  readonly still: Size | undefined;
  readonly frames: number;
}

async function walk(reader: HeaderReader, end: number): Promise<Walked> {
  let canvas: Size | undefined;
  let still: Size | undefined;
  let frames = 0;
  let others = 0;
  let at = riffBytes;
  try {
    while (at + chunkHeaderBytes <= end) {
      const head = reader.peek(at, chunkHeaderBytes) ?? (await reader.bytes(at, chunkHeaderBytes));
      const type = fourCc(head, 0);
      const length = viewOf(head).getUint32(4, true);
      const dataAt = at + chunkHeaderBytes;
      if (dataAt + length > end) throw malformed(`the chunk ${type} reaches beyond the file`);
      if (type === 'VP8X') {
        if (at !== riffBytes || length < 10) throw malformed('a canvas header of no kind that exists');
        canvas = canvasSize(await reader.view(dataAt, 10));
      } else if (type === 'ANMF') {
        frames += 1;
        if (!canvas || length < 16) throw malformed('a frame without a canvas');
        refuseOutside(canvas, await reader.view(dataAt, 16));
        refuseFrames(frames, canvas.width, canvas.height);
      } else if (type === 'VP8 ' || type === 'VP8L') {
        // Decoders take the first.
        still ??=
          type === 'VP8 '
            ? lossySize(await reader.view(dataAt, 10))
            : losslessSize(await reader.view(dataAt, 5));
      } else {
        others += 1;
        if (others > maxOtherChunks) throw bomb(`more than ${maxOtherChunks} chunks besides the picture`);
        if (metadata.has(type) || !/^[A-Z]/.test(type)) {
          refuseForeign(
            await reader.aside(dataAt, Math.min(length, foreignHeadBytes)),
            `its chunk ${type.trim()}`,
          );
        }
      }
      at = dataAt + length + (length & 1);
    }
  } catch (error) {
    if (!(error instanceof WalkTooLong) || !canvas || frames === 0) throw error;
    // What lies further on is taken to be like what has been seen.
    frames = Math.ceil((frames * reader.size) / at);
    refuseFrames(frames, canvas.width, canvas.height);
  }
  return { canvas, still, frames };
}

const uint24 = (view: DataView, at: number): number =>
  view.getUint16(at, true) | (view.getUint8(at + 2) << 16);

const canvasSize = (view: DataView): Size => ({ width: uint24(view, 4) + 1, height: uint24(view, 7) + 1 });

/** Left and top are stored halved, the sides less one. */
function refuseOutside(canvas: Size, view: DataView): void {
  const right = 2 * uint24(view, 0) + uint24(view, 6) + 1;
  const bottom = 2 * uint24(view, 3) + uint24(view, 9) + 1;
  if (right > canvas.width || bottom > canvas.height)
    throw malformed('a frame that reaches beyond its canvas');
}

function lossySize(view: DataView): Size {
  const isKeyFrame = (view.getUint8(0) & 1) === 0;
  const isMarked = view.getUint8(3) === 0x9d && view.getUint16(4) === 0x012a;
  if (!isKeyFrame || !isMarked) throw malformed('a VP8 frame without a beginning');
  const width = view.getUint16(6, true) & 0x3fff;
  const height = view.getUint16(8, true) & 0x3fff;
  refuseEmpty(width, height);
  return { width, height };
}

function losslessSize(view: DataView): Size {
  if (view.getUint8(0) !== 0x2f) throw malformed('a VP8L picture without a beginning');
  const bits = view.getUint32(1, true);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}
