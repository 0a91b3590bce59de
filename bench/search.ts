import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Benchmark, markdownTable } from './support/report.ts';
import { type AskedBoth, type Made, type Way, ways } from './support/search-once.ts';

const sizes = [1_000, 20_000];
/** us-east-1, dollars a request or unit. */
const prices = { put: 5e-6, get: 4e-7, writeUnit: 6.25e-7, readUnit: 1.25e-7 };
const run = promisify(execFile);
const once = join(import.meta.dirname, 'support', 'search-once.ts');

/**
 * Segments in S3 beside MiniSearch in the function's memory, and, by counting, beside one item of DynamoDB for every word
 * of every file. Times are of this machine alone: S3's own, some 20 to 50 ms a request, come on top of as many
 * requests one after the other as there are round trips: the list, heads, blocks.
 */
const search: Benchmark = {
  title: 'Search: 50 questions to files with texts of 150 words',
  async run() {
    const asked: string[][] = [];
    const made: string[][] = [];
    for (const files of sizes) {
      for (const way of ways) {
        const folder = mkdtempSync(join(tmpdir(), 'sluice-search-'));
        try {
          const cost = await child<Made>(way, 'make', files, folder);
          made.push(...madeRows(way, files, cost));
          const answer = await child<AskedBoth>(way, 'ask', files, folder);
          for (const state of ['cold', 'warm'] as const) {
            const { p95Ms, requests, bytes, readUnits } = answer[state];
            const peak = state === 'warm' ? answer.peakMb.toFixed(0) : '';
            const numbers = [p95Ms.toFixed(1), requests.toFixed(1), kb(bytes), readUnits.toFixed(1), peak];
            asked.push([count(files), way, state, ...numbers]);
          }
        } finally {
          rmSync(folder, { recursive: true });
        }
      }
    }
    const askedTable = markdownTable(
      ['files', 'way', 'function', 'p95 ms', 'S3 GETs', 'KB read', 'read units', 'peak MB'],
      asked,
    );
    const madeTable = markdownTable(
      ['files', 'way', 'index MB', 'CPU s', 'S3 PUTs', 'S3 GETs', 'write units', '$ per 1,000 files'],
      made,
    );
    return `Asking, per question:\n\n${askedTable}\n\nIndexing all files, 50 at a time:\n\n${madeTable}`;
  },
};

async function child<T>(way: Way, what: 'make' | 'ask', files: number, folder: string): Promise<T> {
  const { stdout } = await run(process.execPath, [once, way, what, String(files), folder]);
  return JSON.parse(stdout) as T;
}

function madeRows(way: Way, files: number, cost: Made): string[][] {
  const { puts, gets, writeUnits, readUnits } = cost;
  const dollars =
    puts * prices.put + gets * prices.get + writeUnits * prices.writeUnit + readUnits * prices.readUnit;
  const row = [
    count(files),
    way,
    (cost.bytes / 2 ** 20).toFixed(1),
    (cost.cpuMs / 1000).toFixed(1),
    ...[puts, gets, writeUnits].map(count),
    // What is kept in memory alone has to be written anew with every change; nobody would.
    way === 'Sluice: segments' ? ((dollars / files) * 1000).toFixed(5) : '',
  ];
  if (way !== 'Sluice: segments') return [row];
  const items = Math.round(cost.termsPerFile * files);
  const byItems = ((items * prices.writeUnit) / files) * 1000;
  return [row, [count(files), 'peer: an item a word', '', '', '', '', count(items), byItems.toFixed(5)]];
}

const count = (value: number): string => value.toLocaleString('en-US');
const kb = (bytes: number): string => (bytes / 1024).toFixed(0);

export default search;
