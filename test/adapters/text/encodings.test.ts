import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../lambdas/adapters/text/decode.ts';

/** The bytes of a text in an encoding that Node only decodes: found by decoding everything that there is. */
function encode(encoding: string, text: string): Uint8Array {
  const decoder = new TextDecoder(encoding);
  const bytes = new Map<string, readonly number[]>();
  for (let byte = 0; byte < 256; byte += 1) bytes.set(decoder.decode(Uint8Array.of(byte)), [byte]);
  const isDouble = /jis|euc|gb|big5/.test(encoding);
  for (let first = isDouble ? 0x81 : 0xff; first < 0xff; first += 1) {
    for (let second = 0x40; second < 0xff; second += 1) {
      const character = decoder.decode(Uint8Array.of(first, second));
      if ([...character].length === 1 && !bytes.has(character)) bytes.set(character, [first, second]);
    }
  }
  return Uint8Array.from([...text].flatMap((character) => bytes.get(character) ?? [0x3f]));
}

const japanese = 'これは日本語の文章です。文字コードの検出を確認します。';
const russian = 'Это русский текст для проверки определения кодировки.';
const samples: readonly (readonly [encoding: string, text: string])[] = [
  ['shift_jis', japanese],
  ['euc-jp', japanese],
  ['euc-kr', '이것은 한국어 문장입니다. 문자 인코딩을 확인합니다.'],
  ['gb18030', '这是一个简体中文的句子。我们检查编码检测。'],
  ['big5', '這是一個繁體中文的句子。我們檢查編碼檢測。'],
  ['koi8-r', russian],
  ['windows-1251', russian],
  ['iso-8859-5', russian],
  ['windows-1252', 'Ceci est un texte français écrit à l’été, où naïveté et façade coûtent 5 €.'],
  ['iso-8859-7', 'Αυτό είναι ένα ελληνικό κείμενο για τον έλεγχο.'],
  ['windows-1255', 'זה טקסט בעברית לבדיקת זיהוי הקידוד'],
  ['windows-1256', 'هذا نص عربي للتحقق من كشف الترميز'],
  ['windows-1254', 'Bu, kodlama algılamasını doğrulamak için yazılmış Türkçe bir metindir.'],
];

describe('a text of unknown encoding', () => {
  it.each(samples)('is read as %s', (encoding, text) => {
    const decoded = decodeText(encode(encoding, text));

    expect(decoded.text).toBe(text);
    expect(decoded.confidence).toBeGreaterThan(0);
    expect(decoded.confidence).toBeLessThanOrEqual(100);
  });

  it.each([
    'Straße',
    'garçon',
    'España mañana señor',
    'naïve café, déjà vu',
    'Ångström',
    '30 °C, 5 µm',
    '“quoted” it’s 5 €',
  ])('that is short and Western is read as such: %s', (text) => {
    expect(decodeText(encode('windows-1252', text))).toMatchObject({ text, encoding: 'windows-1252' });
  });

  it('may be a single word of Japanese', () => {
    expect(decodeText(encode('shift_jis', '日本語')).text).toBe('日本語');
  });

  it('is UTF-8 where it is that from end to end, and surely so', () => {
    expect(decodeText(Buffer.from('naïve 世界 😀'))).toEqual({
      text: 'naïve 世界 😀',
      encoding: 'utf-8',
      confidence: 100,
    });
    expect(decodeText(Buffer.from('plain'))).toMatchObject({ encoding: 'utf-8' });
    expect(decodeText(new Uint8Array())).toEqual({ text: '', encoding: 'utf-8', confidence: 100 });
  });

  it.each([
    ['utf-8', 'efbbbf', Buffer.from('añ😀')],
    ['utf-16le', 'fffe', Buffer.from('añ😀', 'utf16le')],
    ['utf-16be', 'feff', Buffer.from('añ😀', 'utf16le').swap16()],
    ['utf-32le', 'fffe0000', Buffer.from('61000000f100000000f60100', 'hex')],
    ['utf-32be', '0000feff', Buffer.from('00000061000000f10001f600', 'hex')],
  ])('says %s by its mark', (encoding, mark, bytes) => {
    const decoded = decodeText(Buffer.concat([Buffer.from(mark, 'hex'), bytes]));

    expect(decoded).toEqual({ text: 'añ😀', encoding, confidence: 100 });
  });

  it('is what the inspection is certain of, where the bytes bear that out', () => {
    const bytes = Buffer.from('café', 'latin1');

    expect(decodeText(bytes, 'windows-1252')).toMatchObject({ text: 'café', confidence: 100 });
    expect(decodeText(bytes, 'utf-8').text).toBe('café');
  });

  it('is Western European where nothing tells, and no byte is lost', () => {
    const all = Uint8Array.from({ length: 255 }, (_, index) => index + 1);

    expect(decodeText(all).text.length).toBeGreaterThanOrEqual(127);
    expect(decodeText(Uint8Array.of(0xe9)).text).toHaveLength(1);
  });

  it('has lines that end with a line feed', () => {
    expect(decodeText(Buffer.from('a\r\nb\rc\n')).text).toBe('a\nb\nc\n');
  });
});
