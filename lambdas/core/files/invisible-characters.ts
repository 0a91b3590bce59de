/**
 * Characters that show nothing make two names look alike, so names must not contain them; except where writing needs
 * them, which is where they do show.
 */
const invisible = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/u;

/** Scripts whose letters join: a (non-)joiner between them changes how the word looks (Unicode 16, chapter 23.2). */
const joining = [
  'Arabic',
  'Syriac',
  'Mandaic',
  'Nko',
  'Mongolian',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Khmer',
  'Myanmar',
  'Tibetan',
]
  .map((script) => `\\p{Script_Extensions=${script}}`)
  .join('');

const needed = new RegExp(
  [
    `(?<=[${joining}])[\\u200c\\u200d]`,
    // Emoji made of several, as in a family; each may carry a skin tone or the mark of its colourful form.
    '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})',
    // The colourful or the plain form of a symbol; of a digit only within a keycap.
    '(?<=(?![0-9#*])\\p{Emoji})[\\ufe0e\\ufe0f]',
    '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
    // The flags of England, Scotland and Wales: a black flag that spells its region.
    '(?<=\\u{1f3f4})[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]+\\u{e007f}',
    // Variants of Han characters, as in Japanese names, and of Mongolian letters.
    '(?<=\\p{Script=Han})[\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]',
    '(?<=\\p{Script=Mongolian})[\\u180b-\\u180d\\u180f]',
  ].join('|'),
  'gu',
);

/** The first one that no writing needs, as `U+200B`. */
export function invisibleCharacter(text: string): string | undefined {
  const found = invisible.exec(text.replace(needed, ''))?.[0];
  return found && `U+${found.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
}
