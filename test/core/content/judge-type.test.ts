import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detected } from '../../../lambdas/core/content/detected.ts';
import { judgeType } from '../../../lambdas/core/content/judge-type.ts';

const magic = (mimeType: string, extension = '.ext'): Detected => ({ kind: 'magic', mimeType, extension });
const text = (traits: Partial<Extract<Detected, { kind: 'text' }>> = {}): Detected => ({
  kind: 'text',
  encoding: 'utf-8',
  jsonLike: false,
  html: 'no',
  xml: 'no',
  ...traits,
});
const empty: Detected = { kind: 'empty' };
const unknown: Detected = { kind: 'unknown' };
const page = text({ html: 'document', xml: 'active' });

const judge = (declared: string, detected: Detected, filename = 'file', allowed?: string[]) => {
  const verdict = judgeType({ declared, filename, detected, ...(allowed && { allowed }) });
  return verdict.verdict === 'accepted' ? `${verdict.mimeType} ${verdict.extension}` : verdict.reason;
};

describe('a declared type with a signature', () => {
  it.each([
    ['image/jpeg', 'image/jpeg', 'image/jpeg .jpg'],
    ['image/jpg', 'image/jpeg', 'image/jpeg .jpg'],
    ['image/png', 'image/apng', 'image/png .png'],
    ['image/heic', 'image/heif', 'image/heic .heic'],
    ['image/heif', 'image/heic', 'image/heic .heic'],
    ['image/avif', 'image/heif', 'image/avif .avif'],
    ['audio/mp3', 'audio/mpeg', 'audio/mpeg .mp3'],
    ['audio/aac', 'audio/mpeg', 'audio/mpeg .mp3'],
    ['audio/x-m4a', 'audio/x-m4a', 'audio/mp4 .m4a'],
    ['audio/mp4', 'video/mp4', 'audio/mp4 .m4a'],
    ['audio/ogg', 'application/ogg', 'audio/ogg .ogg'],
    ['video/quicktime', 'video/quicktime', 'video/quicktime .mov'],
    ['video/mp4', 'video/quicktime', 'video/quicktime .mov'],
    ['video/x-msvideo', 'video/vnd.avi', 'video/vnd.avi .avi'],
    ['video/x-matroska', 'video/matroska', 'video/matroska .mkv'],
    ['video/mpeg', 'video/mp2p', 'video/mpeg .mpg'],
    ['application/pdf', 'application/pdf', 'application/pdf .pdf'],
    ['application/msword', 'application/x-cfb', 'application/msword .doc'],
    ['application/x-zip-compressed', 'application/zip', 'application/zip .zip'],
    ['application/zip', 'application/java-archive', 'application/zip .zip'],
    ['application/x-7z-compressed', 'application/x-7z-compressed', 'application/x-7z-compressed .ext'],
  ])('%s that shows %s is stored as %s', (declared, found, stored) => {
    expect(judge(declared, magic(found))).toBe(stored);
  });

  it.each([
    ['image/jpeg', magic('image/png')],
    ['image/jpeg', magic('application/x-msdownload')],
    ['image/png', page],
    ['image/gif', text()],
    ['image/avif', magic('image/heic')],
    ['image/jpeg', unknown],
    ['video/mp4', magic('audio/mpeg')],
    ['video/mp4', magic('video/webm')],
    ['video/x-unheard-of', unknown],
    ['application/pdf', text()],
    ['application/pdf', unknown],
    ['application/msword', magic('application/vnd.openxmlformats-officedocument.wordprocessingml.document')],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', magic('application/zip')],
    [
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      magic('application/vnd.ms-word.document.macroenabled.12'),
    ],
    ['application/zip', magic('application/x-msdownload')],
    ['application/vnd.unheard-of', magic('application/x-elf')],
    ['application/vnd.unheard-of', page],
  ])('%s is refused for other content', (declared, detected) => {
    expect(judge(declared, detected)).toBe('type_mismatch');
  });

  it('of Office is taken from a package that tells its kind only beyond the head', () => {
    const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
    expect(
      judge(docx, { kind: 'magic', mimeType: 'application/zip', extension: '.zip', officeOpenXml: true }),
    ).toBe(`${docx} .docx`);
  });

  it('that nobody knows is believed when the bytes say nothing either', () => {
    expect(judge('application/vnd.unheard-of', unknown)).toBe('application/vnd.unheard-of ');
  });
});

