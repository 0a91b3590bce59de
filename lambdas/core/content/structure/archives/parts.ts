import type { StructureContext } from '../structure.ts';
import { maxPartBytes, maxPartReads, maxPartsBytes } from './bounds.ts';
import { asciiOf, type HoldingSource, neighbours } from './bytes.ts';
import { giveUp, refuse } from './judged.ts';
import { headOf, inflateWhole, locate, rangeOf } from './zip-content.ts';
import type { ZipEntry } from './zip-directory.ts';
import { stored } from './zip-rules.ts';

/** A part of an Office file, as far as it was asked for. */
export interface Part {
  readonly name: string;
  /** Markup is ASCII in every encoding that XML has, but for the zero bytes of UTF-16. */
  readonly text: string;
}

/** Compressed bytes of a part that are enough to see how it begins. */
const headBytes = 1024;

/** Reads XML parts: some as a whole, of others the beginning. Neighbours share a request. */
export async function readParts(
  source: HoldingSource,
  wanted: { readonly whole: readonly ZipEntry[]; readonly heads: readonly ZipEntry[] },
  context: StructureContext,
): Promise<readonly Part[]> {
  const ranges = [
    ...wanted.whole.map((entry) => ({ ...rangeOf(entry), entry, isWhole: true })),
    ...wanted.heads.map((entry) => ({ ...rangeOf(entry, headBytes), entry, isWhole: false })),
  ];
  checkLengths(wanted.whole);
  const groups = neighbours(ranges);
  if (!source.holds(0, source.size) && groups.length > maxPartReads) {
    giveUp("the document's parts are scattered too widely to look at");
  }
  const parts: Part[] = [];
  for (const { from, length, members } of groups) {
    await source.hold(from, length);
    for (const { entry, isWhole } of members) {
      const bytes = isWhole
        ? await wholePart(source, entry, context)
        : await headOf(source, entry, context, headBytes);
      parts.push({ name: entry.name, text: decoded(asciiOf(bytes).replaceAll('\0', '')) });
    }
  }
  for (const { text } of parts) checkEntities(text);
  return parts;
}

async function wholePart(
  source: HoldingSource,
  entry: ZipEntry,
  context: StructureContext,
): Promise<Uint8Array> {
  const from = await locate(source, entry);
  const raw = await source.read(from, entry.compressedBytes);
  return entry.method === stored ? raw : inflateWhole(raw, entry, context);
}

function checkLengths(parts: readonly ZipEntry[]): void {
  const together = parts.reduce((sum, { inflatedBytes }) => sum + inflatedBytes, 0);
  if (together > maxPartsBytes || parts.some(({ inflatedBytes }) => inflatedBytes > maxPartBytes)) {
    giveUp('the parts that say what is in the document are too long to look at');
  }
}

/** Characters may be written as numbers: `&#69;xternal`. */
const decoded = (xml: string): string =>
  xml.replace(
    /&#(?:x([\da-f]{1,6})|(\d{1,7}));/gi,
    (_reference, hex: string | undefined, decimal: string) => {
      const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
      return code < 0x80 ? String.fromCharCode(code) : '?';
    },
  );

/** Entities that are made of entities grow without end; nothing that writes Office files declares any. */
function checkEntities(xml: string): void {
  if (/<!ENTITY/i.test(xml)) refuse('bomb_suspected', 'an XML part of the document declares entities');
}
