import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryWords, wordsOf } from '../../../lambdas/core/search/words.ts';

const terms = (text: string): string[] => [...wordsOf(text)].map(({ term }) => term);

describe('the words of a text', () => {
  it.each([
    ['Annual Report.pdf', ['annual', 'report', 'pdf']],
    ['Q3_budget-final.v2.xlsx', ['q3', 'q', '3', 'budget', 'final', 'v2', 'v', '2', 'xlsx']],
    ['ProjectPhoenixBudget', ['projectphoenixbudget', 'project', 'phoenix', 'budget']],
    ['PDFReport', ['pdfreport', 'pdf', 'report']],
    ['IMG2024', ['img2024', 'img', '2024']],
    ['Café ZÜRICH', ['cafe', 'zurich']],
    ['Straße STRASSE', ['strasse', 'strasse']],
    ['ﬁne ｗｉｄｅ', ['fine', 'wide']],
    ['don’t', ['don', 't']],
    ['Ёлка', ['елка']],
    ['हिन्दी', ['हिन्दी']],
    ['—…!', []],
  ])('are found in %s', (text, expected) => {
    expect(terms(text)).toEqual(expected);
  });

  it('are told apart where a script writes no spaces', () => {
    expect(terms('東京電力の請求書')).toEqual(expect.arrayContaining(['東京', '電力', '請求']));
    expect(terms('สวัสดีชาวโลก').length).toBeGreaterThan(1);
  });

  it('are the same however accents are composed', () => {
    expect(terms('Zu\u0308rich')).toEqual(terms('Zürich'));
  });

  it('stand where they say they do', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const words = [...wordsOf(text)];
        expect(words.every(({ start, end }) => start >= 0 && start < end && end <= text.length)).toBe(true);
      }),
    );
  });

  it('are known by their beginning where they are very long', () => {
    expect(terms('a'.repeat(5_000))).toEqual(['a'.repeat(64)]);
  });
});

describe('a question', () => {
  it('asks for a word and its parts, each once', () => {
    expect(queryWords('IMG2024 img Img')).toEqual(['img2024', 'img', '2024']);
  });
});
