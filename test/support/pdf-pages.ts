import { createHash } from 'node:crypto';
import { pdf, stream } from './pdf-writer.ts';

export interface PdfPage {
  /** What its content stream draws; `text` is drawn besides. */
  readonly content?: string;
  /** One line each, in Helvetica, which is not embedded. */
  readonly text?: readonly string[];
  /** Points. */
  readonly width?: number;
  readonly height?: number;
  /** Further entries of the page's dictionary. */
  readonly entries?: string;
  /** In place of the whole page object. */
  readonly object?: string;
}

export interface PdfPagesOptions {
  /** Entries of the information dictionary. */
  readonly info?: string;
  /** Entries of the catalog. */
  readonly root?: string;
  /** Objects after those of the pages; the first has the number `firstExtra(pages)`. */
  readonly extra?: readonly (string | Buffer)[];
  readonly protect?: { readonly userPassword: string; readonly permissions: number };
}

const fontNumber = 3;
const pageNumber = (index: number): number => 4 + 2 * index;

/** The number of the first of the extra objects. */
export const firstExtra = (pages: number): number => pageNumber(pages) + 1;

/** A document of these pages: catalog, page tree, font, then page and content of each, the info, and what is extra. */
export function pagesPdf(
  pages: readonly PdfPage[],
  { info = '', root = '', extra = [], protect }: PdfPagesOptions = {},
): Buffer {
  const infoNumber = pageNumber(pages.length);
  const id = Buffer.alloc(16, 7);
  const protection = protect && protectionOf(protect, id);
  const objects: (string | Buffer)[] = [
    `<</Type/Catalog/Pages 2 0 R${root}>>`,
    `<</Type/Pages/Count ${pages.length}/Kids[${pages.map((_, index) => `${pageNumber(index)} 0 R`).join(' ')}]>>`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>',
  ];
  for (const [index, page] of pages.entries()) {
    const { width = 595, height = 842, entries = '', content = '', text = [] } = page;
    const contentNumber = pageNumber(index) + 1;
    objects.push(
      page.object ??
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${width} ${height}]/Contents ${contentNumber} 0 R/Resources<</Font<</F1 ${fontNumber} 0 R>>>>${entries}>>`,
    );
    const drawn = Buffer.from(`${content}\n${linesOf(text, height)}`, 'latin1');
    objects.push(stream('', protection ? protection.encrypt(drawn, contentNumber) : drawn));
  }
  objects.push(`<<${info}>>`, ...extra);
  const trailer = protection
    ? `/ID[<${id.toString('hex')}><${id.toString('hex')}>]/Encrypt${protection.dictionary}`
    : '';
  return pdf({ objects, trailer: `/Info ${infoNumber} 0 R${trailer}` });
}

const linesOf = (lines: readonly string[], height: number): string =>
  lines.length === 0
    ? ''
    : `BT /F1 14 Tf 16 TL 72 ${height - 72} Td ${lines.map((line) => `(${line.replaceAll(/[\\()]/g, '\\$&')}) Tj T*`).join(' ')} ET`;

const padding = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');

/** The standard security handler, revision 2: RC4 with 40 bits (ISO 32000-1, 7.6.3). Strings of the info are left as they are. */
function protectionOf(protect: NonNullable<PdfPagesOptions['protect']>, id: Buffer) {
  const padded = (password: string) =>
    Buffer.concat([Buffer.from(password, 'latin1'), padding]).subarray(0, 32);
  const owner = rc4(md5(padded('owner')).subarray(0, 5), padded(protect.userPassword));
  const permissions = Buffer.alloc(4);
  permissions.writeInt32LE(protect.permissions);
  const key = md5(Buffer.concat([padded(protect.userPassword), owner, permissions, id])).subarray(0, 5);
  const user = rc4(key, padding);
  return {
    dictionary: `<</Filter/Standard/V 1/R 2/O<${owner.toString('hex')}>/U<${user.toString('hex')}>/P ${protect.permissions}>>`,
    encrypt: (plain: Buffer, object: number) => {
      const suffix = Buffer.from([object & 0xff, object >> 8, 0, 0, 0]);
      return rc4(md5(Buffer.concat([key, suffix])).subarray(0, 10), plain);
    },
  };
}

const md5 = (bytes: Buffer): Buffer => createHash('md5').update(bytes).digest();

/** OpenSSL has it no more. */
function rc4(key: Buffer, bytes: Buffer): Buffer {
  const state = Array.from({ length: 256 }, (_, index) => index);
  const at = (index: number) => state[index] as number;
  const swap = (a: number, b: number) => ([state[a], state[b]] = [at(b), at(a)]);
  for (let i = 0, j = 0; i < 256; i += 1) {
    j = (j + at(i) + (key[i % key.length] as number)) & 0xff;
    swap(i, j);
  }
  let i = 0;
  let j = 0;
  return bytes.map((byte) => {
    i = (i + 1) & 0xff;
    j = (j + at(i)) & 0xff;
    swap(i, j);
    return byte ^ at((at(i) + at(j)) & 0xff);
  }) as Buffer;
}
