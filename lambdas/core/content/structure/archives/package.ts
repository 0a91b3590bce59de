import type { HoldingSource } from './bytes.ts';
import { refuse } from './judged.ts';
import type { Looking } from './looking.ts';
import { type Part, readParts } from './parts.ts';
import type { ZipEntry } from './zip-directory.ts';

const contentTypesName = '[Content_Types].xml';

/** Whether a zip is an Open Packaging Convention package: Word, Excel, PowerPoint, Visio since 2007. */
export const isPackage = (entries: readonly ZipEntry[]): boolean =>
  entries.some(({ name }) => name === contentTypesName);

const officeOpenXml = /^application\/vnd\.openxmlformats-officedocument\./;
/** Named by Office; a part with another name is found by its content type. */
const macroParts = /(?:^|\/)(?:vbaProject\.bin$|vbaData\.xml$|macrosheets\/|activeX\/)/i;
const macroTypes =
  /application\/vnd\.ms-(?:office\.(?:vbaProject|activeX)|excel\.(?:intl)?macrosheet|word\.vbaData)/i;
const embeddedParts = /(?:^|\/)embeddings\//i;
const embeddedTypes = /application\/vnd\.openxmlformats-officedocument\.oleObject/i;
const mainParts =
  /^(?:word\/(?:document|settings)|xl\/(?:workbook|sharedStrings)|ppt\/presentation)\d*\.xml$/i;

/**
 * What an Office document holds besides its text. Its list of content types and all its relationships are read as a
 * whole, of its main parts the beginning.
 */
export async function inspectPackage(
  source: HoldingSource,
  entries: readonly ZipEntry[],
  looking: Looking,
): Promise<void> {
  const { context, findings } = looking;
  const isDocument = looking.depth === 0 && officeOpenXml.test(context.mimeType);
  if (isDocument && !entries.some(({ name }) => name === '_rels/.rels')) {
    refuse('malformed', 'the document lacks its relationships');
  }
  const isRead = ({ name }: ZipEntry) => name === contentTypesName || /\.rels$/i.test(name);
  const parts = await readParts(
    source,
    { whole: entries.filter(isRead), heads: entries.filter(({ name }) => mainParts.test(name)) },
    context,
  );
  if (parts.some(({ text }) => /<!DOCTYPE/i.test(text))) {
    refuse('malformed', 'an XML part of the document declares a document type, which Office files must not');
  }
  const types = parts.find(({ name }) => name === contentTypesName)?.text ?? '';
  if (isDocument && !types.includes(`${context.mimeType}.main+xml`)) {
    refuse('type_mismatch', `what the document holds is not ${context.mimeType}`);
  }
  const has = (names: RegExp, type: RegExp) =>
    entries.some(({ name }) => names.test(name)) || type.test(types);
  if (has(macroParts, macroTypes)) findings.add('macros');
  if (has(embeddedParts, embeddedTypes)) findings.add('embedded_files');
  checkRelationships(parts, looking);
}

/** External targets that Office loads by itself, some with the macros in them. A hyperlink waits for a click. */
function checkRelationships(parts: readonly Part[], { context, findings }: Looking): void {
  for (const { name, text } of parts) {
    if (!/\.rels$/i.test(name)) continue;
    // From one relationship to the next: a `>` may stand within a target.
    for (const relationship of text.split(/<(?:\w{1,32}:)?Relationship\s/).slice(1)) {
      if (!/\bTargetMode\s*=\s*["']External["']/i.test(relationship)) continue;
      const type = /\bType\s*=\s*["'][^"']{0,256}\/([^"'/]{1,64})["']/.exec(relationship)?.[1] ?? '';
      if (type === 'hyperlink') continue;
      if (loadsContent.test(type) && context.rules.activeContent === 'reject') {
        refuse('active_content', 'it loads a template or an object from elsewhere when it is opened');
      }
      findings.add('external_references');
    }
  }
}

const loadsContent = /^(?:attachedTemplate|oleObject|frame|subDocument|package|control|vbaProject|aFChunk)$/i;
