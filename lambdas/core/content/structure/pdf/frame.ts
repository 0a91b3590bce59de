import { sniffText } from '../../text.ts';
import type { ByteSource } from '../structure.ts';
import { isWhite, latin1, matches } from './lexer.ts';

/** Where the header has to begin within, for every viewer (Adobe's implementation notes to ISO 32000-1, H.3). */
const headerWithinBytes = 1024;
const header = '%PDF-';
/** Enough of what follows a document to tell what it is; files that are padded to a block's size end within. */
const sniffedBytes = 64 * 1024;
/** The longest end of a zip: its record and a comment. */
const maxZipEndBytes = 22 + 65_535;

/** How what other programs run, unpack or show begins. */
const foreignBeginnings: readonly string[] = [
  // Programs and scripts.
  ...['MZ', '\x7fELF', '\xca\xfe\xba\xbe', '\xca\xfe\xba\xbf', '\xcf\xfa\xed\xfe', '\xce\xfa\xed\xfe'],
  ...[
    '\xfe\xed\xfa\xcf',
    '\xfe\xed\xfa\xce',
    '!<arch>',
    'dex\n',
    '\0asm',
    '#!',
    '//',
    '/*',
    '<?php',
    '<%',
    '@echo',
  ],
  // Archives and containers.
  ...['PK\x03\x04', 'PK\x05\x06', 'PK\x01\x02', 'Rar!', '7z\xbc\xaf', '\xfd7zXZ', '\x1f\x8b', 'BZh', 'MSCF'],
  ...['\xd0\xcf\x11\xe0', 'RIFF', 'CWS', 'FWS', 'ZWS'],
  // Pictures.
  ...['GIF8', '\x89PNG', '\xff\xd8\xff'],
];

export interface Beginning {
  /** Where the header begins. */
  readonly headerAt: number;
  /** What stands before it is none of the document's business, though harmless: a mail's or a printer's header. */
  readonly isForeign: boolean;
}

/** Undefined without a header that viewers would find. */
export async function beginningOf(source: ByteSource): Promise<Beginning | undefined> {
  const head = await source.read(0, headerWithinBytes + header.length - 1);
  const headerAt = latin1(head, 0, head.length).indexOf(header);
  if (headerAt < 0) return undefined;
  return { headerAt, isForeign: isForeign(withoutSpace(head.subarray(0, headerAt))) };
}

export type Ending = 'clean' | 'trailing_data' | 'foreign';

/** What follows behind the document, which ends at `endsAt`. */
export async function endingOf(source: ByteSource, endsAt: number): Promise<Ending> {
  const tail = await source.read(Math.max(0, source.size - maxZipEndBytes), maxZipEndBytes);
  if (endsAsZip(tail)) return 'foreign';
  const rest = withoutSpace(await source.read(endsAt, sniffedBytes));
  // Where the mark of the end is missing, this still belongs to the document.
  const own = /^startxref\s*\d*/.exec(latin1(rest, 0, Math.min(rest.length, 64)))?.[0].length ?? 0;
  const beyond = withoutSpace(rest.subarray(own));
  if (beyond.length === 0 && endsAt + sniffedBytes >= source.size) return 'clean';
  return isForeign(beyond) ? 'foreign' : 'trailing_data';
}

const isForeign = (bytes: Uint8Array): boolean => {
  if (foreignBeginnings.some((beginning) => matches(bytes, beginning, 0))) return true;
  const text = sniffText(bytes);
  return text !== undefined && (text.html !== 'no' || text.xml === 'active');
};

/** Unpackers look for a zip from its end, whatever the file begins with. */
function endsAsZip(tail: Uint8Array): boolean {
  const [recordBytes, commentLengthAt] = [22, 20];
  for (let at = tail.length - recordBytes; at >= 0; at -= 1) {
    if (tail[at] !== 0x50 || latin1(tail, at, at + 4) !== 'PK\x05\x06') continue;
    const comment =
      (tail[at + commentLengthAt] as number) | ((tail[at + commentLengthAt + 1] as number) << 8);
    if (at + recordBytes + comment === tail.length) return true;
  }
  return false;
}

function withoutSpace(bytes: Uint8Array): Uint8Array {
  const byteOrderMark = latin1(bytes, 0, 3) === '\xef\xbb\xbf' ? 3 : 0;
  let from = byteOrderMark;
  let to = bytes.length;
  while (from < to && isWhite(bytes[from])) from += 1;
  while (to > from && isWhite(bytes[to - 1])) to -= 1;
  return bytes.subarray(from, to);
}
