import { type ZipEntry, zip } from './archives.ts';

const packageTypes = 'http://schemas.openxmlformats.org/package/2006';
const officeTypes = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const openXml = 'application/vnd.openxmlformats-officedocument';

/** The types of documents by their usual extension. */
export const officeTypesOf = {
  docx: `${openXml}.wordprocessingml.document`,
  xlsx: `${openXml}.spreadsheetml.sheet`,
  pptx: `${openXml}.presentationml.presentation`,
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  odp: 'application/vnd.oasis.opendocument.presentation',
  doc: 'application/msword',
  xls: 'application/vnd.ms-excel',
  ppt: 'application/vnd.ms-powerpoint',
  rtf: 'application/rtf',
} as const;

const xml = (content: string): string => `<?xml version="1.0" encoding="UTF-8"?>${content}`;
export const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

export const relationships = (
  name: string,
  list: Readonly<Record<string, readonly [type: string, target: string]>>,
): ZipEntry => ({
  name,
  content: xml(
    `<Relationships xmlns="${packageTypes}/relationships">${Object.entries(list)
      .map(([id, [type, target]]) => {
        const address = type.startsWith('metadata/')
          ? `${packageTypes}/relationships/${type}`
          : `${officeTypes}/${type}`;
        return `<Relationship Id="${id}" Type="${address}" Target="${target}"/>`;
      })
      .join('')}</Relationships>`,
  ),
});

export interface PackageExtras {
  readonly core?: string;
  readonly app?: string;
  readonly thumbnail?: Buffer;
}

/** A package around its main part, as Office writes one. */
export function officePackage(
  kind: 'docx' | 'xlsx' | 'pptx',
  main: string,
  parts: readonly ZipEntry[],
  { core, app, thumbnail }: PackageExtras = {},
): Buffer {
  const related: Record<string, readonly [string, string]> = { rId1: ['officeDocument', main] };
  const more: ZipEntry[] = [];
  if (core !== undefined) {
    related.rId2 = ['metadata/core-properties', 'docProps/core.xml'];
    more.push({
      name: 'docProps/core.xml',
      content: xml(
        `<cp:coreProperties xmlns:cp="${packageTypes}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">${core}</cp:coreProperties>`,
      ),
    });
  }
  if (app !== undefined) {
    related.rId3 = ['extended-properties', 'docProps/app.xml'];
    more.push({
      name: 'docProps/app.xml',
      content: xml(
        `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">${app}</Properties>`,
      ),
    });
  }
  if (thumbnail) {
    related.rId4 = ['metadata/thumbnail', 'docProps/thumbnail.jpeg'];
    more.push({ name: 'docProps/thumbnail.jpeg', content: thumbnail });
  }
  return zip([
    {
      name: '[Content_Types].xml',
      content: xml(
        `<Types xmlns="${packageTypes}/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/${main}" ContentType="${officeTypesOf[kind]}.main+xml"/></Types>`,
      ),
      deflate: true,
    },
    relationships('_rels/.rels', related),
    ...[...parts, ...more].map((part) => ({ deflate: true, ...part })),
  ]);
}

const word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const drawing = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"';
const presentation = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"';
const related = `xmlns:r="${officeTypes}"`;

/** A Word document of this body. */
export const docxOf = (body: string, extras?: PackageExtras): Buffer =>
  officePackage(
    'docx',
    'word/document.xml',
    [
      {
        name: 'word/document.xml',
        content: xml(`<w:document ${word}><w:body>${body}</w:body></w:document>`),
      },
    ],
    extras,
  );

