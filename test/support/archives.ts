import { crc32, deflateRawSync } from 'node:zlib';

/** What a header says of an entry, where it is to differ from the truth. */
export interface ZipClaims {
  readonly name?: string;
  readonly flags?: number;
  readonly method?: number;
  readonly compressedBytes?: number;
  readonly inflatedBytes?: number;
  readonly extra?: Buffer;
  /** Of the local header; in the directory alone. */
  readonly offset?: number;
  /** Type and rights of a Unix file; in the directory alone. */
  readonly unixMode?: number;
}

export interface ZipEntry {
  readonly name: string;
  readonly content: string | Buffer;
  /** Left out, the content is stored as it is. */
  readonly deflate?: boolean;
  /** Content that is deflated already. */
  readonly deflated?: { readonly bytes: Buffer; readonly inflatedBytes: number };
  readonly local?: ZipClaims;
  readonly central?: ZipClaims;
  /** In the directory, and nowhere else. */
  readonly isGhost?: boolean;
}

export interface ZipOptions {
  readonly prepended?: Buffer;
  readonly comment?: Buffer;
  readonly count?: number;
  readonly zip64?: boolean;
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** The fields that both headers of an entry have. */
function sharedFields(truth: Required<Omit<ZipClaims, 'offset' | 'unixMode'>> & { crc: number }): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(truth.flags, 2);
  fields.writeUInt16LE(truth.method, 4);
  fields.writeUInt32LE(truth.crc, 10);
  fields.writeUInt32LE(truth.compressedBytes, 14);
  fields.writeUInt32LE(truth.inflatedBytes, 18);
  fields.writeUInt16LE(latin1(truth.name).length, 22);
  fields.writeUInt16LE(truth.extra.length, 24);
  return fields;
}

/** A zip of these entries in the given order: sound, unless it is told to say something else than the truth. */
export function zip(entries: readonly ZipEntry[], options: ZipOptions = {}): Buffer {
  const local: Buffer[] = options.prepended ? [options.prepended] : [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content);
    const data = entry.deflated?.bytes ?? (entry.deflate ? deflateRawSync(content) : content);
    const truth = {
      name: Buffer.from(entry.name).toString('latin1'),
      flags: 0,
      method: entry.deflate || entry.deflated ? 8 : 0,
      crc: entry.deflated ? 0 : crc32(content),
      compressedBytes: data.length,
      inflatedBytes: entry.deflated?.inflatedBytes ?? content.length,
      extra: Buffer.alloc(0),
    };
    const inLocal = { ...truth, ...entry.local };
    const inCentral = { ...truth, ...entry.central };
    const own = Buffer.alloc(14);
    own.writeUInt32LE(((inCentral.unixMode ?? 0) << 16) >>> 0, 6);
    own.writeUInt32LE(inCentral.offset ?? offset, 10);
    central.push(
      latin1('PK\x01\x02\x14\x03'),
      sharedFields(inCentral),
      own,
      latin1(inCentral.name),
      inCentral.extra,
    );
    if (entry.isGhost) continue;
    const record = [latin1('PK\x03\x04'), sharedFields(inLocal), latin1(inLocal.name), inLocal.extra, data];
    local.push(...record);
    offset += record.reduce((sum, part) => sum + part.length, 0);
  }
  const directory = Buffer.concat(central);
  return Buffer.concat([...local, directory, ...zipEnd(options, entries.length, directory.length, offset)]);
}

