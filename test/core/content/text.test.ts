import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHeadBytes } from '../../../lambdas/core/content/detected.ts';
import { sniffText } from '../../../lambdas/core/content/text.ts';

const sniff = (text: string) => sniffText(Buffer.from(text));
const utf16be = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();

describe('text', () => {
  it('is told by its encoding', () => {
    expect(sniff('plain words\n')?.encoding).toBe('utf-8');
    expect(sniff('\ufeffZoë, naïve, 漢字, 😀')?.encoding).toBe('utf-8');
    expect(sniffText(Buffer.from('\ufeffZoë', 'utf16le'))?.encoding).toBe('utf-16le');
    expect(sniffText(utf16be('Zoë'))?.encoding).toBe('utf-16be');
    expect(sniffText(Buffer.from('Zoë;Müller', 'latin1'))?.encoding).toBe('8-bit');
  });

  it('holds no NUL and no control characters besides those of text', () => {
    expect(sniff('tab\tline\nreturn\r\nfeed\fescape\u001b[1m')).toBeDefined();
    expect(sniff('a\0b')).toBeUndefined();
    expect(sniff('a\u0007b')).toBeUndefined();
    expect(sniffText(Buffer.from('no byte order mark', 'utf16le'))).toBeUndefined();
    expect(sniffText(Uint8Array.of(0xe9, 0x00, 0x01))).toBeUndefined();
  });

  it('may end within a character only where the head was cut', () => {
    const cut = Buffer.alloc(contentHeadBytes, 'a');
    cut[contentHeadBytes - 1] = 0xc3;

    expect(sniffText(cut)?.encoding).toBe('utf-8');
    expect(sniffText(Uint8Array.of(0x61, 0xc3))?.encoding).toBe('8-bit');
  });

  it('is always text when it is made of printable characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const printable = text.replace(/\p{Cc}/gu, '');
        expect(sniff(printable)?.encoding).toBe('utf-8');
      }),
    );
  });

  it.each([
    ['<!DOCTYPE html><p>x', 'document'],
    ['  \n<HTML lang=en>', 'document'],
    ['<!-- hi --><script>alert(1)</script>', 'document'],
    ['<svg xmlns="http://www.w3.org/2000/svg">', 'document'],
    ['<?xml version="1.0"?><!-- x --><svg:svg>', 'document'],
    ['<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x.dtd"><html>', 'document'],
    ['<!DOCTYPE svg [<!ENTITY a "b">]><foo/>', 'document'],
    ['<iframe src=x>', 'document'],
    ['<p align="center">', 'fragment'],
    ['<!-- generated -->\n# Title', 'fragment'],
    ['<!-- never closed <script>', 'fragment'],
    ['<!DOCTYPE never closed', 'fragment'],
    ['# Title\n<script>', 'no'],
    ['1 < 2', 'no'],
    ['<3 you', 'no'],
    ['<john@example.com> wrote', 'no'],
    ['<note><to>x</to></note>', 'no'],
  ])('%j begins as HTML: %s', (text, html) => {
    expect(sniff(text)?.html).toBe(html);
    expect(sniffText(utf16be(text))?.html).toBe(html);
  });

  it.each([
    ['<?xml version="1.0" encoding="UTF-8"?>\n<note/>', 'inert'],
    ['<table><row/></table>', 'inert'],
    ['<!DOCTYPE note SYSTEM "note.dtd"><note/>', 'inert'],
    ['<?xml-stylesheet href="x.xsl"?><note/>', 'active'],
    ['<a xmlns:h="http://www.w3.org/1999/xhtml"><h:script>x</h:script></a>', 'active'],
    ['<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform"/>', 'active'],
    ['<svg/>', 'active'],
    ['name,age', 'no'],
  ])('%j begins as XML: %s', (text, xml) => {
    expect(sniff(text)?.xml).toBe(xml);
  });

  it.each(['{"a":1}', ' \n[1]', '"text"', '-1.5e3', 'true', 'null\n'])('%j begins as JSON', (text) => {
    expect(sniff(text)?.jsonLike).toBe(true);
  });

  it.each(['', 'hello', 'truely', '-', '<html>', "{'latin': 'Zo\xeb'"])('%j does not', (text) => {
    expect(sniffText(Buffer.from(text, 'latin1'))?.jsonLike).toBe(false);
  });

  it('is sniffed in time proportional to the head, whatever it holds', () => {
    const hostile = [
      '<!doctype ',
      '<!doctype a ',
      '<!--',
      '<?',
      '<',
      ' ',
      '<!doctype a [',
      '<a:',
      '<!--><!--',
      '-',
    ];
    for (const piece of hostile) {
      for (const filler of ['a', ' ', piece]) {
        const head = Buffer.alloc(contentHeadBytes, filler);
        head.write(piece);
        const start = performance.now();
        sniffText(head);
        expect(performance.now() - start).toBeLessThan(250);
      }
    }
  });
});
