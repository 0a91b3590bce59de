import { type Facts, topics } from './search-corpus.ts';

/**
 * 50 questions to the corpus, and how relevant a file is to each by what it was made of: 3 for what was asked for,
 * 2 and 1 for what people would accept after that, 0 for the rest.
 */
export interface JudgedQuery {
  readonly question: string;
  readonly judge: (facts: Facts) => 0 | 1 | 2 | 3;
}

type Wanted = Partial<Facts>;

/** 3 for all of it; less for less, the customer being what people remember best. */
function about(question: string, wanted: Wanted): JudgedQuery {
  const all = Object.entries(wanted);
  return {
    question,
    judge: (facts) => {
      const held = all.filter(([name, value]) => facts[name as keyof Facts] === value);
      if (held.length === all.length) return 3;
      if (held.length === 0) return 0;
      return held.length === all.length - 1 && all.length > 2 ? 2 : 1;
    },
  };
}

const topicOf = (word: string): number => topics.findIndex((words) => words.includes(word));
const ofTopic = (question: string, word = question): JudgedQuery => about(question, { topic: topicOf(word) });

/** A file whose text is of the topic, and which is of that customer. */
const both = (customer: string, word: string): JudgedQuery =>
  about(`${customer} ${word}`, { customer, topic: topicOf(word) });

export const judgedQueries: readonly JudgedQuery[] = [
  // Names, as they are.
  about('acme', { customer: 'Acme' }),
  about('dunder mifflin', { customer: 'Dunder Mifflin' }),
  about('invoice globex', { kind: 'invoice', customer: 'Globex' }),
  about('contract initech 2024', { kind: 'contract', customer: 'Initech', year: 2024 }),
  about('quarterly report umbrella', { kind: 'quarterly report', customer: 'Umbrella' }),
  about('Meeting Minutes Hooli 2021', { kind: 'meeting minutes', customer: 'Hooli', year: 2021 }),
  about('purchase-order_Vandelay', { kind: 'purchase order', customer: 'Vandelay' }),
  about('StarkTimesheet', { kind: 'timesheet', customer: 'Stark' }),
  about('WAYNE BUDGET 2020', { kind: 'budget', customer: 'Wayne', year: 2020 }),
  about('datasheet cyberdyne', { kind: 'datasheet', customer: 'Cyberdyne' }),
  about('presentation prestige worldwide', { kind: 'presentation', customer: 'Prestige Worldwide' }),
  about('delivery note tyrell 2025', { kind: 'delivery note', customer: 'Tyrell', year: 2025 }),
  // The beginnings of words.
  about('cyberd', { customer: 'Cyberdyne' }),
  about('presti', { customer: 'Prestige Worldwide' }),
  about('vande invo', { customer: 'Vandelay', kind: 'invoice' }),
  about('quart rep soyl', { kind: 'quarterly report', customer: 'Soylent' }),
  about('nakat contr', { customer: 'Nakatomi', kind: 'contract' }),
  about('apert 2022', { customer: 'Aperture', year: 2022 }),
  // Misspelt.
  about('cyberdine', { customer: 'Cyberdyne' }),
  about('vandaley', { customer: 'Vandelay' }),
  about('umberlla', { customer: 'Umbrella' }),
  about('initec contarct', { customer: 'Initech', kind: 'contract' }),
  about('invocie oscrop', { kind: 'invoice', customer: 'Oscorp' }),
  about('quaterly raport wonka', { kind: 'quarterly report', customer: 'Wonka' }),
  about('presentaton gecko', { kind: 'presentation', customer: 'Gekko' }),
  about('sterlng coooper', { customer: 'Sterling Cooper' }),
  // However people write it.
  about('zurich', { customer: 'Café Zürich' }),
  about('CAFE ZÜRICH invoice', { customer: 'Café Zürich', kind: 'invoice' }),
  about('muller sohne', { customer: 'Müller & Söhne' }),
  about('skoda plzen', { customer: 'Škoda Plzeň' }),
  about('Газпромнефть', { customer: 'Газпромнефть' }),
  about('東京電力', { customer: '東京電力' }),
  about('東京 contract', { customer: '東京電力', kind: 'contract' }),
  // Texts alone.
  ofTopic('photosynthesis'),
  ofTopic('arbitration indemnity', 'arbitration'),
  ofTopic('Electrolyte', 'electrolyte'),
  ofTopic('exoplanet'),
  ofTopic('antibody placebo vaccination', 'antibody'),
  ofTopic('seismograph'),
  ofTopic('container terminal pilotage', 'pilotage'),
  ofTopic('the rehearsal of the orchestra', 'orchestra'),
  // Names and texts together.
  both('Bluth', 'espresso'),
  both('Weyland', 'turbine'),
  both('Massive Dynamic', 'telescope'),
  about('invoice acme kubernetes', { kind: 'invoice', customer: 'Acme', topic: topicOf('kubernetes') }),
  about('pendant manual limestone', {
    customer: 'Pendant Publishing',
    kind: 'manual',
    topic: topicOf('limestone'),
  }),
  // Tags and metadata.
  about('approved', { approved: true }),
  about('approved budget hooli', { approved: true, kind: 'budget', customer: 'Hooli' }),
  about('CC1008', { topic: 8 }),
  about('fy23 monsters', { year: 2023, customer: 'Monsters' }),
];
