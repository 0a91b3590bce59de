import { beforeAll, describe, expect, it } from 'vitest';
import type { SearchIndex } from '../../../lambdas/core/search/ports.ts';
import { type CorpusFile, corpus } from '../../support/search-corpus.ts';
import { judgedQueries } from '../../support/search-judged.ts';
import { ask, memoryIndex } from '../../support/searching.ts';

/** What is asked of all 50 questions together, and of each alone. */
const thresholds = { meanRecall: 0.99, leastRecall: 0.9, meanOrder: 0.98, leastOrder: 0.9 };
const files = 20_000;
const filesPerUpdate = 2_000;
/** A page that people look at, and the largest. */
const orderAt = 10;
const recallAt = 100;

interface Measured {
  readonly question: string;
  /** Of what is most relevant, how much is among the first 100 (or among as many as there are). */
  readonly recall: number;
  /** Normalised discounted cumulative gain of the first 10: 1 when nothing better stands below something worse. */
  readonly order: number;
}

/** The gain of grades in this order, as it is usually discounted by place. */
const gain = (grades: readonly number[]): number =>
  grades.slice(0, orderAt).reduce((sum, grade, place) => sum + (2 ** grade - 1) / Math.log2(place + 2), 0);

describe('search over 20,000 files with texts, by 50 judged questions', () => {
  let index: SearchIndex;
  const all = new Map<string, CorpusFile>();
  const measured: Measured[] = [];

  beforeAll(async () => {
    index = memoryIndex().index;
    let batch: CorpusFile[] = [];
    const flush = async (): Promise<void> => {
      await index.update(
        'acme',
        batch.map((document) => ({ fileId: document.fileId, revision: 1, document })),
      );
      batch = [];
    };
    for (const file of corpus(files)) {
      all.set(file.fileId, file);
      batch.push(file);
      if (batch.length === filesPerUpdate) await flush();
    }
    for (const { question, judge } of judgedQueries) {
      const grades = [...all.values()].map(({ facts }) => judge(facts)).sort((a, b) => b - a);
      const best = grades[0] as number;
      const mostRelevant = grades.filter((grade) => grade === best).length;
      const { hits } = await index.search(ask(question, { limit: recallAt }));
      const found = hits.map(({ fileId }) => judge((all.get(fileId) as CorpusFile).facts));
      measured.push({
        question,
        recall: found.filter((grade) => grade === best).length / Math.min(recallAt, mostRelevant),
        order: gain(found) / gain(grades),
      });
    }
  }, 60_000);

  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;

  it('finds what is relevant', () => {
    expect(measured).toHaveLength(50);
    expect(mean(measured.map(({ recall }) => recall))).toBeGreaterThanOrEqual(thresholds.meanRecall);
    expect(measured.filter(({ recall }) => recall < thresholds.leastRecall)).toEqual([]);
  });

  it('puts what is more relevant first', () => {
    expect(mean(measured.map(({ order }) => order))).toBeGreaterThanOrEqual(thresholds.meanOrder);
    expect(measured.filter(({ order }) => order < thresholds.leastOrder)).toEqual([]);
  });
});