/** The records that end a zip, whatever is true. */
export function zipEnd(
  { count, comment = Buffer.alloc(0), zip64 = false }: ZipOptions,
  entries: number,
  length: number,
  offset: number,
): Buffer[] {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(zip64 ? 0xffff : (count ?? entries), 8);
  end.writeUInt16LE(zip64 ? 0xffff : (count ?? entries), 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : length, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : offset, 16);
  end.writeUInt16LE(comment.length, 20);
  if (!zip64) return [end, comment];
  const end64 = Buffer.alloc(56);
  end64.write('PK\x06\x06', 0, 'latin1');
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE(45, 14);
  for (const [at, value] of [
    [24, count ?? entries],
    [32, count ?? entries],
    [40, length],
    [48, offset],
  ] as const) {
    end64.writeBigUInt64LE(BigInt(value), at);
  }
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 0, 'latin1');
  locator.writeBigUInt64LE(BigInt(offset + length), 8);
  locator.writeUInt32LE(1, 16);
  return [end64, locator, end, comment];
}

/** Zip64 sizes for an entry whose header says 0xffffffff in those places. */
export function zip64Extra(...values: readonly (number | bigint)[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  return extra;
}

const contentTypes = (main: string, more = ''): ZipEntry => ({
  name: '[Content_Types].xml',
  content: `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/x" ContentType="${main}.main+xml"/>${more}</Types>`,
});

const officeOpenXml = 'application/vnd.openxmlformats-officedocument';
export const wordMain = `${officeOpenXml}.wordprocessingml.document`;
export const excelMain = `${officeOpenXml}.spreadsheetml.sheet`;
export const openDocumentText = 'application/vnd.oasis.opendocument.text';

/** The entries of a Word document, in the order in which Word writes them. */
export const docxEntries = (main = wordMain, moreTypes = ''): ZipEntry[] => [
  contentTypes(main, moreTypes),
  { name: '_rels/.rels', content: '<Relationships/>' },
  { name: 'word/document.xml', content: '<w:document/>' },
];

export const xlsxEntries = (): ZipEntry[] => [
  contentTypes(excelMain),
  { name: '_rels/.rels', content: '<Relationships/>' },
  { name: 'xl/workbook.xml', content: '<workbook/>' },
];

/** Relationships of a part, each `type target`, all of them external. */
export const externalRelationships = (name: string, ...relationships: readonly string[]): ZipEntry => ({
  name,
  content: `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${relationships
    .map((relationship, index) => {
      const [type, target] = relationship.split(' ');
      return `<Relationship Id="rId${index}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}" TargetMode="External"/>`;
    })
    .join('')}</Relationships>`,
});

/** The entries of an OpenDocument text, in the order in which LibreOffice writes them. */
export const odtEntries = (manifest = ''): ZipEntry[] => [
  { name: 'mimetype', content: openDocumentText },
  { name: 'content.xml', content: '<office:document-content/>' },
  { name: 'META-INF/manifest.xml', content: `<manifest:manifest>${manifest}</manifest:manifest>` },
];

export interface TarEntry {
  readonly name: string;
  readonly content?: string | Buffer;
  /** Left out: a regular file. */
  readonly type?: string;
  readonly linkName?: string;
  /** What the header says. */
  readonly bytes?: number;
  /** Left out, that of the header. */
  readonly checksum?: number;
}

/** A tar of these entries, with the two blocks of zeros that end one. */
export const tar = (entries: readonly TarEntry[]): Buffer =>
  Buffer.concat([...entries.flatMap(tarEntry), Buffer.alloc(1024)]);

function tarEntry({ name, content = '', type = '0', linkName = '', bytes, checksum }: TarEntry): Buffer[] {
  const data = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write(`${(bytes ?? data.length).toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(linkName, 157, 100);
  header.write('ustar\x0000', 257);
  const sum = checksum ?? header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
}

/** An extended header of pax for the entry that follows. */
export function paxHeader(records: Readonly<Record<string, string>>): TarEntry {
  const line = (key: string, value: string) => {
    const rest = ` ${key}=${value}\n`;
    const bytes = Buffer.byteLength(rest);
    return `${bytes + String(bytes + 2).length}${rest}`;
  };
  return {
    name: 'PaxHeaders/x',
    type: 'x',
    content: Object.entries(records)
      .map(([key, value]) => line(key, value))
      .join(''),
  };
}
