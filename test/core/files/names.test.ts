import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  extensionOf,
  normalizeFilename,
  normalizePath,
  numberedName,
} from '../../../lambdas/core/files/names.ts';
import { naughtyStrings } from '../../support/naughty.ts';

const bounds = { segmentMaxBytes: 255, pathMaxBytes: 1_024 };
const bytes = (text: string) => Buffer.byteLength(text);

/** Any text that a name may be given as, also what must be refused. */
const anyText = fc.string({ unit: 'binary', maxLength: 300 });
const goodName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .filter((name) => accepts(() => normalizeFilename(name, bounds)));

function accepts(normalize: () => unknown): boolean {
  try {
    normalize();
    return true;
  } catch {
    return false;
  }
}

describe('a file name', () => {
  it('is either refused or comes out in a form that stays as it is', () => {
    fc.assert(
      fc.property(anyText, (raw) => {
        fc.pre(accepts(() => normalizeFilename(raw, bounds)));
        const name = normalizeFilename(raw, bounds);
        expect(normalizeFilename(name, bounds)).toBe(name);
        expect(name).toBe(name.normalize('NFC'));
        expect(bytes(name)).toBeLessThanOrEqual(255);
        expect(name).not.toMatch(/[/\\\p{Cc}\u202e]/u);
      }),
    );
  });

  it.each([
    ['two dots', '..'],
    ['a slash', 'a/b'],
    ['a backslash', 'a\\b'],
    ['a line break', 'a\nb'],
    ['a NUL', 'a\0b'],
    ['a line separator', 'a\u2028b'],
    ['a right-to-left override', 'photo\u202egpj.exe'],
    ['an isolate', 'a\u2066b'],
    ['half of a surrogate pair', 'a\ud800b'],
    ['nothing', ''],
    ['blanks only', ' \u00a0 '],
    ['a drive letter', 'C:'],
    ['256 bytes', 'ü'.repeat(128)],
  ])('is refused with %s', (_what, name) => {
    expect(() => normalizeFilename(name, bounds)).toThrow(
      expect.objectContaining({ code: 'validation_failed' }),
    );
  });

  it.each([
    ['a zero-width space', 'a\u200bb', 'U+200B'],
    ['a joiner between Latin letters', 'pay\u200dpal', 'U+200D'],
    ['a byte order mark', '\ufeffa', 'U+FEFF'],
    ['a soft hyphen', 'a\u00adb', 'U+00AD'],
    ['a Hangul filler', '\u3164', 'U+3164'],
    ['a variation selector behind a letter', 'a\ufe0f', 'U+FE0F'],
    ['a variation selector behind a digit', '1\ufe0f', 'U+FE0F'],
    ['tag characters that spell nothing', 'a\u{e0061}', 'U+E0061'],
  ])('is refused with %s, by the name of the character', (_what, name, character) => {
    expect(() => normalizeFilename(name, bounds)).toThrow(character);
  });

  it.each([
    ['a family', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}.jpg'],
    ['a skin tone and a profession', '\u{1f469}\u{1f3fd}\u200d\u{1f4bb}'],
    ['a flag', '\u{1f3f3}\ufe0f\u200d\u{1f308}'],
    ['the flag of England', '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'],
    ['a keycap', '1\ufe0f\u20e3'],
    ['Persian', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.pdf'],
    ['Hindi', '\u0915\u094d\u200d\u0937'],
    ['a variant of a Japanese name', '\u845b\u{e0100}'],
    ['a tilde, spaces and dots', '~ Acme Inc. (final). '],
    ['what is a path elsewhere', 'a:b%2e%2e%2f'],
  ])('may have the invisible characters that its writing needs: %s', (_what, name) => {
    expect(normalizeFilename(name, bounds)).toBe(name.normalize('NFC'));
  });

  it('is the same name however its accents are composed', () => {
    expect(normalizeFilename('cafe\u0301.jpg', bounds)).toBe(normalizeFilename('caf\u00e9.jpg', bounds));
  });
});

describe('a numbered name', () => {
  it('keeps the extension and the bound of 255 bytes, and is a valid name', () => {
    fc.assert(
      fc.property(
        goodName,
        fc.constantFrom('.jpg', '.tar', ''),
        fc.integer({ min: 2, max: 50 }),
        (stem, extension, n) => {
          const filename = normalizeFilename(`${stem.slice(0, 200)}x${extension}`.slice(-250), bounds);
          const numbered = numberedName(filename, n, bounds);
          expect(bytes(numbered)).toBeLessThanOrEqual(255);
          expect(extensionOf(numbered)).toBe(extensionOf(filename));
          expect(numbered).toContain(`(${n})`);
        },
      ),
    );
  });

  it('cuts a long stem between what is read as one character', () => {
    const family = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}';
    const numbered = numberedName(`${family.repeat(14)}.jpg`, 2, bounds);
    expect(normalizeFilename(numbered, bounds)).toBe(`${family.repeat(13)} (2).jpg`);
  });

  it('cuts a long stem between characters, not within one', () => {
    const numbered = numberedName(`${'😀'.repeat(60)}.jpg`, 12, bounds);
    expect(numbered).toMatch(/^(😀)+ \(12\)\.jpg$/u);
    expect(bytes(numbered)).toBeLessThanOrEqual(255);
  });
});

describe('a path', () => {
  it('is absolute, without a slash at its end, and stays as it is', () => {
    fc.assert(
      fc.property(
        fc.array(goodName, { maxLength: 4 }),
        fc.boolean(),
        fc.boolean(),
        (segments, lead, trail) => {
          const raw = `${lead ? '/' : ''}${segments.join('/')}${trail ? '/' : ''}`;
          fc.pre(accepts(() => normalizePath(raw, bounds)));
          const path = normalizePath(raw, bounds);
          expect(path).toMatch(/^\//);
          expect(path === '/' || !path.endsWith('/')).toBe(true);
          expect(normalizePath(path, bounds)).toBe(path);
        },
      ),
    );
  });

  it.each([
    '/a//b',
    '//server/share',
    'file:///etc',
    'C:/x',
    '/a/d:/x',
    '/../etc',
    '/a/./b',
    '/a\\b',
    '/a\tb',
    `/${'a/'.repeat(600)}b`,
  ])('%j is refused', (path) => {
    expect(() => normalizePath(path, bounds)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
  });
});

describe('the big list of naughty strings, and traversals,', () => {
  it('are refused with a reason, or kept as they are in NFC within one folder', () => {
    expect(naughtyStrings.length).toBeGreaterThan(500);
    for (const raw of naughtyStrings) {
      for (const normalize of [normalizeFilename, normalizePath]) {
        try {
          const name = normalize(raw, bounds);
          expect(name.split('/')).not.toEqual(expect.arrayContaining(['..']));
          if (normalize === normalizeFilename) expect(name).toBe(raw.normalize('NFC'));
          else expect(name).toBe(`/${raw.normalize('NFC').replace(/^\/|\/$/g, '')}`);
        } catch (error) {
          expect(error).toMatchObject({
            code: 'validation_failed',
            message: expect.stringContaining('must'),
          });
        }
      }
    }
  });
});

describe('an extension', () => {
  it('is what follows the last dot, in lower case; a dot file has none', () => {
    expect(['a.JPG', 'a.tar.gz', '.env', 'README', 'a.'].map(extensionOf)).toEqual([
      '.jpg',
      '.gz',
      '',
      '',
      '.',
    ]);
  });
});
