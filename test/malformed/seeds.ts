import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { tar, zip } from '../support/archives.ts';
import { bombs } from '../support/bombs/index.ts';
import { photo } from '../support/images.ts';
import { docxOf, officeTypesOf, openDocumentOf, pptxOf, xlsxOf } from '../support/office-writer.ts';
import { pagesPdf } from '../support/pdf-pages.ts';
import { photoLike } from '../support/pictures.ts';
import { published } from '../support/published.ts';
import { mp3, wav } from '../support/recordings.ts';

/** A sound file, as it is before it is broken. */
export interface Seed {
  readonly name: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly bytes: Buffer;
}

const sheetRow = '<row><c t="inlineStr"><is><t>Turbine</t></is></c><c><v>12</v></c></row>';

/** Larger ones would make the run long, and are no better seeds. */
const seedMaxBytes = 600_000;

const text = 'Quarterly report: the turbine hall is warm.\n'.repeat(40);

export interface Seeds {
  /** One of every format that something is made of: these are ready when nothing happens to them. */
  readonly sound: readonly Seed[];
  /** What passes the inspection besides: unusual, and partly no whole document. */
  readonly unusual: readonly Seed[];
}

export async function seeds(): Promise<Seeds> {
  const picture = photoLike(1, 640, 480);
  const made: readonly (readonly [string, string, Buffer])[] = [
    ['photo.jpg', 'image/jpeg', await photo({ width: 400, height: 300 })],
    ['photo-progressive.jpg', 'image/jpeg', await picture.clone().jpeg({ progressive: true }).toBuffer()],
    ['photo.png', 'image/png', await picture.clone().png().toBuffer()],
    ['photo-16.png', 'image/png', await picture.clone().toColourspace('rgb16').png().toBuffer()],
    ['photo.webp', 'image/webp', await picture.clone().webp().toBuffer()],
    ['photo.avif', 'image/avif', await picture.clone().resize(160).avif({ effort: 0 }).toBuffer()],
    ['photo.gif', 'image/gif', await picture.clone().resize(160).gif().toBuffer()],
    ['cmyk.jpg', 'image/jpeg', await readFile(published('jpg-stream/test/images/cmyk.jpg'))],
    ['text.pdf', 'application/pdf', await pagesPdf([{ text: ['Turbine'] }, { text: ['Hall'] }])],
    ['letter.docx', officeTypesOf.docx, docxOf(`<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`)],
    ['table.xlsx', officeTypesOf.xlsx, xlsxOf([{ name: 'Sheet', data: sheetRow.repeat(50) }])],
    ['slides.pptx', officeTypesOf.pptx, pptxOf([{ paragraphs: ['Turbine', 'Hall'] }])],
    [
      'letter.odt',
      officeTypesOf.odt,
      openDocumentOf('odt', `<office:text><text:p>${text}</text:p></office:text>`),
    ],
    ['notes.rtf', officeTypesOf.rtf, Buffer.from('{\\rtf1\\ansi Turbine hall\\par}')],
    ['notes.txt', 'text/plain', Buffer.from(text)],
    ['notes.md', 'text/markdown', Buffer.from(`# Report\n\n${text}`)],
    ['table.csv', 'text/csv', Buffer.from('name;size\n'.concat('turbine;12\n'.repeat(200)))],
    ['data.json', 'application/json', Buffer.from(JSON.stringify({ text }))],
    ['sound.wav', 'audio/wav', wav(1, 'Turbine')],
    ['sound.mp3', 'audio/mpeg', mp3(1, { title: 'Turbine' })],
    ['files.zip', 'application/zip', zip([{ name: 'a.txt', content: Buffer.from(text) }])],
    ['files.tar.gz', 'application/gzip', gzipSync(tar([{ name: 'a.txt', content: Buffer.from(text) }]))],
  ];
  const corpus = await Promise.all(
    bombs
      .filter(({ expected }) => expected === 'stored')
      .map(async ({ name, filename, mimeType, bytes }) => ({
        ...{ name, filename, mimeType },
        bytes: await bytes(),
      })),
  );
  return {
    sound: made.map(([filename, mimeType, bytes]) => ({ name: filename, filename, mimeType, bytes })),
    unusual: corpus.filter(({ bytes }) => bytes.length <= seedMaxBytes),
  };
}
