import { formatBytes, formatCount, formatMoment, formatNumber } from './format.ts';

type Details = Readonly<Record<string, unknown>>;
type Write = (value: string | number) => string;

/** Of lists: names of sheets, columns, what an archive holds. */
const MAX_LISTED = 8;

const text: Write = (value) => (typeof value === 'number' ? formatCount(value) : value);
const plain: Write = String;
/** What a document says about time is anybody's guess. */
const moment: Write = (value) =>
  Number.isNaN(Date.parse(String(value))) ? String(value) : formatMoment(String(value));
const bytes: Write = (value) => (typeof value === 'number' ? formatBytes(value) : value);
const thousands =
  (unit: string): Write =>
  (value) =>
    typeof value === 'number' ? `${formatNumber(value / 1000)} ${unit}` : value;

/** In the order in which people ask; what is not here is for machines. */
const LABELS: ReadonlyArray<readonly [field: string, label: string, write: Write]> = [
  ['title', 'Title', text],
  ['artist', 'Artist', text],
  ['album', 'Album', text],
  ['track', 'Track', text],
  ['year', 'Year', plain],
  ['genre', 'Genre', text],
  ['author', 'Author', text],
  ['subject', 'Subject', text],
  ['description', 'Description', text],
  ['keywords', 'Keywords', text],
  ['language', 'Language', text],
  ['createdAt', 'Created', moment],
  ['modifiedAt', 'Changed', moment],
  ['lastModifiedBy', 'Changed by', text],
  ['creator', 'Written with', text],
  ['producer', 'Made by', text],
  ['formatVersion', 'Format version', plain],
  ['words', 'Words', text],
  ['characters', 'Characters', text],
  ['lines', 'Lines', text],
  ['headings', 'Headings', text],
  ['sheets', 'Sheets', text],
  ['rows', 'Rows', text],
  ['columns', 'Columns', text],
  ['header', 'Column names', text],
  ['unreadablePages', 'Not readable', text],
  ['codec', 'Codec', text],
  ['bitrate', 'Bit rate', thousands('kbit/s')],
  ['sampleRate', 'Sample rate', thousands('kHz')],
  ['channels', 'Channels', text],
  ['entries', 'Entries', text],
  ['unpackedBytes', 'Unpacked', bytes],
  ['names', 'Holds', text],
];

/** What a file says about itself. */
export function detailFacts(details: Details): ReadonlyArray<readonly [label: string, value: string]> {
  const known = LABELS.map(([field, label, write]) => [label, words(details[field], write)] as const);
  const all = [...known, ['Encoding', encodingWords(details)] as const];
  return all.filter((fact): fact is readonly [string, string] => fact[1] !== undefined && fact[1] !== '');
}

function words(value: unknown, write: Write): string | undefined {
  if (typeof value === 'string' || typeof value === 'number') return write(value);
  if (!Array.isArray(value)) return undefined;
  const rest = value.length - MAX_LISTED;
  return [...value.slice(0, MAX_LISTED), ...(rest > 0 ? [`${formatCount(rest)} more`] : [])].join(', ');
}

function encodingWords({ encoding, encodingConfidence: confidence }: Details): string | undefined {
  if (typeof encoding !== 'string') return undefined;
  return typeof confidence === 'number' && confidence < 100
    ? `${encoding} (a guess, ${confidence} %)`
    : encoding;
}

const PERMISSION_WORDS: Readonly<Record<string, string>> = {
  print: 'printing',
  print_high_quality: 'printing in high quality',
  modify: 'changing',
  copy: 'copying',
  annotate: 'commenting',
  fill_forms: 'filling in forms',
  extract_for_accessibility: 'reading aloud',
  assemble: 'rearranging pages',
};

const SECURITY_WORDS: ReadonlyArray<readonly [field: string, sentence: string]> = [
  ['passwordRequired', 'It opens with a password only, so nobody could look inside.'],
  ['javascript', 'It contains scripts.'],
  ['macros', 'It contains macros.'],
  ['launchActions', 'It can start programs.'],
  ['embeddedFiles', 'It contains other files.'],
  ['externalReferences', 'It refers to other places.'],
];
const NOTHING_FOUND = 'Nothing was found in it that runs, hides or leads elsewhere.';

export interface SecurityWords {
  readonly isHarmless: boolean;
  readonly sentences: readonly string[];
}

/** What a person should know before opening it; undefined where nobody has looked. */
export function securityWords(report: unknown): SecurityWords | undefined {
  if (typeof report !== 'object' || report === null) return undefined;
  const { encrypted, passwordRequired, permissions, forms, signatures, ...rest } = report as Details;
  const found = SECURITY_WORDS.filter(([field]) => ({ ...rest, passwordRequired })[field]).map(
    ([, sentence]) => sentence,
  );
  const allowed = Array.isArray(permissions)
    ? permissions.map((permission) => PERMISSION_WORDS[permission] ?? String(permission)).join(', ')
    : '';
  const others = [
    ...(encrypted && !passwordRequired
      ? [`It is encrypted. Without its owner's password it allows ${allowed || 'reading only'}.`]
      : []),
    ...(forms ? ['It has fields to fill in.'] : []),
    ...(typeof signatures === 'number' && signatures > 0
      ? [`Digital signatures: ${signatures}. Nobody has checked whether they hold.`]
      : []),
  ];
  const isHarmless = found.length === 0;
  return { isHarmless, sentences: [...(isHarmless ? [NOTHING_FOUND] : found), ...others] };
}
