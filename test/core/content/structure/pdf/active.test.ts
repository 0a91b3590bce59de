import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkBytes } from '../../../../../lambdas/core/content/structure/pdf/bounds.ts';
import { activePdfs } from '../../../../support/bombs/pdf.ts';
import { inspectBytes, inspectParts, lenient, strict } from '../../../../support/inspecting-pdf.ts';
import { catalog, objectStream, onePage, page, pages, pdf, stream } from '../../../../support/pdf-writer.ts';

describe('active content of a PDF', () => {
  it.each(Object.entries(activePdfs))('is refused where the tenant wants none: %s', async (_, make) => {
    const verdict = await inspectBytes(make(), strict);

    expect(verdict).toMatchObject({ verdict: 'refused', reason: 'active_content' });
  });

  it.each(Object.entries(activePdfs))('is recorded else: %s', async (name, make) => {
    const verdict = await inspectBytes(make(), lenient);

    const finding = name === 'launch' ? 'launch_action' : 'javascript';
    expect(verdict).toMatchObject({ verdict: 'sound', findings: expect.arrayContaining([finding]) });
  });

  it('is found wherever the border of two reads falls', async () => {
    const script = Buffer.from('9 0 obj <</S /#4aavaScript /JS (x)>> endobj\n');
    const before = onePage().subarray(0, -200);
    const after = onePage();
    for (let split = 0; split <= script.length + 8; split += 1) {
      const filler = chunkBytes - before.length - split;
      const { verdict } = await inspectParts([before, filler, Buffer.from(' '), script, after], strict);

      expect(verdict, `split at ${split}`).toMatchObject({ reason: 'active_content' });
    }
  });

  it('is found in an object stream that two reads share', async () => {
    const packed = objectStream([[9, '<</S/JavaScript/JS(x)>>']]);
    const object = Buffer.concat([Buffer.from('8 0 obj\n'), packed, Buffer.from('\nendobj\n')]);
    const before = onePage();
    for (let split = 1; split < object.length; split += 7) {
      const filler = chunkBytes - before.length - split;
      const { verdict } = await inspectParts([before, filler, Buffer.from(' '), object, onePage()], strict);

      expect(verdict, `split at ${split}`).toMatchObject({ reason: 'active_content' });
    }
  });

  it('is not what strings, comments and contents of pages merely mention', async () => {
    const verdict = await inspectBytes(
      pdf({
        objects: [
          catalog('/Lang(/JavaScript /JS)'),
          `${pages} % /S /JavaScript /JS (x)\n`,
          page('/Title</S /JavaScript>'),
          stream('', '(a) Tj /JS /JavaScript /Launch'),
        ],
      }),
      strict,
    );

    expect(verdict).toEqual({ verdict: 'sound' });
  });

  it('is neither a link nor a form that is sent, though where it is sent is recorded', async () => {
    const link = '<</Subtype/Link/A<</S/URI/URI(https://example.com)>>>>';
    const form = '<</S/SubmitForm/F(https://example.com)>>';

    expect(await inspectBytes(onePage({ extra: [link] }), strict)).toEqual({ verdict: 'sound' });
    expect(await inspectBytes(onePage({ extra: [form] }), strict)).toEqual({
      verdict: 'sound',
      findings: ['external_references'],
    });
  });

  it('may be in what nobody can read, which strict tenants have judged as unscannable', async () => {
    const unreadable = [
      onePage({ extra: [stream('/Type/ObjStm/N 1/First 4/Filter/FlateDecode', 'this is not deflated')] }),
      onePage({ extra: [stream('/Type/ObjStm/N 1/First 4/Filter/LZWDecode', 'who uses this')] }),
      onePage({ extra: [stream('/Type/ObjStm/N 1/First 4/Filter 9 0 R', 'x')] }),
      onePage({ extra: [stream('/Type/ObjStm/N 1/First 9 0 R', '9 0 <</S/JavaScript>>')] }),
      onePage({ extra: [stream('/Type/ObjStm/N 1/N 2/First 4', '9 0 <<>>')] }),
      onePage({ extra: [stream('/A>>/N 1/First 4', '9 0 <<>>')] }),
    ];
    for (const bytes of unreadable) {
      expect(await inspectBytes(bytes, strict)).toMatchObject({ verdict: 'unscannable' });
      expect(await inspectBytes(bytes, lenient)).toMatchObject({ verdict: 'sound' });
    }
  });

  it('does not hide behind an end that stands within the data of an object stream', async () => {
    const data = '9 0 10 4 null endstream <</S/JavaScript/JS(x)>>';
    const hidden = `<</Type/ObjStm/N 2/First 9/Length 6 0 R>>\nstream\n${data}\nendstream`;

    const verdict = await inspectBytes(onePage({ extra: [hidden, String(data.length)] }), strict);

    expect(verdict.verdict).not.toBe('sound');
  });

  it('is found however it is written, wrapped and packed', async () => {
    const space = fc.constantFrom('', ' ', '\n', '\r\n', '\t\0', '% ) >> ]\n', '%\r');
    const character = fc.constantFrom(
      (char: string) => char,
      (char: string) => `#${char.charCodeAt(0).toString(16)}`,
      (char: string) => `#${char.charCodeAt(0).toString(16).toUpperCase()}`,
    );
    const name = (plain: string) =>
      fc
        .array(character, { minLength: plain.length, maxLength: plain.length })
        .map((write) => `/${[...plain].map((char, index) => write[index]?.(char)).join('')}`);
    const noise = fc.constantFrom(
      '',
      '/Next null',
      '/A[1 2(]>>)]',
      '/B<</C<41>>>',
      '/D 5 0 R',
      '/E(\\))',
      '/F/S',
    );
    const script = fc
      .tuple(name('S'), name('JavaScript'), name('JS'), space, noise, noise)
      .map(([s, javascript, js, gap, before, between]) =>
        ['<<', before, s, javascript, between, js, '(x)>>'].join(gap),
      );
    const wrapped = fc
      .tuple(
        script,
        fc.array(fc.constantFrom(['[', ']'], ['[1 ', '(a)]'], ['<</A ', '>>']), { maxLength: 6 }),
      )
      .map(([inner, wraps]) => wraps.reduce((body, [open, close]) => `${open}${body}${close}`, inner));

    await fc.assert(
      fc.asyncProperty(wrapped, fc.boolean(), async (body, isPacked) => {
        const extra = [
          isPacked
            ? objectStream([
                [8, 'null'],
                [9, body],
              ])
            : body,
        ];

        expect(await inspectBytes(onePage({ extra }), strict)).toMatchObject({ reason: 'active_content' });
      }),
      { numRuns: 500 },
    );
  });
});