describe('text types', () => {
  it.each([
    ['text/plain', text(), 'text/plain .txt'],
    ['text/plain', text({ xml: 'inert' }), 'text/plain .txt'],
    ['text/csv', text(), 'text/csv .csv'],
    ['application/csv', text({ encoding: '8-bit' }), 'text/csv .csv'],
    ['text/markdown', text(), 'text/markdown .md'],
    ['text/markdown', text({ html: 'fragment', xml: 'active' }), 'text/markdown .md'],
    ['application/json', text({ jsonLike: true }), 'application/json .json'],
    ['text/xml', text({ xml: 'inert' }), 'application/xml .xml'],
  ])('%s is accepted', (declared, detected, stored) => {
    expect(judge(declared, detected)).toBe(stored);
  });

  it.each([
    ['text/plain', page],
    ['text/plain', text({ html: 'fragment' })],
    ['text/plain', text({ xml: 'active' })],
    ['text/plain', unknown],
    ['text/plain', magic('application/pdf')],
    ['text/csv', page],
    ['text/markdown', page],
    ['text/markdown', text({ xml: 'active' })],
    ['application/json', text()],
    ['application/json', page],
    ['application/xml', page],
    ['application/xml', text({ xml: 'active' })],
    ['application/xml', text()],
  ])('%s that begins as something else is refused', (declared, detected) => {
    expect(judge(declared, detected)).toBe('type_mismatch');
  });

  it('carry the charset where it is certain', () => {
    const charset = (encoding: 'utf-8' | 'utf-16be' | '8-bit') => {
      const verdict = judgeType({ declared: 'text/plain', filename: 'a.txt', detected: text({ encoding }) });
      return verdict.verdict === 'accepted' && verdict.charset;
    };
    expect([charset('utf-8'), charset('utf-16be'), charset('8-bit')]).toEqual([
      'utf-8',
      'utf-16be',
      undefined,
    ]);
  });

  it('take a CSV that Windows calls an Excel file', () => {
    expect(judge('application/vnd.ms-excel', text(), 'list.CSV')).toBe('text/csv .csv');
    expect(judge('application/vnd.ms-excel', text(), 'list.xls')).toBe('type_mismatch');
    expect(judge('application/vnd.ms-excel', page, 'list.csv')).toBe('type_mismatch');
  });
});

describe('application/octet-stream', () => {
  it.each([magic('application/x-msdownload'), page, magic('image/png'), unknown, empty])(
    'stays what it is, whatever is in it',
    (detected) => {
      expect(judge('application/octet-stream', detected, 'setup.exe', ['application/octet-stream'])).toBe(
        'application/octet-stream .bin',
      );
    },
  );

  it('is refused where it is not allowed', () => {
    expect(judge('application/octet-stream', unknown, 'x', ['image/png'])).toBe('type_mismatch');
  });
});

