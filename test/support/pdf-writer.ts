import { deflateSync } from 'node:zlib';

export interface PdfOptions {
  /** Bodies of the objects 1, 2, 3 ... as they are written between "obj" and "endobj". Object 1 is the catalog. */
  readonly objects: readonly (string | Buffer)[];
  /** Entries of the trailer besides /Size and /Root. */
  readonly trailer?: string;
  /** In place of the number of objects. */
  readonly size?: number;
  readonly before?: string | Buffer;
  readonly after?: string | Buffer;
}

/** A PDF with a classic cross-reference table. */
export function pdf({ objects, trailer = '', size, before = '', after = '' }: PdfOptions): Buffer {
  const parts = [Buffer.from(before), Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  let at = parts.reduce((sum, { length }) => sum + length, 0);
  const offsets: number[] = [];
  for (const [index, body] of objects.entries()) {
    offsets.push(at);
    const written = Buffer.concat([
      Buffer.from(`${index + 1} 0 obj\n`),
      Buffer.from(body),
      Buffer.from('\nendobj\n'),
    ]);
    parts.push(written);
    at += written.length;
  }
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const count = objects.length + 1;
  parts.push(
    Buffer.from(
      `xref\n0 ${count}\n0000000000 65535 f \n${entries}trailer\n<</Size ${size ?? count}/Root 1 0 R${trailer}>>\nstartxref\n${at}\n%%EOF\n`,
    ),
    Buffer.from(after),
  );
  return Buffer.concat(parts);
}

export const catalog = (entries = ''): string => `<</Type/Catalog/Pages 2 0 R${entries}>>`;
export const pages = '<</Type/Pages/Kids[3 0 R]/Count 1>>';
export const page = (entries = ''): string =>
  `<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R${entries}>>`;

/** A stream of any kind; `length` lies where it is given. */
export function stream(entries: string, data: string | Buffer, length?: number): Buffer {
  const bytes = Buffer.from(data);
  return Buffer.concat([
    Buffer.from(`<<${entries}/Length ${length ?? bytes.length}>>\nstream\n`),
    bytes,
    Buffer.from('\nendstream'),
  ]);
}

const text = stream('', 'BT /F1 24 Tf 72 720 Td (Hello) Tj ET');

/** One page that says "Hello". `extra` objects are number 5 and those after it. */
export const onePage = (
  rest: Partial<PdfOptions> & { readonly root?: string; readonly extra?: readonly (string | Buffer)[] } = {},
): Buffer => {
  const { root = '', extra = [], ...options } = rest;
  return pdf({ objects: [catalog(root), pages, page(), text, ...extra], ...options });
};

/** An object stream of objects by their numbers; `count` and `first` lie where they are given. */
export function objectStream(
  objects: readonly (readonly [number: number, body: string])[],
  {
    count = objects.length,
    entries = '',
    pack = deflateSync as (plain: Buffer) => Buffer,
    filter = '/FlateDecode',
  } = {},
): Buffer {
  let offset = 0;
  const list = objects.map(([number, body]) => {
    const entry = `${number} ${offset}`;
    offset += body.length + 1;
    return entry;
  });
  const head = `${list.join(' ')}\n`;
  const plain = Buffer.from(`${head}${objects.map(([, body]) => `${body} `).join('')}`, 'latin1');
  return stream(`/Type/ObjStm/N ${count}/First ${head.length}/Filter${filter}${entries}`, pack(plain));
}
