import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
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
} from '../../../support/archives.ts';
import { officeBombs } from '../../../support/bombs/office.ts';
import { type CfbNode, compoundFile } from '../../../support/compound-file.ts';
import { examineBytes, findingsOf, outcomeOf } from '../../../support/examining.ts';

const docx = { filename: 'a.docx', mimeType: wordMain };
const doc = { filename: 'a.doc', mimeType: 'application/msword' };
const strict = { activeContent: 'reject', encryptedContent: 'reject' } as const;
const word = (...more: ZipEntry[]) =>
  zip([...docxEntries(), ...more].map((entry) => ({ deflate: true, ...entry })));

const findingsOfSample = async (name: string) => {
  const sample = officeBombs.find((each) => each.name === name);
  if (!sample) throw new Error(`no sample is called ${name}`);
  const bytes = await sample.bytes();
  return {
    findings: findingsOf(await examineBytes(bytes, sample)),
    strictly: outcomeOf(await examineBytes(bytes, sample, strict)),
  };
};

describe('what an Office document holds', () => {
  it.each([
    ['a Word document with macros under an innocent name', ['macros'], 'active_content'],
    ['a Word document with a template from elsewhere', ['external_references'], 'active_content'],
    ['a Word document with hyperlinks', [], 'stored'],
    ['a Word document with a password', ['encrypted'], 'encrypted_content'],
    ['an OpenDocument text with Basic', ['macros'], 'active_content'],
    ['an OpenDocument text with a password', ['encrypted'], 'encrypted_content'],
    ['a document with macros', ['macros'], 'active_content'],
    ['a document with a password', ['encrypted'], 'encrypted_content'],
    ['a workbook with a password', ['encrypted'], 'encrypted_content'],
    ['a workbook with a macro sheet', ['macros'], 'active_content'],
  ])('%s: recorded, or refused where the tenant says so', async (name, findings, strictly) => {
    expect(await findingsOfSample(name)).toEqual({ findings, strictly });
  });
});

describe('an Office Open XML document', () => {
  it.each([
    ['word/vbaProject.bin', ['macros']],
    ['xl/macrosheets/sheet1.xml', ['macros']],
    ['word/activeX/activeX1.xml', ['macros']],
    ['word/embeddings/oleObject1.bin', ['embedded_files']],
    ['word/media/image1.png', []],
  ])('with %s', async (name, findings) => {
    expect(findingsOf(await examineBytes(word({ name, content: 'x' }), docx))).toEqual(findings);
  });

  it('with pictures from elsewhere is recorded, and not refused', async () => {
    const bytes = word(
      externalRelationships('word/_rels/document.xml.rels', 'image https://a.example/p.png'),
    );
    expect(findingsOf(await examineBytes(bytes, docx))).toEqual(['external_references']);
    expect(outcomeOf(await examineBytes(bytes, docx, strict))).toBe('stored');
  });

  it.each(['TargetMode="&#69;xternal"', "TargetMode = 'External'", 'Id=">" TargetMode="External"'])(
    'that hides behind %s that it loads from elsewhere is found',
    async (mode) => {
      const content = `<r:Relationships><r:Relationship Type="http://a/attachedTemplate" Target="b" ${mode}/></r:Relationships>`;
      const bytes = word({ name: 'word/_rels/settings.xml.rels', content });
      expect(outcomeOf(await examineBytes(bytes, docx, strict))).toBe('active_content');
    },
  );

  it('with as many hyperlinks as a sheet may have is looked at', async () => {
    const links = Array.from({ length: 65_530 }, (_, index) => `hyperlink https://a.example/${index}`);
    const bytes = word(externalRelationships('word/_rels/document.xml.rels', ...links));
    expect(outcomeOf(await examineBytes(bytes, docx, strict))).toBe('stored');
  });

  it('is told by its content types where its kind lies beyond the beginning', async () => {
    const large = { name: 'docProps/thumbnail.jpeg', content: randomBytes(2 ** 17) };
    expect(outcomeOf(await examineBytes(zip([large, ...docxEntries()]), docx))).toBe('stored');
    expect(outcomeOf(await examineBytes(zip([large, ...xlsxEntries()]), docx))).toBe('type_mismatch');
    const macros = docxEntries('application/vnd.ms-word.document.macroEnabled');
    expect(outcomeOf(await examineBytes(zip([large, ...macros]), docx))).toBe('type_mismatch');
  });

  it('with a document type declaration is none', async () => {
    const entries = docxEntries().map((entry) =>
      entry.name === 'word/document.xml'
        ? { ...entry, content: '<!DOCTYPE x SYSTEM "y"><w:document/>' }
        : entry,
    );
    expect(outcomeOf(await examineBytes(zip(entries), docx))).toBe('malformed');
  });

  it('of 60 MB of pictures is read by its parts', async () => {
    const slides = Array.from({ length: 200 }, (_, index) =>
      externalRelationships(`ppt/slides/_rels/slide${index}.xml.rels`, 'hyperlink https://a.example'),
    );
    const pictures = Array.from({ length: 20 }, (_, index) => ({
      name: `ppt/media/${index}.png`,
      content: Buffer.alloc(3_000_000, randomBytes(1_000)),
    }));
    const bytes = zip([...xlsxEntries(), ...slides, ...pictures]);
    const looked = await examineBytes(bytes, { filename: 'a.xlsx', mimeType: excelMain });
    expect(outcomeOf(looked)).toBe('stored');
    expect(looked.reads).toBeLessThan(25);
    expect(looked.readBytes).toBeLessThan(3 * 2 ** 20);
  });

  it('within a zip is looked at as well', async () => {
    const bytes = zip([
      { name: 'a.docx', content: word({ name: 'word/vbaProject.bin', content: 'x' }), deflate: true },
    ]);
    const archive = { filename: 'a.zip', mimeType: 'application/zip' };
    expect(findingsOf(await examineBytes(bytes, archive))).toEqual(['macros']);
    expect(outcomeOf(await examineBytes(bytes, archive, strict))).toBe('active_content');
  });
});

