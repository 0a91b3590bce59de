import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import MiniSearch from 'minisearch';
import type { SegmentObjects } from '../../lambdas/adapters/search-segments/segment-objects.ts';
import { createSegmentStore } from '../../lambdas/adapters/search-segments/segment-store.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { eventQueues } from '../../lambdas/contract/queues.ts';
import { keys } from '../../lambdas/contract/table.ts';
import { createSegmentIndex } from '../../lambdas/core/search/segment-index.ts';
import { queryWords, wordsOf } from '../../lambdas/core/search/words.ts';
import { clock } from '../../lambdas/runtime/clock.ts';
import { memoryDb } from '../../test/support/memory-dynamodb/client.ts';
import { type CorpusFile, corpus } from '../../test/support/search-corpus.ts';
import { judgedQueries } from '../../test/support/search-judged.ts';

/**
 * Makes or asks an index in a process of its own, so that its peak memory is its own, and prints what that took:
 * `node bench/support/search-once.ts <way> <make|ask> <files> <folder>`. Objects are files of the folder, read by the
 * same ranges as S3's would be.
 */
export const ways = ['Sluice: segments', 'peer: MiniSearch'] as const;
export type Way = (typeof ways)[number];

export interface Made {
  readonly cpuMs: number;
  readonly puts: number;
  readonly gets: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly bytes: number;
  readonly termsPerFile: number;
}

interface Asked {
  readonly p95Ms: number;
  readonly requests: number;
  readonly bytes: number;
  readonly readUnits: number;
}

export interface AskedBoth {
  /** Of a function that has read nothing yet, and of one that has answered the same questions before. */
  readonly cold: Asked;
  readonly warm: Asked;
  readonly peakMb: number;
}

const tenantId = 'acme';
const hitsPerPage = 20;
/** `eventBatchSeconds` of a stage on AWS. */
const secondsPerBatch = 5;
/** What a function keeps of segments, as http/search.lambda.ts has it. */
const keepBytes = 400 * 1024 * 1024;

interface Counted {
  puts: number;
  gets: number;
  bytes: number;
  readUnits: number;
  writeUnits: number;
}
const nothing = (): Counted => ({ puts: 0, gets: 0, bytes: 0, readUnits: 0, writeUnits: 0 });

const objectsIn = (folder: string, counted: () => Counted): SegmentObjects => ({
  put: async (_tenant, id, bytes) => {
    counted().puts += 1;
    writeFileSync(join(folder, id), bytes);
  },
  read: async (_tenant, id, at, length) => {
    const bytes = new Uint8Array(length);
    const file = openSync(join(folder, id), 'r');
    readSync(file, bytes, 0, length, at);
    closeSync(file);
    counted().gets += 1;
    counted().bytes += length;
    return bytes;
  },
  remove: async (_tenant, id) => rmSync(join(folder, id)),
});

/** DynamoDB's units: 4 KB of an item that is read consistently, 1 KB of one that is written. */
const unitsOf = (item: unknown, kilobytes: number): number =>
  Math.max(1, Math.ceil(JSON.stringify(item ?? {}).length / (kilobytes * 1024)));

/** The segments of a folder, and their list in a table that counts its units. */
function segmentsIn(folder: string) {
  const { db, table } = memoryDb();
  let counted = nothing();
  let time = Date.now();
  const send = db.client.send.bind(db.client) as (command: { input: { Key: object } }) => Promise<unknown>;
  const counting = async (command: { input: { Key: object }; constructor: { name: string } }) => {
    const answer = await send(command);
    const item = table.get({ ...command.input.Key });
    if (command.constructor.name === 'GetCommand') counted.readUnits += unitsOf(item, 4);
    else counted.writeUnits += unitsOf(item, 1);
    return answer;
  };
  table.put({ ...keys.tenant(tenantId), tenantId, status: 'active' });
  const objects = objectsIn(folder, () => counted);
  // Batches come as often as the queue makes them.
  const now = (): string => new Date(time).toISOString();
  const countingDb = { ...db, client: { send: counting } as never };
  const store = createSegmentStore({ ...clock, now, db: countingDb, objects });
  return {
    table,
    index: () => createSegmentIndex({ now, store, bounds: defaultLimits.search, keepBytes }),
    wait: (seconds: number): void => {
      time += seconds * 1000;
    },
    begin: (): Counted => {
      counted = nothing();
      return counted;
    },
  };
}