describe('what browsers and desktops run', () => {
  it.each(['text/html', 'application/xhtml+xml', 'text/javascript', 'Text/HTML; charset=utf-8'])(
    '%s is refused under its own name, though a policy allows it',
    (declared) => {
      expect(judge(declared, page, 'page', ['text/*', 'image/*', 'application/xhtml+xml'])).toBe(
        'type_mismatch',
      );
    },
  );

  describe('SVG', () => {
    const drawing = text({ html: 'document', xml: 'active', isSvg: true });
    const judgeSvg = (
      detected: Detected,
      filename: string,
      svg?: 'rasterize' | 'reject',
      allowed?: string[],
    ) => {
      const claim = { declared: 'image/svg+xml', filename, detected, ...(svg && { svg }) };
      const verdict = judgeType({ ...claim, ...(allowed && { allowed }) });
      return verdict.verdict === 'accepted' ? `${verdict.mimeType} ${verdict.extension}` : verdict.reason;
    };

    it('is accepted where the policy has it rasterized, and allows it', () => {
      expect(judgeSvg(drawing, 'logo.svg', 'rasterize')).toBe('image/svg+xml .svg');
      expect(judgeSvg(drawing, 'logo', 'rasterize', ['image/svg+xml'])).toBe('image/svg+xml .svg');
      expect(judgeSvg(drawing, 'logo.svg', 'rasterize', ['image/png'])).toBe('type_mismatch');
    });

    it('is refused as active content where the policy rejects it, or says nothing', () => {
      expect(judgeSvg(drawing, 'logo.svg', 'reject')).toBe('active_content');
      expect(judgeSvg(drawing, 'logo.svg')).toBe('active_content');
    });

    it('has to have an svg root, and no other name of a page', () => {
      expect(judgeSvg(page, 'logo.svg', 'rasterize')).toBe('type_mismatch');
      expect(judgeSvg(magic('image/png'), 'logo.svg', 'rasterize')).toBe('type_mismatch');
      expect(judgeSvg(empty, 'logo.svg', 'rasterize')).toBe('type_mismatch');
      expect(judgeSvg(drawing, 'logo.svgz', 'rasterize')).toBe('type_mismatch');
      expect(judgeSvg(drawing, 'logo.svg.html', 'rasterize')).toBe('type_mismatch');
    });

    it('is nothing but SVG: as plain text, XML or a picture it is refused', () => {
      for (const declared of ['text/plain', 'application/xml', 'image/png', 'text/markdown']) {
        expect(judge(declared, drawing, 'logo.txt')).toBe('type_mismatch');
      }
    });
  });

  it.each(['a.html', 'a.SVG', 'a.txt.exe', 'a.hta', 'a.exe.', 'a.bat '])(
    'a text named %j is refused',
    (filename) => {
      expect(judge('text/plain', text(), filename)).toBe('type_mismatch');
    },
  );

  it.each(['exe', 'a.html.txt', 'html', 'notes.md'])('a text named %j is not', (filename) => {
    expect(judge('text/plain', text(), filename)).toBe('text/plain .txt');
  });
});

describe('an empty file', () => {
  it.each(['text/plain', 'text/csv', 'text/markdown', 'application/octet-stream'])(
    'may be %s',
    (declared) => {
      expect(judge(declared, empty)).toContain(declared);
    },
  );

  it.each([
    'image/png',
    'application/pdf',
    'application/json',
    'application/xml',
    'video/mp4',
    'application/x-any',
  ])('cannot be %s', (declared) => {
    expect(judge(declared, empty)).toBe('type_mismatch');
  });
});

describe('the stored type', () => {
  it('must be allowed as well as the declared one', () => {
    expect(judge('video/mp4', magic('video/quicktime'), 'a.mp4', ['video/mp4'])).toBe('type_mismatch');
    expect(judge('video/mp4', magic('video/quicktime'), 'a.mp4', ['video/*'])).toBe('video/quicktime .mov');
  });

  it('is never one that a browser runs', () => {
    const types = fc.oneof(
      fc.constantFrom(
        'text/plain',
        'text/html',
        'image/svg+xml',
        'text/csv',
        'application/xml',
        'text/javascript',
      ),
      fc.string(),
    );
    const detections = fc.oneof(
      types.map((type) => magic(type)),
      fc
        .record({
          html: fc.constantFrom('no' as const, 'fragment' as const, 'document' as const),
          xml: fc.constantFrom('no' as const, 'inert' as const, 'active' as const),
          jsonLike: fc.boolean(),
          encoding: fc.constantFrom('utf-8' as const, '8-bit' as const),
        })
        .map((traits) => text(traits)),
      fc.constantFrom(empty, unknown),
    );
    fc.assert(
      fc.property(types, detections, fc.string(), (declared, detected, filename) => {
        const verdict = judgeType({ declared, filename, detected });
        if (verdict.verdict === 'refused') return;
        expect(verdict.mimeType).not.toMatch(/html|svg|script|xslt|shockwave/i);
        if (detected.kind === 'text' && detected.html === 'document') {
          expect(verdict.mimeType).toMatch(/^application\/(?:octet-stream|json|xml)$/);
          if (verdict.mimeType === 'application/xml') expect(detected.xml).toBe('inert');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
