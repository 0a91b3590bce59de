import { type Pdfium, utf16At, withMemory } from './pdfium.ts';

/** Where a line ended within a word: PDFium writes U+FFFE in place of the hyphen. */
const brokenWord = /\uFFFE\s*/g;
/** Glyphs that stand for nothing in Unicode come as control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out
const controls = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g;

/** The text of a page as PDFium has it, as text that can be kept: words whole, lines ending as everywhere. */
export const cleanText = (raw: string): string =>
  raw.replaceAll(brokenWord, '').replaceAll(/\r\n?/g, '\n').replaceAll(controls, '').toWellFormed().trim();

export function pageText(pdfium: Pdfium, page: number): string {
  const text = pdfium._FPDFText_LoadPage(page);
  if (text === 0) return '';
  const characters = pdfium._FPDFText_CountChars(text);
  if (characters <= 0) {
    pdfium._FPDFText_ClosePage(text);
    return '';
  }
  const raw = withMemory(pdfium, 2 * (characters + 1), (buffer) => {
    const written = pdfium._FPDFText_GetText(text, 0, characters, buffer);
    // With the zero at its end.
    return utf16At(pdfium, buffer, 2 * Math.max(0, written - 1));
  });
  pdfium._FPDFText_ClosePage(text);
  return cleanText(raw);
}
