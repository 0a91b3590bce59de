import type { SearchDocument } from '../../lambdas/core/search/ports.ts';

/**
 * Files of an office with texts, made from a seed: what each is about is known by how it was made, so that what a
 * question should find is judged without any index.
 */
export interface Facts {
  readonly kind: string;
  readonly customer: string;
  readonly year: number;
  readonly topic: number;
  readonly approved: boolean;
}

export interface CorpusFile extends SearchDocument {
  readonly fileId: string;
  readonly facts: Facts;
}

export const kinds = [
  'invoice',
  'contract',
  'quarterly report',
  'meeting minutes',
  'purchase order',
  'delivery note',
  'presentation',
  'budget',
  'timesheet',
  'datasheet',
  'manual',
  'offer',
];

export const customers = [
  'Acme',
  'Globex',
  'Initech',
  'Umbrella',
  'Hooli',
  'Vandelay',
  'Stark',
  'Wayne',
  'Cyberdyne',
  'Wonka',
  'Tyrell',
  'Soylent',
  'Oscorp',
  'Massive Dynamic',
  'Müller & Söhne',
  'Café Zürich',
  'Škoda Plzeň',
  'Ørsted',
  '東京電力',
  'Газпромнефть',
  'Nakatomi',
  'Bluth',
  'Dunder Mifflin',
  'Prestige Worldwide',
  'Sterling Cooper',
  'Monsters',
  'Weyland',
  'Aperture',
  'Pendant Publishing',
  'Gekko',
];

/** Words that only texts of one topic have. */
export const topics = [
  ['photosynthesis', 'chlorophyll', 'stomata'],
  ['turbine', 'compressor', 'bearings'],
  ['arbitration', 'indemnity', 'jurisdiction'],
  ['amortisation', 'depreciation', 'goodwill'],
  ['kubernetes', 'container', 'ingress'],
  ['vaccination', 'antibody', 'placebo'],
  ['limestone', 'excavation', 'groundwater'],
  ['espresso', 'arabica', 'roasting'],
  ['railway', 'signalling', 'catenary'],
  ['orchestra', 'violin', 'rehearsal'],
  ['lithium', 'electrolyte', 'cathode'],
  ['asylum', 'residence', 'citizenship'],
  ['telescope', 'exoplanet', 'spectrograph'],
  ['dairy', 'pasteurised', 'rennet'],
  ['tsunami', 'seismograph', 'epicentre'],
  ['blockchain', 'ledger', 'consensus'],
  ['upholstery', 'varnish', 'plywood'],
  ['harbour', 'container terminal', 'pilotage'],
  ['apprenticeship', 'curriculum', 'vocational'],
  ['avalanche', 'snowpack', 'couloir'],
];

const owners = Array.from({ length: 20 }, (_, index) => `user${index}`);
const types: Record<string, string> = {
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  txt: 'text/plain',
};

/** mulberry32: the same numbers on every machine. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const syllables = 'ba ce di fo gu ha je ki lo mu na pe qui ra se ti vo wa xe zo'.split(' ');

/** Words as frequent as in a language: the n-th is about 1/n as frequent as the first. */
function languageOf(next: () => number, size: number): () => string {
  const words = Array.from({ length: size }, (_, index) => {
    let word = '';
    for (let rest = index + syllables.length; rest > 0; rest = Math.floor(rest / syllables.length))
      word += syllables[rest % syllables.length];
    return word;
  });
  return () => words[Math.floor(size ** next()) - 1] as string;
}

const documentWords = 150;

export function* corpus(count: number, seed = 7): Generator<CorpusFile> {
  const next = numbersFrom(seed);
  const word = languageOf(next, 12_000);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)] as T;
  for (let index = 0; index < count; index += 1) {
    const facts: Facts = {
      kind: pick(kinds),
      customer: pick(customers),
      year: 2019 + Math.floor(next() * 7),
      topic: Math.floor(next() * topics.length),
      approved: next() < 0.3,
    };
    const extension = pick(Object.keys(types));
    const month = String(1 + Math.floor(next() * 12)).padStart(2, '0');
    const createdAt = new Date(Date.UTC(facts.year, Number(month) - 1, 1, 0, 0, index % 60)).toISOString();
    yield {
      fileId: `01F${String(index).padStart(23, '0')}`,
      facts,
      ownerId: owners[index % owners.length] as string,
      path: `/${facts.kind.replaceAll(' ', '-')}/${facts.year}`,
      filename: filenameOf(facts, month, extension, index),
      tags: facts.approved ? ['approved', `fy${facts.year % 100}`] : [`fy${facts.year % 100}`],
      metadata: { costCentre: `CC${1000 + facts.topic}`, reference: `R-${100_000 + index}` },
      mimeType: types[extension] as string,
      size: 1_000 + Math.floor(next() * 1_000_000),
      status: 'ready',
      createdAt,
      updatedAt: createdAt,
      text: textOf(facts, next, word),
    };
  }
}

function filenameOf(
  { kind, customer, year }: Facts,
  month: string,
  extension: string,
  index: number,
): string {
  const parts = [kind, customer, `${year}-${month}`, String(index)];
  const camel = parts
    .slice(0, 2)
    .flatMap((part) => part.split(' '))
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
  if (index % 5 === 0) return `${camel}${year}${month} ${index}.${extension}`;
  return `${parts.join(index % 2 === 0 ? '_' : ' ').replaceAll(' ', index % 3 === 0 ? '-' : ' ')}.${extension}`;
}

function textOf({ customer, topic }: Facts, next: () => number, word: () => string): string {
  const words: string[] = [];
  const length = Math.floor(documentWords * (0.4 + 1.2 * next()));
  for (let index = 0; index < length; index += 1) words.push(word());
  // A text of a topic has each of its words some times, and names its customer, and now and then another one.
  const mention = (text: string): void => void words.splice(Math.floor(next() * words.length), 0, text);
  for (const term of topics[topic] as readonly string[]) {
    for (let times = 1 + Math.floor(next() * 3); times > 0; times -= 1) mention(term);
  }
  mention(customer);
  if (next() < 0.05) mention(customers[Math.floor(next() * customers.length)] as string);
  return words.join(' ');
}
