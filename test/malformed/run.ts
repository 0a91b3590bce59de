import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { markdownTable } from '../../bench/support/report.ts';
import { defaultStackDir, stackPaths } from '../../local/paths.ts';
import { startStack } from '../../local/start-stack.ts';
import {
  type Api,
  type Batch,
  type FileRecord,
  type InitiateBody,
  type InitiateResponse,
  ok,
} from '../support/api.ts';
import { engineOf } from '../support/engine.ts';
import { deadLetters } from '../support/pipeline.ts';
import { createTenant, type TestTenant } from '../support/tenants.ts';
import { put } from '../support/uploads.ts';
import { type Mutation, mutated, mutations } from './mutations.ts';
import { type Seed, seeds } from './seeds.ts';

/**
 * `npm run verify:malformed`: broken files of every format in batches, each together with sound ones, against a stack of
 * its own. Every file must come to an end, no worker may fail or be tried again, and the sound ones must be ready.
 * SLUICE_MALFORMED_FILES: how many (2000); SLUICE_MALFORMED_SEED: of the damage.
 */
const count = Number(process.env.SLUICE_MALFORMED_FILES ?? 2_000);
const seed = Number(process.env.SLUICE_MALFORMED_SEED ?? Date.now() % 1_000_000);

/** Of each batch of an upload so many are sound. */
const batchFiles = 50;
const soundPerBatch = 5;
/** When nothing has ended for so long, what is left never will. */
const quietSeconds = 300;
const pollMs = 2_000;

const note = (text: string): boolean => process.stderr.write(`${text}\n`);
const ended: readonly string[] = ['ready', 'failed', 'rejected'];

interface Sent {
  readonly fileId: string;
  readonly seed: Seed;
  /** Absent: it is sound. */
  readonly how?: Mutation;
}

interface Ended extends Sent {
  readonly status: string;
  readonly reason?: string | undefined;
}

async function run(): Promise<number> {
  note(`malformed: ${count} files, seed ${seed}; starting a stack of its own ...`);
  const dir = join(defaultStackDir, 'malformed');
  const running = await startStack({ port: 0, enginePort: 0, dir, ephemeral: true });
  try {
    const engine = engineOf(running.stack);
    const tenant = await createTenant(engine, {
      policy: {
        ...{ slotsPerUser: 1_000, maxConcurrentUploads: 10_000, initiationsPerMinute: 100_000 },
        maxFilesPerDay: 1_000_000,
        allowedMimeTypes: ['image/*', 'text/*', 'application/*', 'audio/*'],
      },
    });
    const all = await settled(tenant, await sendAll(tenant));
    return report(all, await deadLetters(engine), await failuresIn(stackPaths(dir).engineLog));
  } finally {
    await running.stop();
  }
}

async function sendAll({ api }: TestTenant): Promise<readonly Sent[]> {
  const { sound, unusual } = await seeds();
  const all = [...sound, ...unusual];
  const damage = mutations(count, seed);
  const sent: Sent[] = [];
  for (let first = 0; first < damage.length; first += batchFiles - soundPerBatch) {
    const broken = damage.slice(first, first + batchFiles - soundPerBatch);
    const batch: Pick<Sent, 'seed' | 'how'>[] = [
      ...broken.map((how, index) => ({ seed: seedAt(all, first + index), how })),
      ...Array.from({ length: soundPerBatch }, (_, index) => ({ seed: seedAt(sound, first + index) })),
    ];
    const files = batch.map((of, index) => ({ ...of, bytes: bytesOf(of), name: `${sent.length + index}` }));
    const uploads = await admitted(
      api,
      files.map(({ seed: { filename, mimeType }, bytes, name }) => ({
        ...{ path: '/', filename: `${name}-${filename}`, mimeType, size: bytes.length },
      })),
    );
    await Promise.all(
      uploads.map(async ({ fileId, parts: [part] }, index) => {
        const { seed: from, how, bytes } = files[index] as (typeof files)[number];
        if (!part) throw new Error(`${from.name} got no URL`);
        const { status, body } = await put(part, bytes);
        if (status !== 200) throw new Error(`S3 answered ${status}: ${body}`);
        sent.push({ fileId, seed: from, ...(how && { how }) });
      }),
    );
    note(`${sent.length} sent`);
  }
  return sent;
}