async function makeSegments(files: number, folder: string): Promise<Made> {
  const { table, index, begin, wait } = segmentsIn(folder);
  const counted = begin();
  const making = index();
  const cpu = process.cpuUsage();
  for (const batch of batchesOf(corpus(files), eventQueues.indexing.batchSize)) {
    wait(secondsPerBatch);
    await making.update(
      tenantId,
      batch.map((document) => ({ fileId: document.fileId, revision: 1, document })),
    );
  }
  const cpuMs = cpuSince(cpu);
  const list = table.get({ ...keys.searchIndex(tenantId) });
  writeFileSync(join(folder, 'list.json'), JSON.stringify(list));
  const segments = Object.values(list?.segments as Record<string, { bytes: number }>);
  return {
    ...counted,
    cpuMs,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    termsPerFile: termsPerFile(),
  };
}

async function askSegments(folder: string): Promise<AskedBoth> {
  const { table, index, begin } = segmentsIn(folder);
  table.put(JSON.parse(readFileSync(join(folder, 'list.json'), 'utf8')));
  const ask = async (open: () => ReturnType<typeof index>): Promise<Asked> => {
    const counted = begin();
    const times: number[] = [];
    for (const { question } of judgedQueries) {
      const asked = open();
      const startedAt = performance.now();
      await asked.search({ tenantId, text: question, visible: 'all', filter: {}, limit: hitsPerPage });
      times.push(performance.now() - startedAt);
    }
    return {
      p95Ms: p95(times),
      requests: counted.gets / judgedQueries.length,
      bytes: counted.bytes / judgedQueries.length,
      readUnits: counted.readUnits / judgedQueries.length,
    };
  };
  const kept = index();
  await ask(() => kept);
  const warm = await ask(() => kept);
  // Only then those that begin anew, so that the peak is that of one function.
  const peakMb = peakRssMb();
  return { warm, cold: await ask(index), peakMb };
}

const options = {
  idField: 'fileId',
  fields: ['filename', 'tags', 'metadata', 'text'],
  tokenize: (text: string) => Array.from(wordsOf(text), ({ term }) => term),
  processTerm: (term: string) => term,
  searchOptions: {
    tokenize: (text: string) => [...queryWords(text)],
    boost: { filename: 4, tags: 2.5, metadata: 1.5 },
    prefix: true,
    fuzzy: 0.2,
  },
};

async function makeMiniSearch(files: number, folder: string): Promise<Made> {
  const cpu = process.cpuUsage();
  const index = new MiniSearch<Record<string, string>>(options);
  for (const { fileId, filename, tags, metadata, text } of corpus(files)) {
    index.add({
      fileId,
      filename,
      tags: tags.join(' '),
      metadata: Object.values(metadata).join(' '),
      text,
    });
  }
  const file = join(folder, 'index.json');
  writeFileSync(file, JSON.stringify(index));
  return {
    ...nothing(),
    puts: 1,
    cpuMs: cpuSince(cpu),
    bytes: statSync(file).size,
    termsPerFile: termsPerFile(),
  };
}

/** One object, read and opened as a whole: a cold function has to do that before its first answer. */
async function askMiniSearch(folder: string): Promise<AskedBoth> {
  const file = join(folder, 'index.json');
  const startedAt = performance.now();
  const index = MiniSearch.loadJSON<Record<string, string>>(readFileSync(file, 'utf8'), options);
  const openMs = performance.now() - startedAt;
  const ask = (): number[] =>
    judgedQueries.map(({ question }) => {
      const askedAt = performance.now();
      index.search(question).slice(0, hitsPerPage);
      return performance.now() - askedAt;
    });
  const first = ask();
  const again = ask();
  return {
    cold: { p95Ms: openMs + p95(first), requests: 1, bytes: statSync(file).size, readUnits: 0 },
    warm: { p95Ms: p95(again), requests: 0, bytes: 0, readUnits: 0 },
    peakMb: peakRssMb(),
  };
}

function* batchesOf(files: Iterable<CorpusFile>, size: number): Generator<CorpusFile[]> {
  let batch: CorpusFile[] = [];
  for (const file of files) {
    batch.push(file);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Items that one file would be in an index of one item for each of its words. */
function termsPerFile(): number {
  const sample = [...corpus(200)];
  const terms = sample.map(
    ({ filename, text, tags }) =>
      new Set([...wordsOf(`${filename} ${tags.join(' ')} ${text}`)].map(({ term }) => term)).size,
  );
  return terms.reduce((sum, count) => sum + count, 0) / sample.length;
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const p95 = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.95)] as number;

function peakRssMb(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024;
  const highWater = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(highWater?.[1]) / 1024;
}

if (import.meta.main) {
  const [way, what, files, folder] = process.argv.slice(2) as [Way, 'make' | 'ask', string, string];
  mkdirSync(folder, { recursive: true });
  const done =
    way === 'Sluice: segments'
      ? await (what === 'make' ? makeSegments(Number(files), folder) : askSegments(folder))
      : await (what === 'make' ? makeMiniSearch(Number(files), folder) : askMiniSearch(folder));
  process.stdout.write(JSON.stringify(done));
}
