import {
  docxEntries,
  excelMain,
  externalRelationships,
  odtEntries,
  openDocumentText,
  wordMain,
  xlsxEntries,
  type ZipEntry,
  zip,
} from '../archives.ts';
import { type CfbNode, type CfbOptions, compoundFile } from '../compound-file.ts';
import type { HostileSample } from './sample.ts';

type Expected = Extract<HostileSample['expected'], object>['reason'] | 'stored';

const sample =
  (filename: string, mimeType: string) =>
  (name: string, reason: Expected, build: () => Buffer): HostileSample => ({
    name,
    filename,
    mimeType,
    bytes: async () => build(),
    expected: reason === 'stored' ? reason : { reason },
  });
const docx = sample('sample.docx', wordMain);
const xlsx = sample('sample.xlsx', excelMain);
const odt = sample('sample.odt', openDocumentText);
const doc = sample('sample.doc', 'application/msword');
const xls = sample('sample.xls', 'application/vnd.ms-excel');

const MiB = 1024 * 1024;
const packed = (entries: readonly ZipEntry[]): Buffer =>
  zip(entries.map((entry) => ({ deflate: true, ...entry })));
const replaced = (entries: readonly ZipEntry[], name: string, content: string | Buffer): ZipEntry[] =>
  entries.map((entry) => (entry.name === name ? { ...entry, content } : entry));
const openDocument = (entries: readonly ZipEntry[]): Buffer => zip(entries);

