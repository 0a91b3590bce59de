import type { HostileSample } from './sample.ts';

const names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
export const svg = (content: string, attributes = 'width="100" height="100"'): Buffer =>
  Buffer.from(`<svg ${names} ${attributes}>${content}</svg>`);

const entities = (): Buffer => {
  const levels = Array.from(
    { length: 9 },
    (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`,
  );
  return Buffer.from(
    `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY l0 "lol">${levels.join('')}]><svg ${names}><text>&l9;</text></svg>`,
  );
};

/** Each level uses the one before ten times: 10^9 circles. */
const uses = (): Buffer => {
  const levels = Array.from(
    { length: 9 },
    (_, level) => `<g id="l${level + 1}">${`<use xlink:href="#l${level}"/>`.repeat(10)}</g>`,
  );
  return svg(`<defs><circle id="l0" r="9"/>${levels.join('')}</defs><use xlink:href="#l9"/>`);
};

const sample = (name: string, bytes: () => Buffer, expected: HostileSample['expected']): HostileSample => ({
  name: `SVG ${name}`,
  filename: 'drawing.svg',
  mimeType: 'image/svg+xml',
  bytes: async () => bytes(),
  expected,
});
const isBomb = { reason: 'bomb_suspected' } as const;
const isMalformed = { reason: 'malformed' } as const;

/** For a tenant that has SVG rasterized, allows it, and records active content. */
export const svgBombs: readonly HostileSample[] = [
  sample('whose entities are a thousand million words', entities, isBomb),
  sample('whose drawings use each other a thousand million times', uses, isBomb),
  sample(
    'that uses itself',
    () => svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'),
    isBomb,
  ),
  sample(
    'of a pattern filled with patterns',
    () => {
      const level = (n: number) =>
        `<pattern id="p${n}">${`<rect fill="url(#p${n - 1})"/>`.repeat(20)}</pattern>`;
      return svg(`${[1, 2, 3, 4, 5, 6].map(level).join('')}<rect fill="url(#p6)"/>`);
    },
    isBomb,
  ),
  sample('of 10^6 elements', () => svg('<g/>'.repeat(1_000_000)), isBomb),
  sample('nested 10,000 deep', () => svg(`${'<g>'.repeat(10_000)}${'</g>'.repeat(10_000)}`), isBomb),
  sample('of 6 MiB', () => svg(`<!--${'x'.repeat(6 * 1024 * 1024)}-->`), isBomb),
  sample(
    'with a filter of a huge radius',
    () => svg('<filter id="f"><feMorphology radius="100000"/></filter><rect filter="url(#f)"/>'),
    isBomb,
  ),
  sample('of 10^9 x 10^9 pixels', () => svg('', 'width="1e9" height="1000000000px"'), {
    reason: 'pixels_exceeded',
  }),
  sample('that is cut off', () => Buffer.from(`<svg ${names}><rect`), isMalformed),
  sample('in UTF-7', () => Buffer.from(`<?xml version="1.0" encoding="UTF-7"?><svg ${names}/>`), isMalformed),
  sample('that is two documents', () => Buffer.from(`<svg ${names}/><svg ${names}/>`), isMalformed),
  sample('with a script', () => svg('<script>alert(1)</script><rect onload="alert(2)"/>'), 'stored'),
  sample(
    'that loads files and addresses',
    () => svg('<image href="file:///etc/passwd"/><image xlink:href="https://example.com/x.png"/>'),
    'stored',
  ),
  sample(
    'as an editor makes it',
    () =>
      svg(
        '<defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient></defs><a href="https://example.com"><rect width="50" height="50" fill="url(#g)"/></a>',
      ),
    'stored',
  ),
];
