import { maxCompressions, maxNesting, maxObjectBytes } from './bounds.ts';
import { isCompression } from './filters.ts';
import { Lexer } from './lexer.ts';
import { Judged, type Observations } from './observations.ts';

/** Where one object's value ends; `entries`: where the values of its own dictionary begin, those that matter. */
export interface Walked {
  readonly end: number;
  readonly entries: ReadonlyMap<string, number>;
  /** A key that says how the stream is to be read comes twice: nobody knows which one counts. */
  readonly ambiguous: boolean;
}

const entriesThatMatter = new Set([
  'Type',
  'Filter',
  'DecodeParms',
  'DP',
  'First',
  'N',
  'Length',
  'W',
  'Size',
  'Index',
  'Prev',
  'XRefStm',
  'Encrypt',
  'Root',
  'Kids',
]);
const entriesOfReading = new Set(['Filter', 'DecodeParms', 'DP', 'First', 'N']);

/** Keys that mean something only beside each other, as bits. */
const pairedKeys: Readonly<Record<string, number>> = { S: 1, JS: 2, EF: 4, F: 8, UF: 8 };
const isScript = 1 | 2;
const isFileWithContent = 4 | 8;

const noEntries: ReadonlyMap<string, number> = new Map();
/**
 * Walks the value at `at` without building it, noting what a reader of the file should know. Undefined where the
 * window ends before the value does.
 *
 * Viewers do not agree on a bracket that closes what is not open, or where a value is missing: some close with it, others
 * go on. What either of them would see is noted.
 */
export function walk(bytes: Uint8Array, at: number, isLast: boolean, seen: Observations): Walked | undefined {
  const closing = walkAs('closes', bytes, at, isLast, seen);
  if (!closing?.isUnclear) return closing;
  const goingOn = walkAs('goesOn', bytes, at, isLast, seen);
  if (!goingOn && bytes.length - at < maxObjectBytes) return undefined;
  if (!goingOn || goingOn.entries.has('First')) seen.unseen ??= 'an object can be read in two ways';
  return closing;
}

function walkAs(
  unclearBracket: 'closes' | 'goesOn',
  bytes: Uint8Array,
  at: number,
  isLast: boolean,
  seen: Observations,
): (Walked & { readonly isUnclear: boolean }) | undefined {
  const lexer = new Lexer(bytes, at, isLast);
  const { isDict, wantsKey, paired } = seen.nesting;
  let entries: Map<string, number> | undefined;
  let ambiguous = false;
  let depth = 0;
  let key = '';
  let compressions = 0;
  let isUnclear = false;
  for (;;) {
    const token = lexer.next();
    if (token === 'cut') {
      seen.walked(bytes.length - at);
      return undefined;
    }
    if (token === 'end') break;
    if (token === 'dictClose' || token === 'arrayClose') {
      const fits =
        token === 'arrayClose' ? isDict[depth] === 0 : isDict[depth] === 1 && wantsKey[depth] === 1;
      isUnclear ||= !fits && depth > 0;
      if (fits || unclearBracket === 'closes' || depth === 0) {
        depth -= 1;
        if (depth <= 0) break;
        continue;
      }
    }

    const isKey = wantsKey[depth] === 1 && token === 'name';
    if (token === 'name') {
      const name = lexer.name();
      noteName(name, isKey, seen);
      if (isKey) {
        key = name;
        paired[depth] = notePair((paired[depth] as number) | (pairedKeys[name] ?? 0), seen);
      } else if (isCompression(name)) {
        compressions += 1;
        // Wherever such a list stands: a stream may name its filters by reference.
        if (compressions > maxCompressions) {
          throw new Judged('bomb_suspected', `its streams are compressed more than ${maxCompressions} times`);
        }
      }
    }
    if (isKey) {
      wantsKey[depth] = 0;
      continue;
    }
    if (isDict[depth] === 1 && wantsKey[depth] === 0) {
      wantsKey[depth] = 1;
      if (depth === 1 && entriesThatMatter.has(key)) {
        entries ??= new Map();
        ambiguous ||= entries.has(key) && entriesOfReading.has(key);
        entries.set(key, lexer.start);
      }
    }
    if (token === 'dictOpen' || token === 'arrayOpen') {
      depth += 1;
      if (depth > maxNesting) {
        throw new Judged('bomb_suspected', `its objects are nested more than ${maxNesting} deep`);
      }
      isDict[depth] = wantsKey[depth] = token === 'dictOpen' ? 1 : 0;
      compressions = 0;
      paired[depth] = 0;
    } else if (depth === 0) break;
  }
  seen.walked(lexer.at - at);
  return { end: lexer.at, entries: entries ?? noEntries, ambiguous, isUnclear };
}

function notePair(bits: number, { findings }: Observations): number {
  if ((bits & isScript) === isScript) findings.add('javascript');
  if ((bits & isFileWithContent) === isFileWithContent) findings.add('embedded_files');
  return bits;
}

function noteName(name: string, isKey: boolean, seen: Observations): void {
  switch (name) {
    case 'JavaScript':
      seen.findings.add('javascript');
      break;
    // The scripts of 3D scenes, and forms of the XML architecture, which are programs in a stream of their own.
    case 'OnInstantiate':
    case 'XFA':
      if (isKey) seen.findings.add('javascript');
      break;
    case 'Launch':
      if (!isKey) seen.findings.add('launch_action');
      break;
    case 'EmbeddedFiles':
    case 'EmbeddedFile':
    case 'FileAttachment':
    case 'RichMedia':
      seen.findings.add('embedded_files');
      break;
    case 'GoToR':
    case 'ImportData':
    case 'SubmitForm':
      if (!isKey) seen.findings.add('external_references');
      break;
    case 'Catalog':
      if (!isKey) seen.hasRoot = true;
      break;
  }
}
