import { asAscii, asText, type HeaderReader, ImageRefused, viewOf } from './header-reader.ts';

/**
 * What must not be a second file within a picture. Looked for at three places:
 *
 * | place                          | what is refused there                                                        |
 * |--------------------------------|------------------------------------------------------------------------------|
 * | metadata (APPn, COM, tEXt, ...) | a block that starts as one of `starts` below; `<?php`, `<script` and the stub of a |
 * |                                | phar anywhere in its first 64 KiB                                            |
 * | what follows the picture's end | the same                                                                     |
 * | the file's first 1,024 bytes   | `%PDF-`: readers of PDF look for it there                                    |
 * | the file's last 64 KiB         | the end of a zip that reaches to the file's end (zip, jar, docx, apk, phar are read |
 * |                                | from there); the end of a PDF; `<?php`, the stub of a phar                    |
 *
 * Recorded as `trailing_data` and accepted: what follows the end and is none of these, above all the MP4 of a motion
 * photo and the second pictures of a multi-picture file. What has to be cut out before it can be opened, and lies behind more
 * pixels than are walked or between two ends that are far apart, is left to the scanner, which reads everything.
 */
const starts: readonly (readonly [name: string, prefixes: readonly string[]])[] = [
  ['a zip archive', ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08']],
  ['a RAR archive', ['Rar!\x1a\x07']],
  ['a 7z archive', ['7z\xbc\xaf\x27\x1c']],
  ['a cabinet', ['MSCF\0\0\0\0']],
  ['a PDF', ['%PDF-']],
  ['an OLE document', ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1']],
  ['a Linux program', ['\x7fELF']],
  ['a macOS program', ['\xce\xfa\xed\xfe', '\xcf\xfa\xed\xfe', '\xca\xfe\xba\xbe']],
  ['a Windows shortcut', ['L\0\0\0\x01\x14\x02\0']],
];
const script = /^#!\s*\//;
const page = /^<(?:!doctype\s+html|html|head|body|script|iframe|svg|hta:)[\s>/]/i;

function startsAs(bytes: Uint8Array): string | undefined {
  const text = asText(bytes);
  const known = starts.find(([, prefixes]) => prefixes.some((prefix) => text.startsWith(prefix)));
  if (known) return known[0];
  if (isWindowsProgram(bytes, text)) return 'a Windows program';
  if (script.test(text)) return 'a script';
  return page.test(text) ? 'a page' : undefined;
}

/** "MZ" alone is how a comment may begin: the header must also point to a `PE` that is there. */
function isWindowsProgram(bytes: Uint8Array, text: string): boolean {
  const pointerAt = 0x3c;
  if (!text.startsWith('MZ') || bytes.length < pointerAt + 4) return false;
  const at = viewOf(bytes).getUint32(pointerAt, true);
  return text.startsWith('PE\0\0', at) || text.includes('This program');
}

/** Anywhere in metadata, or behind the picture. */
const anywhere: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['PHP', /<\?php\s/i],
  ['a phar', /__HALT_COMPILER\s*\(/],
  ['a script', /<script[\s>]/i],
];

/** Of a block of metadata, or of what follows the end, this much is looked at. */
export const foreignHeadBytes = 64 * 1024;
/** Enough for the header of a program, and for what it points to. */
const beginningBytes = 1_024;
/** The longest comment of a zip and the record before it. */
const tailBytes = 65_535 + 22;
const pdfHeaderWithin = 1_024;

const refuse = (what: string, where: string): ImageRefused =>
  new ImageRefused('type_mismatch', `${where} is ${what}; a picture must be nothing else besides`);

/** @throws ImageRefused where a block of metadata, or what follows the end, is a file of another kind */
export function refuseForeign(block: Uint8Array, where: string): void {
  const beginning = block.subarray(0, beginningBytes);
  const blank = blankBytes(beginning);
  const found = startsAs(beginning) ?? startsAs(beginning.subarray(blank));
  if (found) throw refuse(found, where);
  const text = asAscii(block.subarray(0, foreignHeadBytes));
  for (const [name, pattern] of anywhere) if (pattern.test(text)) throw refuse(name, where);
}

/** NUL, tab, line ends and space, which readers pass over. */
const blanks: readonly number[] = [0x00, 0x09, 0x0a, 0x0d, 0x20];
const maxBlankBytes = 64;

function blankBytes(bytes: Uint8Array): number {
  let count = 0;
  while (count < maxBlankBytes && blanks.includes(bytes[count] ?? -1)) count += 1;
  return count;
}

/** The file's end, read once. @throws ImageRefused */
export async function readTail(reader: HeaderReader): Promise<Uint8Array> {
  const at = Math.max(0, reader.size - tailBytes);
  const bytes = await reader.aside(at, reader.size - at);
  const text = asAscii(bytes);
  if (endsAsZip(bytes, text)) throw refuse('a zip archive', 'its end');
  if (/startxref\s+\d+\s+%%EOF\s*$/.test(text.slice(-256))) throw refuse('a PDF', 'its end');
  for (const [name, pattern] of anywhere.slice(0, 2)) if (pattern.test(text)) throw refuse(name, 'its end');
  return bytes;
}

/** An end record whose comment the file has room for. */
function endsAsZip(bytes: Uint8Array, text: string): boolean {
  const recordBytes = 22;
  for (let at = text.lastIndexOf('PK\x05\x06'); at >= 0; at = text.lastIndexOf('PK\x05\x06', at - 1)) {
    if (at + recordBytes <= bytes.length) {
      const view = viewOf(bytes.subarray(at, at + recordBytes));
      const directoryBytes = view.getUint32(12, true);
      const isOfOneDisk = view.getUint16(4, true) === view.getUint16(6, true);
      // Readers bear bytes behind the comment, so that only what cannot be a record at all is passed over.
      const isPlausible = isOfOneDisk && (directoryBytes >= 46 || view.getUint16(10, true) === 0);
      if (isPlausible && at + recordBytes + view.getUint16(20, true) <= bytes.length) return true;
    }
    if (at === 0) break;
  }
  return false;
}

/** @throws ImageRefused where the beginning is one of a PDF as well */
export async function refuseForeignHead(reader: HeaderReader): Promise<void> {
  const head = asAscii(await reader.aside(0, Math.min(pdfHeaderWithin, reader.size)));
  if (head.includes('%PDF-')) throw refuse('a PDF', 'its beginning');
}
