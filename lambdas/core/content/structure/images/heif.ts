import { av1FrameSize } from './av1.ts';
import { type ImageFacts, refuseEmpty, refuseFrames, refuseTooLarge } from './facts.ts';
import { foreignHeadBytes, refuseForeign } from './foreign.ts';
import { bomb, fourCc, type HeaderReader, malformed, viewOf } from './header-reader.ts';
import { type HeifItems, readItems } from './heif-items.ts';
import { type HeifSequence, readSequence } from './heif-sequence.ts';

/** Boxes at the top of a file: type, items, data, and what phones add. */
const maxTopBoxes = 256;
/** What describes the items or the tracks; that of a photo of 200 tiles takes some 20 KiB. */
const maxHeaderBoxBytes = 4 * 1024 * 1024;
/** A sequence header lies at the beginning of an item. */
const itemHeadBytes = 64;

/** What a box of somebody's own is known by. */
const uuidBytes = 16;

interface TopBox {
  readonly type: string;
  readonly dataAt: number;
  readonly end: number;
}

/** AVIF, HEIC and HEIF: one container for items (pictures, tiles, what is put together of them) and for sequences. */
export async function readHeif(reader: HeaderReader): Promise<ImageFacts> {
  const { boxes, end } = await topBoxes(reader);
  const meta = await contentOf(reader, boxes, 'meta');
  const movie = await contentOf(reader, boxes, 'moov');
  const items = meta && readItems(meta);
  const sequence = movie && readSequence(movie);
  if (!items?.primary && !sequence) throw malformed('a HEIF without a picture');
  const width = Math.max(items?.width ?? 0, sequence?.width ?? 0);
  const height = Math.max(items?.height ?? 0, sequence?.height ?? 0);
  refuseEmpty(width, height);
  const coding = items?.coding ?? sequence?.coding ?? { format: 'stored', pixelBytes: 4 };
  refuseTooLarge({ width, height, coding });
  if (items) await refuseLyingItems(reader, items);
  if (sequence) await refuseLyingSequence(reader, sequence);
  const frames = sequence?.frames ?? 1;
  refuseFrames(frames, width, height);
  return { width, height, coding, frames, end };
}

async function topBoxes(reader: HeaderReader): Promise<{ boxes: TopBox[]; end: number }> {
  const boxes: TopBox[] = [];
  let at = 0;
  while (at + 8 <= reader.size) {
    const head = await reader.bytes(at, Math.min(16, reader.size - at));
    const size = viewOf(head).getUint32(0);
    const type = fourCc(head, 4);
    const isLarge = size === 1 && head.length === 16;
    const length = size === 0 ? reader.size - at : isLarge ? Number(viewOf(head).getBigUint64(8)) : size;
    const dataAt = at + (isLarge ? 16 : 8);
    // Something that is no box at all is behind the file, not in it.
    if (!/^[\w \xa9-]{4}$/.test(type) || at + length < dataAt) break;
    if (at + length > reader.size) throw malformed(`the box ${type} reaches beyond the file`);
    boxes.push({ type, dataAt, end: at + length });
    if (boxes.length > maxTopBoxes) throw bomb(`more than ${maxTopBoxes} boxes`);
    if (type === 'free' || type === 'skip' || type === 'uuid') {
      const contentAt = dataAt + (type === 'uuid' ? uuidBytes : 0);
      const content = Math.max(0, Math.min(foreignHeadBytes, at + length - contentAt));
      refuseForeign(await reader.aside(contentAt, content), `its box ${type}`);
    }
    at += length;
  }
  return { boxes, end: at };
}

async function contentOf(
  reader: HeaderReader,
  boxes: readonly TopBox[],
  type: string,
): Promise<Uint8Array | undefined> {
  const found = boxes.filter((box) => box.type === type);
  const [box] = found;
  if (!box) return undefined;
  if (found.length > 1) throw malformed(`a file with two boxes ${type}`);
  const length = box.end - box.dataAt;
  if (length > maxHeaderBoxBytes) throw bomb(`${length} bytes to describe a picture`);
  return reader.bytes(box.dataAt, length);
}

/**
 * Decoders go by what the stream says: a small `ispe` before a large stream is how a bomb gets past the header. So every
 * coded picture has to begin with its sequence header, and to be as large as the container says.
 */
async function refuseLyingItems(reader: HeaderReader, { items, data }: HeifItems): Promise<void> {
  const coded = items.filter(({ type }) => type === 'av01');
  // In the order of the file, so that neighbours come by one read.
  for (const { place, size } of coded.sort((one, other) => (one.place?.at ?? 0) - (other.place?.at ?? 0))) {
    if (!place) throw malformed('a picture that lies nowhere');
    const { within, at, length, isWhole } = place;
    const available = within === 'file' ? reader.size : data.length;
    // 0: to the end of the file.
    if (at + length > available) throw malformed('an item that lies beyond the file');
    if (!isWhole && length < itemHeadBytes) throw malformed('a picture whose beginning is in pieces');
    const head = Math.min(itemHeadBytes, length || itemHeadBytes, available - at);
    const beginning = within === 'file' ? await reader.bytes(at, head) : data.subarray(at, at + head);
    refuseLyingStream(beginning, size);
  }
}

async function refuseLyingSequence(reader: HeaderReader, sequence: HeifSequence): Promise<void> {
  const { firstAt, width, height } = sequence;
  if (sequence.coding.format !== 'avif') return;
  if (firstAt === undefined || firstAt + itemHeadBytes > reader.size)
    throw malformed('frames that lie nowhere');
  refuseLyingStream(await reader.aside(firstAt, itemHeadBytes), { width, height });
}

function refuseLyingStream(beginning: Uint8Array, size: { width: number; height: number } | undefined): void {
  const stream = av1FrameSize(beginning);
  if (!stream) throw malformed('a picture without a sequence header');
  if (size && (stream.width !== size.width || stream.height !== size.height)) {
    throw malformed(
      `${size.width}x${size.height} pixels by the container, ${stream.width}x${stream.height} by the stream`,
    );
  }
  if (!size) throw malformed('a picture without a size');
}