/** A presentation: each slide its paragraphs, and what its speaker notes. */
export function pptxOf(
  slides: readonly {
    readonly paragraphs: readonly string[];
    readonly notes?: string;
    readonly raw?: string;
  }[],
  extras?: PackageExtras,
): Buffer {
  const shape = (paragraphs: readonly string[]) =>
    `<p:cSld><p:spTree><p:sp><p:txBody>${paragraphs.map((text) => `<a:p><a:r><a:t>${escaped(text)}</a:t></a:r></a:p>`).join('')}</p:txBody></p:sp></p:spTree></p:cSld>`;
  const parts: ZipEntry[] = slides.flatMap(({ paragraphs, notes, raw }, index) => {
    const number = index + 1;
    const slide = {
      name: `ppt/slides/slide${number}.xml`,
      content: raw ?? xml(`<p:sld ${presentation} ${drawing}>${shape(paragraphs)}</p:sld>`),
    };
    if (notes === undefined) return [slide];
    return [
      slide,
      relationships(`ppt/slides/_rels/slide${number}.xml.rels`, {
        rId1: ['notesSlide', `../notesSlides/notes${number}.xml`],
      }),
      {
        name: `ppt/notesSlides/notes${number}.xml`,
        content: xml(
          `<p:notes ${presentation} ${drawing}>${shape([notes])}<a:p><a:fld type="slidenum"><a:t>${number}</a:t></a:fld></a:p></p:notes>`,
        ),
      },
    ];
  });
  // The order of the slides is the presentation's, not that of their names.
  const ids = slides.map((_, index) => `<p:sldId id="${256 + index}" r:id="rId${index + 1}"/>`).join('');
  return officePackage(
    'pptx',
    'ppt/presentation.xml',
    [
      {
        name: 'ppt/presentation.xml',
        content: xml(
          `<p:presentation ${presentation} ${related}><p:sldIdLst>${ids}</p:sldIdLst></p:presentation>`,
        ),
      },
      relationships(
        'ppt/_rels/presentation.xml.rels',
        Object.fromEntries(
          slides.map((_, index) => [`rId${index + 1}`, ['slide', `slides/slide${index + 1}.xml`] as const]),
        ),
      ),
      ...parts,
    ],
    extras,
  );
}

export interface SheetSource {
  readonly name: string;
  /** What is in `sheetData`, or the whole part. */
  readonly data?: string;
  readonly raw?: string;
}

/** A workbook of sheets that are written as XML. */
export function xlsxOf(
  sheets: readonly SheetSource[],
  { strings, styles }: { strings?: string; styles?: string } = {},
): Buffer {
  const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
  const list: Record<string, readonly [string, string]> = Object.fromEntries(
    sheets.map((_, index) => [`rId${index + 1}`, ['worksheet', `worksheets/sheet${index + 1}.xml`] as const]),
  );
  const parts: ZipEntry[] = sheets.map(({ data, raw }, index) => ({
    name: `xl/worksheets/sheet${index + 1}.xml`,
    content: raw ?? xml(`<worksheet ${main}><sheetData>${data ?? ''}</sheetData></worksheet>`),
  }));
  if (strings !== undefined) {
    list.rIdStrings = ['sharedStrings', 'sharedStrings.xml'];
    parts.push({ name: 'xl/sharedStrings.xml', content: xml(`<sst ${main}>${strings}</sst>`) });
  }
  if (styles !== undefined) {
    list.rIdStyles = ['styles', 'styles.xml'];
    parts.push({ name: 'xl/styles.xml', content: xml(`<styleSheet ${main}>${styles}</styleSheet>`) });
  }
  const names = sheets.map(
    ({ name }, index) => `<sheet name="${escaped(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  return officePackage('xlsx', 'xl/workbook.xml', [
    {
      name: 'xl/workbook.xml',
      content: xml(`<workbook ${main} ${related}><sheets>${names.join('')}</sheets></workbook>`),
    },
    relationships('xl/_rels/workbook.xml.rels', list),
    ...parts,
  ]);
}

const odf = 'urn:oasis:names:tc:opendocument:xmlns';
const openDocumentNames = ['office', 'text', 'table', 'draw', 'meta', 'presentation', 'manifest']
  .map((name) => `xmlns:${name}="${odf}:${name === 'draw' ? 'drawing' : name}:1.0"`)
  .join(' ');

/** An OpenDocument file of this body. */
export function openDocumentOf(
  kind: 'odt' | 'ods' | 'odp',
  body: string,
  { meta = '', manifest = '', thumbnail }: { meta?: string; manifest?: string; thumbnail?: Buffer } = {},
): Buffer {
  return zip([
    { name: 'mimetype', content: officeTypesOf[kind] },
    {
      name: 'content.xml',
      content: xml(
        `<office:document-content ${openDocumentNames}><office:body>${body}</office:body></office:document-content>`,
      ),
      deflate: true,
    },
    {
      name: 'meta.xml',
      content: xml(
        `<office:document-meta ${openDocumentNames} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>${meta}</office:meta></office:document-meta>`,
      ),
      deflate: true,
    },
    ...(thumbnail ? [{ name: 'Thumbnails/thumbnail.png', content: thumbnail }] : []),
    {
      name: 'META-INF/manifest.xml',
      content: xml(`<manifest:manifest ${openDocumentNames}>${manifest}</manifest:manifest>`),
    },
  ]);
}
