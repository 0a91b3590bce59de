import type { Writable } from 'node:stream';
import { type ByteSource, ReadBudgetSpent } from '../../core/content/structure/structure.ts';
import { NotProbed, type Probe, type Prober } from '../../core/video/probe.ts';
import { childEntry, childFile } from '../child/child-code.ts';
import { type ChildEnd, type ChildLimits, runChild } from '../child/run-child.ts';
import { probeOf } from './probe-of.ts';
import type { ChildLine, MediaInfoTask, Track } from './report.ts';

const childLimits = {
  /** Node has 580 MiB of private writable memory in the kernel's sense before it does anything, 45 MiB of them in use. */
  maxDataKiB: 1_024 * 1024,
  maxHeapMiB: 64,
  maxCpuSeconds: 90,
  /** Its questions, and the report of all tracks. */
  maxOutputBytes: 4 * 1024 * 1024,
} as const;

/** What its memory may grow to, in pages of 64 KiB: 256 MiB, for the tables of samples of long sources. */
const maxWasmPages = (256 * 1024) / 64;

export interface ProberLimits {
  /** Of one probe, its reads included: the function that probes has a longer timeout. */
  readonly deadlineMs: number;
  /** Between two reads, reading included: a table of a million frames takes 1 s. */
  readonly stallMs: number;
}

const defaultLimits: ProberLimits = { deadlineMs: 100_000, stallMs: 20_000 };

/** For the source of a probe: hours of video in fragments of some seconds have a header to read for each of these. */
export const proberLimits = { maxReads: 4_000, maxReadBytes: 512 * 1024 * 1024 } as const;

/**
 * Prober by MediaInfo, as WebAssembly in a process of its own that is killed at its limits: a file can at worst make it
 * compute without an end, and a thread would leave its memory to the function. The child has no credentials; it asks for
 * ranges and gets them from here.
 *
 * A function that calls it has `lambdas/adapters/mediainfo/mediainfo.child.ts` among its entries, and
 * `mediainfo.js/MediaInfoModule.wasm` among its files, in lib/constructs/function-code.ts; 1,024 MB of memory and 120 s are
 * enough. The source is bounded by whoever opens it: `proberLimits`.
 */
export const createProber = (own: Partial<ProberLimits> = {}): Prober => ({
  probe: (source) => probe(source, { ...defaultLimits, ...own }),
});

async function probe(source: ByteSource, limits: ProberLimits): Promise<Probe> {
  // MediaInfo knows no file without bytes.
  if (source.size === 0) throw new NotProbed('not_a_video');
  const task: MediaInfoTask = {
    wasmFile: childFile('mediainfo.js/MediaInfoModule.wasm'),
    bytes: source.size,
  };
  const node = [
    `--wasm-max-mem-pages=${maxWasmPages}`,
    childEntry('mediainfo.child', import.meta.url),
    JSON.stringify(task),
  ];
  const conversation = new Conversation(source);
  const { deadlineMs, stallMs } = limits;
  const run: ChildLimits = { ...childLimits, deadlineMs, stallMs };
  const end = await runChild(node, conversation.feed, run, (chunk) => conversation.take(chunk));
  return probeOf(conversation.report(end), source.size);
}

/** What a child asks and is told, until it has its report. */
class Conversation {
  readonly #source: ByteSource;
  #input: Writable | undefined;
  #unfinished = '';
  #answer: ChildLine | undefined;
  #failure: unknown;
  #reads = 0;
  #isReading = false;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  readonly feed = (input: Writable): void => {
    this.#input = input;
  };

  take(chunk: Buffer): void {
    const lines = (this.#unfinished + chunk.toString()).split('\n');
    this.#unfinished = lines.pop() ?? '';
    for (const line of lines) this.#hear(line);
  }

  /** A child that a file has taken over may say anything: that ends its probe, and not the function. */
  #hear(line: string): void {
    try {
      const told = JSON.parse(line) as ChildLine;
      if ('read' in told) void this.#read(...told.read);
      else this.#answer = told;
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#input?.end();
  }

  async #read(from: number, length: number): Promise<void> {
    this.#reads += 1;
    this.#isReading = true;
    try {
      const bytes = await this.#source.read(from, length);
      if (bytes.length !== length) throw new Error(`there are ${bytes.length} bytes of ${length} at ${from}`);
      this.#input?.write(bytes);
    } catch (error) {
      this.#fail(error);
    }
    this.#isReading = false;
  }

  /** @throws NotProbed, or what reading threw */
  report(end: ChildEnd): readonly Track[] {
    const answer = this.#answer;
    if (answer && 'tracks' in answer) return answer.tracks;
    if (this.#failure instanceof ReadBudgetSpent || answer) {
      throw new NotProbed('malformed', { cause: this.#failure ?? answer });
    }
    if (this.#failure !== undefined) throw this.#failure;
    // A machine that is too busy to start it, or a bucket that is slow, says nothing about the file, which comes again.
    if (end.exceeded && this.#reads > 0 && !this.#isReading) {
      throw new NotProbed('malformed', { cause: new Error(`it takes too much to read. ${end.words}`) });
    }
    const how = end.exceeded ? 'was killed' : `ended with ${end.status}`;
    throw new Error(`the process that probes ${how} after ${this.#reads} reads: ${end.words}`);
  }
}
