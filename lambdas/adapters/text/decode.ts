import chardet from 'chardet';

export interface Decoded {
  readonly text: string;
  /** A name of the WHATWG Encoding Standard, or `utf-32le`, `utf-32be`. */
  readonly encoding: string;
  /** 0 to 100; 100 where the bytes leave no doubt. */
  readonly confidence: number;
}

/** What a guess goes by: more changes it no more. */
const sampleBytes = 64 * 1024;
/** Western Europe, and where nothing is known: every byte is a character of it. */
const lastResort = { encoding: 'windows-1252', confidence: 0 };

const marks: readonly (readonly [encoding: string, mark: readonly number[]])[] = [
  // The mark of UTF-32 begins with that of UTF-16.
  ['utf-32le', [0xff, 0xfe, 0, 0]],
  ['utf-32be', [0, 0, 0xfe, 0xff]],
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/**
 * The text that bytes are: by its mark, by what the inspection is certain of, as UTF-8 where it is that from end to end, else by
 * the likeliest code page. Lines end with a line feed.
 */
export function decodeText(bytes: Uint8Array, charset?: string): Decoded {
  const { encoding, confidence } = encodingOf(bytes, charset);
  const text = encoding.startsWith('utf-32')
    ? decodeUtf32(bytes, encoding === 'utf-32le')
    : new TextDecoder(encoding).decode(bytes);
  return { text: text.replaceAll(/\r\n?/g, '\n'), encoding, confidence };
}

function encodingOf(
  bytes: Uint8Array,
  charset: string | undefined,
): Pick<Decoded, 'encoding' | 'confidence'> {
  const marked = marks.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte));
  if (marked) return { encoding: marked[0], confidence: 100 };
  if (charset && isAll(bytes, charset)) {
    return { encoding: new TextDecoder(charset).encoding, confidence: 100 };
  }
  // ISO-2022 is nothing but ASCII with escapes.
  if (!bytes.includes(0x1b) && isAll(bytes, 'utf-8')) return { encoding: 'utf-8', confidence: 100 };
  return likeliest(bytes);
}

function isAll(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** What stands in for a page of ISO where there are bytes that it has no characters for: Windows has. */
const windowsPages: Readonly<Record<string, string>> = {
  'iso-8859-1': 'windows-1252',
  'iso-8859-2': 'windows-1250',
  'iso-8859-7': 'windows-1253',
  'iso-8859-8': 'windows-1255',
  'iso-8859-9': 'windows-1254',
};

/** Of a guess at two bytes a character that nothing speaks for but that it can be decoded. */
const bareConfidence = 10;
/** Letters with marks that it takes to tell the Latin alphabets apart. */
const tellingBytes = 6;
const otherLatin = new Set([
  'iso-8859-2',
  'iso-8859-9',
  'windows-1250',
  'windows-1254',
  'windows-1257',
  'windows-1258',
]);
const doubleByte = new Set(['shift_jis', 'euc-jp', 'euc-kr', 'big5', 'gb18030']);

function likeliest(bytes: Uint8Array): Pick<Decoded, 'encoding' | 'confidence'> {
  const sample = bytes.subarray(0, sampleBytes);
  const high = sample.reduce((count, byte) => count + (byte >= 0x80 ? 1 : 0), 0);
  for (const { name, confidence } of chardet.analyse(sample)) {
    const encoding = usable(name.toLowerCase(), sample);
    if (!encoding || (otherLatin.has(encoding) && high < tellingBytes)) continue;
    // Western text has a letter with a mark now and then, and two of them may look like one of these.
    const isWestern = doubleByte.has(encoding) && high * 2 < sample.length;
    if (!isWestern || confidence > bareConfidence) return { encoding, confidence };
  }
  return lastResort;
}

/** A guess that the bytes bear out; undefined for one that nobody here decodes. */
function usable(name: string, sample: Uint8Array): string | undefined {
  if (name === 'utf-8' || name === 'ascii' || name.startsWith('utf-32')) return undefined;
  const hasC1 = sample.some((byte) => byte >= 0x80 && byte < 0xa0);
  const label = hasC1 ? (windowsPages[name] ?? name) : name;
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    // A sample may end within a character.
    const text = decoder.decode(sample, { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no text holds these, so the guess is wrong
    return /[\x00\x80-\x84\x86-\x9f]/.test(text) ? undefined : decoder.encoding;
  } catch {
    return undefined;
  }
}

function decodeUtf32(bytes: Uint8Array, littleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  let part = '';
  for (let at = 4; at + 4 <= bytes.length; at += 4) {
    const code = view.getUint32(at, littleEndian);
    part += code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? '\ufffd' : String.fromCodePoint(code);
    if (part.length > sampleBytes) part = parts.push(part) ? '' : '';
  }
  return [...parts, part].join('');
}