describe('an OpenDocument file', () => {
  const odt = { filename: 'a.odt', mimeType: openDocumentText };

  it('with an object of another program is recorded', async () => {
    const entry = '<manifest:file-entry manifest:media-type="application/vnd.sun.star.oleobject"/>';
    expect(findingsOf(await examineBytes(zip(odtEntries(entry)), odt))).toEqual(['embedded_files']);
  });

  it('needs its content, and may declare no entities', async () => {
    const [type, content, manifest] = odtEntries() as [ZipEntry, ZipEntry, ZipEntry];
    expect(outcomeOf(await examineBytes(zip([type, manifest]), odt))).toBe('malformed');
    const laughing = { ...content, content: '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>' };
    expect(outcomeOf(await examineBytes(zip([type, laughing, manifest]), odt))).toBe('bomb_suspected');
  });
});

describe('a document of older Office', () => {
  const main: CfbNode = { name: 'WordDocument', content: Buffer.alloc(4096) };

  it.each<[string, CfbNode, string[]]>([
    ['a packaged file', { name: '\x01Ole10Native', content: Buffer.alloc(9) }, ['embedded_files']],
    ['an equation', { name: 'Equation Native', content: Buffer.alloc(9) }, ['embedded_files']],
    ['objects', { name: 'ObjectPool', children: [{ name: '_1', children: [] }] }, ['embedded_files']],
    ['a folder for objects without any', { name: 'ObjectPool', children: [] }, []],
  ])('with %s', async (_what, node, findings) => {
    expect(findingsOf(await examineBytes(compoundFile([main, node]), doc))).toEqual(findings);
  });

  it('that is a presentation says by a small stream that it has a password', async () => {
    const user = Buffer.alloc(4096);
    user.writeUInt32LE(0xf3d1c4df, 12);
    const bytes = compoundFile([
      { name: 'PowerPoint Document', content: Buffer.alloc(4096) },
      { name: 'Current User', content: user },
    ]);
    // As PowerPoint writes it: 64 bytes in the small sectors, which are a stream of the root.
    const [root, current] = [2 * 512, 2 * 512 + 2 * 128];
    bytes.writeUInt32LE(bytes.readUInt32LE(current + 116), root + 116);
    bytes.writeUInt32LE(4096, root + 120);
    bytes.writeUInt32LE(0, current + 116);
    bytes.writeUInt32LE(64, current + 120);
    const ppt = { filename: 'a.ppt', mimeType: 'application/vnd.ms-powerpoint' };
    expect(findingsOf(await examineBytes(bytes, ppt))).toEqual(['encrypted']);
  });

  it.each<[string, (file: Buffer) => void]>([
    ['an impossible sector size', (file) => file.writeUInt16LE(20, 30)],
    ['a byte order of its own', (file) => file.writeUInt16LE(0xfeff, 28)],
    ['more FAT than file', (file) => file.writeUInt32LE(0x7fffffff, 44)],
    ['a FAT outside of it', (file) => file.writeUInt32LE(5_000, 76)],
    ['a directory outside of it', (file) => file.writeUInt32LE(5_000, 48)],
    ['no root', (file) => file.writeUInt8(2, 2 * 512 + 66)],
    ['entries that hang nowhere', (file) => file.writeUInt32LE(4_000, 2 * 512 + 76)],
  ])('with %s is malformed', async (_what, spoil) => {
    expect(outcomeOf(await examineBytes(compoundFile([main], { spoil }), doc))).toBe('malformed');
  });

  it('is nothing but what its main stream says', async () => {
    const outlook = compoundFile([{ name: '__properties_version1.0', content: Buffer.alloc(4096) }]);
    expect(outcomeOf(await examineBytes(outlook, doc))).toBe('type_mismatch');
    const binary = { filename: 'a.bin', mimeType: 'application/octet-stream' };
    expect(outcomeOf(await examineBytes(outlook, binary))).toBe('stored');
  });
});
