import { deflateRawSync, deflateSync } from 'node:zlib';
import { zip } from '../archives.ts';
import { catalog, objectStream, onePage, page, pages, pdf, stream } from '../pdf-writer.ts';
import type { HostileSample } from './sample.ts';

const MiB = 1024 ** 2;
const GiB = 1024 * MiB;

/** A zlib stream that inflates to `size` zero bytes and is a thousandth of that, made without making these bytes. */
export function deflatedZeros(size: number): Buffer {
  // A block that ends on a byte's border and refers to nothing before it can be repeated.
  const unitBytes = 8 * MiB;
  const unit = deflateRawSync(Buffer.alloc(unitBytes), { level: 9, finishFlush: 3 });
  const header = Buffer.from([0x78, 0x9c]);
  const lastBlock = Buffer.from([0x03, 0x00]);
  // The checksum behind it is wrong, which no viewer minds.
  return Buffer.concat([
    header,
    ...Array<Buffer>(Math.ceil(size / unitBytes)).fill(unit),
    lastBlock,
    Buffer.alloc(4),
  ]);
}

const javascript = '<</S/JavaScript/JS(app.alert\\(1\\))>>';

/** A page of text for each of so many objects, as a long book would have. */
export const book = (objects: number): Buffer => {
  const leaves = Math.floor((objects - 2) / 2);
  const kids = Array.from({ length: leaves }, (_, index) => `${3 + 2 * index} 0 R`).join(' ');
  return pdf({
    objects: [
      catalog(),
      `<</Type/Pages/Count ${leaves}/Kids[${kids}]>>`,
      ...Array.from({ length: leaves }, (_, index) => [
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents ${4 + 2 * index} 0 R>>`,
        stream('', `BT (${index}) Tj ET`),
      ]).flat(),
    ],
  });
};

const xrefStreamBomb = (): Buffer =>
  onePage({
    extra: [stream('/Type/XRef/Size 6/W[1 2 1]/Root 1 0 R/Filter/FlateDecode', deflatedZeros(2 * GiB))],
  });

const nestedFilters = (): Buffer => {
  const levels = 4;
  let data = deflatedZeros(GiB);
  for (let level = 1; level < levels; level += 1) data = deflateSync(data);
  return onePage({ extra: [stream(`/Filter[${'/FlateDecode'.repeat(levels)}]`, data)] });
};

const sample = (
  name: string,
  expected: HostileSample['expected'] | 'bomb_suspected' | 'malformed' | 'type_mismatch',
  make: () => Buffer,
): HostileSample => ({
  name: `PDF: ${name}`,
  filename: `${name.replaceAll(/[^\w]+/g, '-')}.pdf`,
  mimeType: 'application/pdf',
  bytes: async () => make(),
  expected: expected === 'stored' || typeof expected === 'object' ? expected : { reason: expected },
});

/** Under the rules of a tenant that allows active content: what is recorded only is `stored`. */
export const pdfBombs: readonly HostileSample[] = [
  sample('a book of 100,000 objects', 'stored', () => book(100_000)),
  sample('claims 4 billion objects', 'malformed', () => onePage({ size: 4_000_000_000 })),
  sample('cross-reference stream of 2 GiB', 'bomb_suspected', xrefStreamBomb),
  sample('object stream of 1 GiB', 'bomb_suspected', () =>
    onePage({ extra: [stream('/Type/ObjStm/N 1/First 4/Filter/FlateDecode', deflatedZeros(GiB))] }),
  ),
  sample('hundred object streams of 15 MiB', 'bomb_suspected', () => {
    const wide = objectStream([[9, '0'.repeat(15 * MiB)]]);
    return onePage({ extra: Array<Buffer>(100).fill(wide) });
  }),
  sample('object stream that claims a billion objects', 'malformed', () =>
    onePage({ extra: [objectStream([[9, '<<>>']], { count: 1_000_000_000 })] }),
  ),
  sample('compressed four times', 'bomb_suspected', nestedFilters),
  sample('compressed twice to 1 TiB', 'bomb_suspected', () =>
    onePage({ extra: [stream('/Filter[/FlateDecode/FlateDecode]', deflateSync(deflatedZeros(GiB)))] }),
  ),
  sample('arrays nested 100,000 deep', 'bomb_suspected', () => onePage({ extra: ['['.repeat(100_000)] })),
  sample('dictionaries nested 100,000 deep', 'bomb_suspected', () =>
    onePage({ extra: ['<</A'.repeat(100_000)] }),
  ),
  sample('string of 20 MB without end', 'bomb_suspected', () =>
    onePage({ extra: [`(${'A'.repeat(20_000_000)}`] }),
  ),
  sample('objects within objects', 'bomb_suspected', () =>
    onePage({ extra: [`(${'1 0 obj('.repeat(50_000)}`] }),
  ),
  sample('page tree that contains itself', 'malformed', () =>
    pdf({
      objects: [
        catalog(),
        '<</Type/Pages/Kids[3 0 R]/Count 1>>',
        '<</Type/Pages/Kids[2 0 R]/Parent 2 0 R/Count 1>>',
      ],
    }),
  ),
  sample('revisions in a circle', 'stored', () => {
    const plain = onePage();
    return onePage({ trailer: `/Prev ${plain.indexOf('xref\n0')}` });
  }),
  sample('stream that claims a terabyte', 'stored', () =>
    pdf({ objects: [catalog(), pages, page(), stream('', 'BT ET', 2 ** 40)] }),
  ),
  sample('followed by a zip', 'type_mismatch', () =>
    onePage({ after: zip([{ name: 'run.class', content: 'not a document' }]) }),
  ),
  sample('within a zip comment', 'type_mismatch', () => {
    const archive = zip([{ name: 'run.class', content: 'not a document' }]);
    const document = onePage({ after: 'anything' });
    archive.writeUInt16LE(document.length, archive.length - 2);
    return Buffer.concat([Buffer.from('%PDF-1.4\n'), archive, document]);
  }),
  sample('followed by a program', 'type_mismatch', () => onePage({ after: 'MZ\x90\0 This program' })),
  sample('behind a page of HTML', 'type_mismatch', () =>
    onePage({ before: '<html><script>alert(1)</script>\0\n' }),
  ),
  sample('followed by something', 'stored', () => onePage({ after: 'something else' })),
  sample('script', 'stored', () => onePage({ root: `/OpenAction${javascript}` })),
];

/** Active content in all the places where it hides; a tenant that refuses it has every one refused. */
export const activePdfs: Readonly<Record<string, () => Buffer>> = {
  'open action': () => onePage({ root: `/OpenAction${javascript}` }),
  'open action of another object': () => onePage({ root: '/OpenAction 5 0 R', extra: [javascript] }),
  'name tree': () => onePage({ root: '/Names<</JavaScript<</Names[(a) 5 0 R]>>>>', extra: [javascript] }),
  'additional action of a page': () => pdf({ objects: [catalog(), pages, page(`/AA<</O${javascript}>>`)] }),
  annotation: () =>
    pdf({ objects: [catalog(), pages, page('/Annots[5 0 R]'), 'null', `<</Subtype/Link/A${javascript}>>`] }),
  'hex escapes': () => onePage({ root: '/OpenAction<</#53/#4A#61#76aScrip#74/#4aS(x)>>' }),
  'rendition with a script': () => onePage({ root: '/OpenAction<</S/Rendition/JS(x)>>' }),
  'an object that nobody refers to': () => onePage({ extra: [javascript] }),
  'an older revision': () => {
    const first = onePage({ root: `/OpenAction${javascript}` });
    return Buffer.concat([first, Buffer.from('1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n%%EOF\n')]);
  },
  'object stream': () => onePage({ extra: [objectStream([[9, javascript]])] }),
  'object stream without a type': () => {
    const typed = objectStream([[9, javascript]]).toString('latin1');
    return onePage({ extra: [Buffer.from(typed.replace('/Type/ObjStm', ''), 'latin1')] });
  },
  'object stream in hexadecimal': () =>
    onePage({
      extra: [
        objectStream([[9, javascript]], {
          filter: '[/ASCIIHexDecode/Fl]',
          pack: (plain) => Buffer.from(`${deflateSync(plain).toString('hex')}>`),
        }),
      ],
    }),
  'object stream with a wrong checksum': () =>
    onePage({
      extra: [
        objectStream([[9, javascript]], {
          pack: (plain) => Buffer.concat([deflateSync(plain).subarray(0, -4), Buffer.from('oops')]),
        }),
      ],
    }),
  'object that begins in a string of another': () => {
    const body = `(${javascript})`;
    const list = `8 0 9 1 \n`;
    return onePage({
      extra: [
        stream(
          `/Type/ObjStm/N 2/First ${list.length}/Filter/FlateDecode`,
          deflateSync(Buffer.from(list + body)),
        ),
      ],
    });
  },
  'within the data of a stream': () =>
    onePage({ extra: [stream('', `x\n9 0 obj\n${javascript}\nendobj\n`)] }),
  'behind a comment that hides the number': () =>
    onePage({ after: `9 0 %${'-'.repeat(60)}\nobj%\n${javascript}\nendobj\nstartxref\n0\n%%EOF\n` }),
  'trailer with the catalog in it': () =>
    onePage({ after: `trailer<</Root<</Type/Catalog/OpenAction${javascript}>>>>\nstartxref\n0\n%%EOF` }),
  'object stream that says it is a cross-reference': () => {
    const typed = objectStream([[9, javascript]]).toString('latin1');
    return onePage({ extra: [Buffer.from(typed.replace('/ObjStm', '/XRef'), 'latin1')] });
  },
  'behind a bracket that closes nothing': () => onePage({ extra: [`<</A ] ${javascript.slice(2)}`] }),
  'behind a dictionary in an array that closes early': () => onePage({ extra: [`[1 >> ${javascript}]`] }),
  'behind a value that is missing': () => onePage({ extra: [`<</A>>${javascript.slice(2)}`] }),
  'behind a word that ends objects': () =>
    onePage({ extra: [`<</A endobj/B obj/C stream${javascript.slice(2)}`] }),
  launch: () => onePage({ root: '/OpenAction<</S/Launch/F(calc.exe)>>' }),
  'form of the XML architecture': () =>
    onePage({ root: '/AcroForm<</XFA 5 0 R>>', extra: [stream('', '<xdp/>')] }),
  '3D scene with a script': () => onePage({ extra: ['<</Type/3D/OnInstantiate 9 0 R>>'] }),
};
