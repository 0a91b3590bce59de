import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  extensionOf,
  normalizeFilename,
  normalizePath,
  numberedName,
} from '../../../lambdas/core/files/names.ts';

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
    ['256 bytes', 'ü'.repeat(128)],
  ])('is refused with %s', (_what, name) => {
    expect(() => normalizeFilename(name, bounds)).toThrow(
      expect.objectContaining({ code: 'validation_failed' }),
    );
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

  it.each(['/a//b', '/../etc', '/a/./b', '/a\\b', '/a\tb', `/${'a/'.repeat(600)}b`])(
    '%j is refused',
    (path) => {
      expect(() => normalizePath(path, bounds)).toThrow(
        expect.objectContaining({ code: 'validation_failed' }),
      );
    },
  );
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