/** One after the other what a batch was too many at once for: a busy machine admits fewer. */
async function admitted(api: Api, wanted: readonly InitiateBody[]): Promise<readonly InitiateResponse[]> {
  const { results } = ok(
    await api.call<Batch>('POST', '/storage/uploads/batch', { body: { uploads: wanted } }),
  );
  const uploads: InitiateResponse[] = [];
  for (const [index, { upload, error }] of results.entries()) {
    if (!upload && error?.status !== 503) throw new Error(`not admitted: ${error?.detail}`);
    uploads.push(upload ?? ok(await api.initiate(wanted[index] ?? {})));
  }
  return uploads;
}

const seedAt = (from: readonly Seed[], index: number): Seed => from[index % from.length] as Seed;

const bytesOf = ({ seed: { bytes }, how }: { seed: Seed; how?: Mutation }): Buffer =>
  how ? mutated(bytes, how) : bytes;

/** Waits until nothing is pending any more, or nothing is to be expected; how every file has ended then. */
async function settled({ api }: TestTenant, sent: readonly Sent[]): Promise<readonly Ended[]> {
  let fewest = Number.POSITIVE_INFINITY;
  let quietSince = Date.now();
  for (;;) {
    const open = (await listed(api, 'pending')).length;
    if (open < fewest) quietSince = Date.now();
    if (open === 0 || Date.now() - quietSince > quietSeconds * 1_000) break;
    fewest = Math.min(fewest, open);
    note(`${open} have not ended`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const found = await Promise.all(['pending', 'available', 'ended'].map((status) => listed(api, status)));
  const byId = new Map(found.flat().map((file) => [file.id, file]));
  return sent.map((file) => {
    const { status = 'not listed', reason } = byId.get(file.fileId) ?? {};
    return { ...file, status, reason };
  });
}

async function listed(api: Api, status: string): Promise<readonly FileRecord[]> {
  const files: FileRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = ok(await api.files({ status, limit: 1_000, cursor }));
    files.push(...(page.files as FileRecord[]));
    cursor = page.nextCursor;
  } while (cursor);
  return files;
}

/** What the functions' logs tell of messages that had to come again, and of functions that died. */
async function failuresIn(log: string): Promise<readonly string[]> {
  const lines = (await readFile(log, 'utf8')).split('\n');
  return lines.filter((line) => /"message":"message failed"|Runtime exited|Task timed out/.test(line));
}

function report(all: readonly Ended[], dead: number, failures: readonly string[]): number {
  const broken = all.filter(({ how }) => how);
  const kinds = [...new Set(broken.map(({ how }) => how?.kind ?? ''))].sort();
  const endings = [...new Set(broken.map(endingOf))].sort();
  const rows = kinds.map((kind) => {
    const of = broken.filter(({ how }) => how?.kind === kind);
    return [kind, ...endings.map((ending) => String(of.filter((file) => endingOf(file) === ending).length))];
  });
  const open = all.filter(({ status }) => !ended.includes(status));
  const hurt = all.filter(({ how, status }) => !how && status !== 'ready');
  process.stdout.write(`
## Malformed files: ${broken.length} broken, ${all.length - broken.length} sound beside them, seed ${seed}

${markdownTable(['damage', ...endings], rows)}

${markdownTable(
  ['check', 'misses'],
  [
    ['every file has ended', String(open.length)],
    ['every sound file is ready', String(hurt.length)],
    ['no message failed and no function died', String(failures.length)],
    ['no dead letter', String(dead)],
  ],
)}
`);
  for (const { fileId, seed: from, how, status, reason } of [...open, ...hurt].slice(0, 20)) {
    process.stdout.write(`- ${fileId} of ${from.name}, ${how?.kind ?? 'sound'}: ${status} ${reason ?? ''}\n`);
  }
  for (const line of failures.slice(0, 10)) process.stdout.write(`- ${line.slice(0, 600)}\n`);
  return open.length + hurt.length + failures.length + dead === 0 ? 0 : 1;
}

const endingOf = ({ status, reason }: Ended): string => (reason ? `${status}: ${reason}` : status);

process.exitCode = await run();
