import type { HoldingSource } from './bytes.ts';
import { refuse } from './judged.ts';
import type { Looking } from './looking.ts';
import { readParts } from './parts.ts';
import type { ZipEntry } from './zip-directory.ts';

const manifestName = 'META-INF/manifest.xml';

/** Whether a zip is an OpenDocument package. EPUB has a `mimetype` too, and other parts. */
export const isOpenDocument = (entries: readonly ZipEntry[]): boolean =>
  entries.some(({ name }) => name === manifestName);

/** StarBasic, and the folder of every other language. Folders without content are written by some versions. */
const macroParts = /^(?:Basic|Scripts)\/.*[^/]$/;
const objectType = /application\/vnd\.sun\.star\.oleobject/i;

/** What an OpenDocument file holds besides its text, by its manifest and its names. */
export async function inspectOpenDocument(
  source: HoldingSource,
  entries: readonly ZipEntry[],
  looking: Looking,
): Promise<void> {
  const { context, findings } = looking;
  const named = (...names: string[]) => entries.filter(({ name }) => names.includes(name));
  const manifest = await readParts(source, { whole: named(manifestName), heads: [] }, context);
  const text = manifest.map((part) => part.text).join('');
  const isEncrypted = /<(?:\w{1,32}:)?encryption-data\b/i.test(text);
  if (isEncrypted) findings.add('encrypted');
  if (
    looking.depth === 0 &&
    isDocument.test(context.mimeType) &&
    named('content.xml').length === 0 &&
    !isEncrypted
  ) {
    refuse('malformed', 'the document lacks its content');
  }
  // What is encrypted is no XML.
  if (!isEncrypted)
    await readParts(source, { whole: [], heads: named('content.xml', 'styles.xml') }, context);
  if (entries.some(({ name }) => macroParts.test(name))) findings.add('macros');
  if (objectType.test(text)) findings.add('embedded_files');
}

const isDocument = /^application\/vnd\.oasis\.opendocument\./;
