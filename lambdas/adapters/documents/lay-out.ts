export interface Lettering {
  readonly size: number;
  readonly bold: boolean;
  /** All letters have the same width. */
  readonly fixed: boolean;
}

/** Scripts that our fonts have, besides marks, digits and symbols. */
const ourScripts =
  /[\p{scx=Latin}\p{scx=Greek}\p{scx=Cyrillic}\p{scx=Armenian}\p{scx=Georgian}\p{scx=Hebrew}\p{scx=Arabic}]/u;
/** Letters of other scripts that still leave a page readable: a quotation, a name. */
const maxForeignShare = 0.05;

/** Whether our fonts have the letters of a text. */
export function drawable(text: string): boolean {
  let letters = 0;
  let foreign = 0;
  for (const [letter] of text.matchAll(/\p{L}/gu)) {
    letters += 1;
    if (!ourScripts.test(letter)) foreign += 1;
  }
  return foreign <= letters * maxForeignShare;
}

/** By the first letter that has a direction. */
export const isRightToLeft = (text: string): boolean =>
  /^[\p{sc=Hebrew}\p{sc=Arabic}]/u.test(/\p{L}/u.exec(text)?.[0] ?? '');

/** Of DejaVu Sans and DejaVu Sans Mono, in parts of the size: a little too wide rather than too narrow. */
const widths = { fixed: 0.602, narrow: 0.36, wide: 0.88, capital: 0.7, small: 0.6 } as const;
const boldFactor = 1.12;

function widthOf(text: string, { size, bold, fixed }: Lettering): number {
  if (fixed) return [...text].length * widths.fixed * size;
  let width = 0;
  for (const letter of text) {
    if (/[\s.,:;'!|()[\]/\\iljtfrI-]/.test(letter)) width += widths.narrow;
    else if (/[mwMW@%—]/.test(letter)) width += widths.wide;
    else width += /[\p{Lu}\p{Sm}]/u.test(letter) ? widths.capital : widths.small;
  }
  return width * size * (bold ? boldFactor : 1);
}

const tab = '    ';

/** Lines that fit a width: broken between words, or within one that is longer than a line. */
export function* wrap(text: string, width: number, lettering: Lettering): Generator<string> {
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.replaceAll('\t', tab).split(/(?<=\s)(?=\S)/)) {
      if (widthOf(line + word.trimEnd(), lettering) <= width) {
        line += word;
        continue;
      }
      if (line.trim() !== '') yield line.trimEnd();
      line = word;
      while (widthOf(line.trimEnd(), lettering) > width) {
        const head = fitting(line, width, lettering);
        yield head;
        line = line.slice(head.length);
      }
    }
    yield line.trimEnd();
  }
}

/** One line of a text, with an ellipsis where it does not fit. */
export function shortened(text: string, width: number, lettering: Lettering): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return widthOf(line, lettering) <= width
    ? line
    : `${fitting(line, width - widths.wide * lettering.size, lettering).trimEnd()}…`;
}

/** As many letters as fit, one at least. */
function fitting(text: string, width: number, lettering: Lettering): string {
  let head = '';
  for (const letter of text) {
    if (head !== '' && widthOf(head + letter, lettering) > width) break;
    head += letter;
  }
  return head;
}
