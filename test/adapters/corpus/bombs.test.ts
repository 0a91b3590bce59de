import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workerProfiles } from '../../../lib/constructs/function-profiles.ts';
import type { Cost } from '../../support/bombs/examine-child.ts';
import { Examiner } from '../../support/bombs/examiner.ts';
import { bombs } from '../../support/bombs/index.ts';

const maxMs = 3000;
/** What a read of S3 takes beside what it takes here. */
const readMs = 30;
const maxPeakRssMb = 0.7 * workerProfiles.inspect.memoryMb;

describe('the corpus of bombs, examined by the adapters of the inspect function', () => {
  const table: { name: string; size: number; cost: Cost }[] = [];
  let examiner: Examiner;

  beforeAll(async () => {
    examiner = await Examiner.start();
  });
  afterAll(async () => {
    await examiner.stop();
    if (process.env.SLUICE_BOMBS_TABLE) console.log(markdown(table));
  });

  it.each(bombs)('is judged in time and in memory: $name', { timeout: 30_000 }, async (sample) => {
    const bytes = await sample.bytes();

    const cost = await examiner.examine(bytes, sample);

    table.push({ name: sample.name, size: bytes.length, cost });
    const expected = sample.expected === 'stored' ? 'stored' : sample.expected.reason;
    expect({ outcome: cost.outcome, detail: cost.detail }).toMatchObject({ outcome: expected });
    expect(cost.ms + cost.reads * readMs).toBeLessThan(maxMs);
    expect(cost.peakRssMb).toBeLessThan(maxPeakRssMb);
  });
});

function markdown(rows: readonly { name: string; size: number; cost: Cost }[]): string {
  const cells = rows.map(({ name, size, cost }) => [
    name,
    size,
    cost.outcome,
    cost.ms.toFixed(0),
    cost.readBytes,
    cost.reads,
    cost.peakRssMb.toFixed(0),
  ]);
  const header = ['sample', 'bytes', 'verdict', 'ms', 'bytes read', 'reads', 'peak RSS MB'];
  return [header, header.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
