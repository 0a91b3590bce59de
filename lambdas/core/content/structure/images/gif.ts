import { type ImageFacts, refuseEmpty, refuseFrames } from './facts.ts';
import { foreignHeadBytes, refuseForeign } from './foreign.ts';
import { bomb, type HeaderReader, malformed, viewOf, WalkTooLong } from './header-reader.ts';

const screenBytes = 13;
const descriptorBytes = 9;
const extension = 0x21;
const image = 0x2c;
const trailer = 0x3b;
const commentLabel = 0xfe;
const applicationLabel = 0xff;
/** The code size that stands before the pixels. */
const codeSizeBytes = 1;
/** Comments and the like beside those of the frames, which have one or two each: a microsecond of looking for each. */
const maxSpareExtensions = 100_000;
const extensionsPerFrame = 4;

/** Walks the frames, each of which is a chain of blocks of up to 255 bytes. */
export async function readGif(reader: HeaderReader): Promise<ImageFacts> {
  const screen = viewOf(await reader.bytes(0, screenBytes));
  let width = screen.getUint16(6, true);
  let height = screen.getUint16(8, true);
  const firstAt = screenBytes + paletteBytes(screen.getUint8(10));
  const facts = (frames: number) => ({ width, height, coding: { format: 'gif' } as const, frames });
  let at = firstAt;
  let frames = 0;
  let extensions = 0;
  try {
    for (;;) {
      // Without a trailer, as some writers leave it.
      if (at === reader.size && frames > 0) return facts(frames);
      const found = reader.byte(at);
      const kind = typeof found === 'number' ? found : await found;
      if (kind === trailer) break;
      if (kind === extension) {
        extensions += 1;
        if (extensions > maxSpareExtensions + extensionsPerFrame * frames) {
          throw bomb('a GIF of little but comments');
        }
        const label = (await reader.bytes(at + 1, 1))[0];
        at = await skipExtension(reader, at + 2, label === commentLabel || label === applicationLabel);
      } else if (kind === image) {
        const frame = viewOf(
          reader.peek(at + 1, descriptorBytes) ?? (await reader.bytes(at + 1, descriptorBytes)),
        );
        frames += 1;
        // Players make the canvas large enough for frames that stick out of it, or where it has no size.
        width = Math.max(width, frame.getUint16(0, true) + frame.getUint16(4, true));
        height = Math.max(height, frame.getUint16(2, true) + frame.getUint16(6, true));
        refuseEmpty(width, height);
        refuseFrames(frames, width, height);
        const pixelsAt = at + 1 + descriptorBytes + paletteBytes(frame.getUint8(8)) + codeSizeBytes;
        at = await skipBlocks(reader, pixelsAt);
      } else if (kind === 0) {
        // Some editors leave an empty block between frames.
        at += 1;
      } else if (frames > 0) {
        // Decoders show the frames that came before.
        return { ...facts(frames), end: at };
      } else throw malformed('no frame where one has to be');
    }
  } catch (error) {
    if (!(error instanceof WalkTooLong) || frames === 0) throw error;
    // What lies further on is taken to be like what has been seen.
    const extrapolated = Math.ceil((frames * reader.size) / (at - firstAt));
    refuseFrames(extrapolated, width, height);
    return facts(extrapolated);
  }
  if (frames === 0) throw malformed('a GIF without a frame');
  return { ...facts(frames), end: at + 1 };
}

/** Of a palette, whose flags say that it is there and how large it is. */
const paletteBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

async function skipBlocks(reader: HeaderReader, from: number): Promise<number> {
  let at = from;
  for (;;) {
    const found = reader.byte(at);
    const length = typeof found === 'number' ? found : await found;
    at += 1 + length;
    if (length === 0) return at;
  }
}

async function skipExtension(reader: HeaderReader, from: number, isText: boolean): Promise<number> {
  const end = await skipBlocks(reader, from);
  if (isText) {
    const blocks = await reader.aside(from, Math.min(end - from, foreignHeadBytes));
    refuseForeign(joined(blocks), 'its comment');
  }
  return end;
}

/** The content of blocks without their lengths. An application's first block is its name. */
function joined(blocks: Uint8Array): Uint8Array {
  const content = new Uint8Array(blocks.length);
  let length = 0;
  for (let at = 0; at < blocks.length && blocks[at] !== 0; at += 1 + (blocks[at] ?? 0)) {
    const block = blocks.subarray(at + 1, at + 1 + (blocks[at] ?? 0));
    content.set(block, length);
    length += block.length;
  }
  return content.subarray(0, length);
}
