import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import mammoth from 'mammoth';
import { describe, expect, it } from 'vitest';
import { extract, words } from '../../support/extracting.ts';
import { officeTypesOf } from '../../support/office-writer.ts';

const folder = join(
  dirname(createRequire(import.meta.url).resolve('mammoth/package.json')),
  'test/test-data',
);
/** mammoth leaves out notes, which are text of their author's. */
const withNotes = /notes?\b|footnote/;

describe('Word documents that the package mammoth was published with', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.docx'));

  it('are some', () => {
    expect(files.length).toBeGreaterThan(15);
  });

  it.each(files)('%s has the text that mammoth finds', async (name) => {
    const source = readFileSync(join(folder, name));
    const expected = words((await mammoth.extractRawText({ buffer: source })).value);

    const { text } = await extract(source, officeTypesOf.docx);

    if (withNotes.test(name)) expect(words(text).startsWith(expected)).toBe(true);
    else expect(words(text)).toBe(expected);
  });
});
