/** Groups whose text is the document's, besides its body. */
export const textGroups = new Set(
  'footnote header headerl headerr headerf footer footerl footerr footerf shptxt'.split(' '),
);
export const factGroups = new Set([
  'title',
  'author',
  'operator',
  'subject',
  'keywords',
  'doccomm',
  'generator',
]);
/** Groups that are no text, though no `\*` says so. */
export const otherGroups = new Set(
  (
    'fonttbl colortbl stylesheet info pict object filetbl revtbl listtable listoverridetable rsidtbl fldinst xmlnstbl ' +
    'themedata datastore latentstyles creatim revtim printim buptim pntext listtext nonshppict atnid atnauthor annotation'
  ).split(' '),
);
export const timeGroups = new Set(['creatim', 'revtim']);
export const characters = new Map(
  Object.entries({
    par: '\n',
    line: '\n',
    sect: '\n',
    page: '\n',
    row: '\n',
    tab: '\t',
    cell: '\t',
    emdash: '—',
    endash: '–',
    emspace: ' ',
    enspace: ' ',
    lquote: '‘',
    rquote: '’',
    ldblquote: '“',
    rdblquote: '”',
    bullet: '•',
  }),
);
/** Of fonts, by their character set: Windows' code pages. */
export const charsets: Readonly<Record<number, string>> = {
  77: 'macintosh',
  128: 'shift_jis',
  129: 'euc-kr',
  134: 'gb18030',
  136: 'big5',
  161: 'windows-1253',
  162: 'windows-1254',
  163: 'windows-1258',
  177: 'windows-1255',
  178: 'windows-1256',
  186: 'windows-1257',
  204: 'windows-1251',
  222: 'windows-874',
  238: 'windows-1250',
};
const codePages: Readonly<Record<number, string>> = {
  932: 'shift_jis',
  936: 'gb18030',
  949: 'euc-kr',
  950: 'big5',
  65001: 'utf-8',
  10000: 'macintosh',
  866: 'ibm866',
};

export const symbols: Readonly<Record<string, string>> = {
  '~': '\u00a0',
  _: '\u2011',
  '\\': '\\',
  '{': '{',
  '}': '}',
  '\n': '\n',
  '\r': '\n',
  '\t': '\t',
};

/** A code page by its number, as TextDecoder calls it. */
export function codePage(number: number): string {
  const label = codePages[number] ?? `windows-${number}`;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return 'windows-1252';
  }
}