/** Ten entities of ten entities of ten: a billion of the first. */
const laughs = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">${Array.from(
  { length: 9 },
  (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`,
).join('')}]><w:document>&l9;</w:document>`;

/** Rows that differ in little: deflate makes some 100:1 to 200:1 of such sheets. */
const sheet = (rows: number): string =>
  `<worksheet><sheetData>${Array.from(
    { length: rows },
    (_, row) => `<row r="${row}" spans="1:9">${'<c r="A1" s="12" t="n"><v>0</v></c>'.repeat(60)}</row>`,
  ).join('')}</sheetData></worksheet>`;

const wordStream = (flags = 0): CfbNode => {
  const content = Buffer.alloc(4096);
  content.writeUInt16LE(0xa5ec, 0);
  content.writeUInt16LE(flags, 10);
  return { name: 'WordDocument', content };
};

/** Records of a workbook: `type, data` in hexadecimal. */
const workbook = (...records: readonly (readonly [type: number, data: string])[]): CfbNode => ({
  name: 'Workbook',
  content: Buffer.concat(
    [[0x0809, '0006050000000000'] as const, ...records, [0x000a, ''] as const].map(([type, hex]) => {
      const data = Buffer.from(hex, 'hex');
      const head = Buffer.alloc(4);
      head.writeUInt16LE(type, 0);
      head.writeUInt16LE(data.length, 2);
      return Buffer.concat([head, data]);
    }),
  ),
});

const stream = (name: string): CfbNode => ({ name, content: Buffer.alloc(64, 1) });
const wordFile = (more: readonly CfbNode[] = [], options: CfbOptions = {}) =>
  compoundFile([wordStream(), stream('1Table'), ...more], options);
const encryptedPackage = () => compoundFile([stream('EncryptionInfo'), stream('EncryptedPackage')]);
const endOfChainAt = (file: Buffer, at: number, value: number) => file.writeUInt32LE(value, at);

/** Office documents made to hurt, and sound ones that look alarming, under the default policy. */
export const officeBombs: readonly HostileSample[] = [
  docx('a Word document of 1000:1', 'bomb_suspected', () =>
    packed(replaced(docxEntries(), 'word/document.xml', Buffer.alloc(10 * MiB, '<'))),
  ),
  docx('a Word document with a billion laughs', 'bomb_suspected', () =>
    packed(replaced(docxEntries(), 'word/document.xml', laughs)),
  ),
  docx('a Word document with a billion laughs in UTF-16', 'bomb_suspected', () =>
    packed(replaced(docxEntries(), 'word/document.xml', Buffer.from(`\ufeff${laughs}`, 'utf16le'))),
  ),
  docx('a Word document without relationships', 'malformed', () =>
    packed(docxEntries().filter(({ name }) => name !== '_rels/.rels')),
  ),
  docx('a workbook in a Word document', 'type_mismatch', () =>
    packed([
      ...replaced(docxEntries(), '[Content_Types].xml', '<Types/>'),
      { name: 'xl/workbook.xml', content: '<x/>' },
    ]),
  ),
  docx('a Word document of an older version under the newer name', 'type_mismatch', () => wordFile()),
  docx('a Word document with macros under an innocent name', 'stored', () =>
    packed([
      ...docxEntries(
        wordMain,
        '<Override PartName="/word/a.dat" ContentType="application/vnd.ms-office.vbaProject"/>',
      ),
      { name: 'word/a.dat', content: 'macros' },
    ]),
  ),
  docx('a Word document with a template from elsewhere', 'stored', () =>
    packed([
      ...docxEntries(),
      externalRelationships('word/_rels/settings.xml.rels', 'attachedTemplate https://example.com/a.dotm'),
    ]),
  ),
  docx('a Word document with hyperlinks', 'stored', () =>
    packed([
      ...docxEntries(),
      externalRelationships(
        'word/_rels/document.xml.rels',
        'hyperlink https://a.example',
        'hyperlink https://b.example',
      ),
    ]),
  ),
  docx('a Word document with a password', 'stored', encryptedPackage),
  xlsx('a workbook with a sheet of more than 100:1', 'stored', () =>
    packed([...xlsxEntries(), { name: 'xl/worksheets/sheet1.xml', content: sheet(4_000) }]),
  ),
  odt('an OpenDocument text with Basic', 'stored', () =>
    openDocument([...odtEntries(), { name: 'Basic/Standard/Module1.xml', content: '<script:module/>' }]),
  ),
  odt('an OpenDocument text with a password', 'stored', () =>
    openDocument(odtEntries('<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>')),
  ),
  odt('an OpenDocument text without a manifest', 'malformed', () => openDocument(odtEntries().slice(0, 2))),
  odt('an OpenDocument text of 1000:1', 'bomb_suspected', () =>
    openDocument([
      ...odtEntries(),
      { name: 'Pictures/a.svm', content: Buffer.alloc(10 * MiB), deflate: true },
    ]),
  ),
  doc('a directory that runs in a circle', 'malformed', () =>
    wordFile([], { spoil: (file, { fat }) => endOfChainAt(file, fat + 4, 1) }),
  ),
  doc('a list of sectors that runs in a circle', 'malformed', () =>
    wordFile([], {
      spoil: (file) => {
        file.writeUInt32LE(1, 68);
        file.writeUInt32LE(1, 72);
        endOfChainAt(file, 2 * 512 + 508, 1);
      },
    }),
  ),
  doc('folders that hold each other', 'malformed', () =>
    wordFile([], { spoil: (file, { directory }) => endOfChainAt(file, directory + 128 + 76, 1) }),
  ),
  doc('a document longer than it is', 'malformed', () =>
    wordFile([], { spoil: (file, { directory }) => endOfChainAt(file, directory + 128 + 120, 0x7fffffff) }),
  ),
  doc('a Windows Installer package', 'type_mismatch', () =>
    compoundFile([stream('䡀㼿䕷䑬㭪䗤䠤')], { classId: '84100c0000000000c000000000000046' }),
  ),
  doc('a workbook under a name of Word', 'type_mismatch', () => compoundFile([workbook()])),
  doc('a document with macros', 'stored', () =>
    wordFile([{ name: 'Macros', children: [{ name: 'VBA', children: [stream('_VBA_PROJECT')] }] }]),
  ),
  doc('a document with a password', 'stored', () => compoundFile([wordStream(0x0100)])),
  xls('a workbook with a password', 'stored', () => compoundFile([workbook([0x2f, '0000'])])),
  xls('a workbook with a macro sheet', 'stored', () =>
    compoundFile([workbook([0x85, '000000000001044d616331'])]),
  ),
];
