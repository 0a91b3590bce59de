import type { Finding, StructureContext, StructureInspector } from '../structure.ts';
import { readBmp, readIcon } from './bmp.ts';
import { type ImageFacts, refuseTooLarge } from './facts.ts';
import { foreignHeadBytes, readTail, refuseForeign, refuseForeignHead } from './foreign.ts';
import { readGif } from './gif.ts';
import { asText, HeaderReader, ImageRefused, WalkTooLong } from './header-reader.ts';
import { readHeif } from './heif.ts';
import { readJpeg } from './jpeg.ts';
import { readPng } from './png.ts';
import { readTiff } from './tiff.ts';
import { readWebp } from './webp.ts';

export const imageTypes =
  /^image\/(?:jpeg|png|apng|gif|webp|avif|avif-sequence|hei[cf](?:-sequence)?|tiff|bmp|x-icon)$/;

type Read = (reader: HeaderReader, context: StructureContext, endOfFile: Uint8Array) => Promise<ImageFacts>;

/** By how the file begins: one name of a type may stand for several of them. */
const readers: readonly (readonly [begins: readonly string[], read: Read])[] = [
  [['\xff\xd8\xff'], (reader, _, endOfFile) => readJpeg(reader, endOfFile)],
  [['\x89PNG\r\n\x1a\n'], (reader, { inflate }, endOfFile) => readPng(reader, inflate, endOfFile)],
  [['GIF87a', 'GIF89a'], readGif],
  [['II*\0', 'II+\0', 'MM\0*', 'MM\0+'], readTiff],
  [['BM'], readBmp],
  [['\0\0\x01\0', '\0\0\x02\0'], readIcon],
];

function readerFor(beginning: string): Read | undefined {
  if (beginning.startsWith('RIFF') && beginning.slice(8) === 'WEBP') return readWebp;
  if (beginning.slice(4, 8) === 'ftyp') return readHeif;
  return readers.find(([begins]) => begins.some((start) => beginning.startsWith(start)))?.[1];
}

/** Judges a picture by its headers: what it would take to decode, whether they are true, and what else is in the file. */
export const inspectImage: StructureInspector = async (source, context) => {
  const reader = new HeaderReader(source);
  try {
    await refuseForeignHead(reader);
    const endOfFile = await readTail(reader);
    const beginning = asText(await reader.aside(0, 12));
    const read = readerFor(beginning);
    if (!read) throw new ImageRefused('malformed', 'it does not begin as its type does');
    const facts = await read(reader, context, endOfFile);
    refuseTooLarge(facts);
    const findings: Finding[] = (await hasTrailingData(reader, facts)) ? ['trailing_data'] : [];
    return { verdict: 'sound', findings };
  } catch (error) {
    if (error instanceof ImageRefused)
      return { verdict: 'refused', reason: error.reason, detail: error.message };
    if (error instanceof WalkTooLong)
      return { verdict: 'refused', reason: 'bomb_suspected', detail: error.message };
    throw error;
  }
};

/** @throws ImageRefused where it is a file of another kind */
async function hasTrailingData(
  reader: HeaderReader,
  { end, hasTrailer = false }: ImageFacts,
): Promise<boolean> {
  if (end === undefined || end >= reader.size) return hasTrailer;
  const rest = await reader.aside(end, foreignHeadBytes);
  refuseForeign(rest, 'what follows the picture');
  // Cameras and disks pad with one and the same byte.
  return rest.length < reader.size - end || rest.some((byte) => byte !== 0 && byte !== 0xff);
}
