import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { intakeKey } from '../lambdas/contract/storage-keys.ts';
import { type Cost, owner, type ToExamine } from '../test/support/bombs/examine-child.ts';
import { deflatedZeros } from '../test/support/bombs/pdf.ts';
import { photo } from '../test/support/images.ts';
import { onePage, stream } from '../test/support/pdf-writer.ts';
import { type RangedServer, type Served, startRangedServer } from '../test/support/ranged-server.ts';
import { alternate, type Benchmark, markdownTable, median } from './support/report.ts';
import { type Variant, variants } from './support/verdict-once.ts';

const rounds = 3;
const bucket = 'intake';
const GB = 1e9;

interface Source {
  readonly name: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly make: (directory: string) => Promise<Served>;
}

const tiny: Source = {
  name: 'tiny',
  filename: 'tiny.jpg',
  mimeType: 'image/jpeg',
  make: () => photo({ width: 16, height: 16 }),
};

const sources: readonly Source[] = [
  {
    name: 'photo',
    filename: 'photo.jpg',
    mimeType: 'image/jpeg',
    make: () => photo({ width: 2300, height: 1720, quality: 89, colourProfile: 'none' }),
  },
  {
    name: 'video',
    filename: 'video.mp4',
    mimeType: 'video/mp4',
    make: (directory) => video(join(directory, 'video.mp4'), 2 * GB),
  },
  {
    name: 'PDF with an object stream of 1 GiB',
    filename: 'bomb.pdf',
    mimeType: 'application/pdf',
    make: async () => {
      const objects = stream('/Type/ObjStm/N 1/First 4/Filter/FlateDecode', deflatedZeros(2 ** 30));
      return onePage({ extra: [objects] });
    },
  },
];

/** An MP4 as cameras write it, with its index behind the pictures; these are a hole in the file. */
async function video(path: string, size: number): Promise<Served> {
  const box = (type: string, body: Buffer): Buffer => {
    const header = Buffer.alloc(8);
    header.writeUInt32BE(8 + body.length);
    header.write(type, 4);
    return Buffer.concat([header, body]);
  };
  const ftyp = box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2avc1mp41', 'latin1'));
  const moov = box('moov', box('mvhd', Buffer.alloc(100)));
  const mdat = Buffer.alloc(16);
  mdat.writeUInt32BE(1);
  mdat.write('mdat', 4);
  mdat.writeBigUInt64BE(BigInt(size - ftyp.length - moov.length), 8);
  const file = await open(path, 'w');
  await file.truncate(size);
  await file.write(Buffer.concat([ftyp, mdat]), 0, null, 0);
  await file.write(moov, 0, moov.length, size - moov.length);
  await file.close();
  return { path, size };
}

/** Sluice's examination against reading the whole object, each measured in processes of their own. */
const verdict: Benchmark = {
  title: 'The verdict on what an object is',
  async run() {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
    const server = await startRangedServer();
    try {
      const warmUp = serve(server, tiny, await tiny.make(directory));
      const rows: string[][] = [];
      for (const source of sources) {
        process.stderr.write(`  ${source.name} ...\n`);
        const file = serve(server, source, await source.make(directory));
        const costs = await alternate(variants, rounds, (variant) => judgeInChild(variant, file, warmUp));
        rows.push(...rowsOf(`${source.name}, ${(file.size / 1e6).toFixed(1)} MB`, costs));
      }
      const header = ['object', 'judged by', 'verdict', 'bytes read', 'requests', 'ms', 'peak RSS MB'];
      return `Medians of ${rounds} alternating runs over loopback, one process per run. S3 adds some 30 ms to a request and takes a second for 50 to 100 MB.\n\n${markdownTable(header, rows)}`;
    } finally {
      await server.stop();
      await rm(directory, { recursive: true });
    }
  },
};

function serve(server: RangedServer, { name, filename, mimeType }: Source, object: Served): ToExamine {
  const fileId = name.replaceAll(' ', '-');
  server.serve(intakeKey({ ...owner, fileId }), object);
  const size = Buffer.isBuffer(object) ? object.length : object.size;
  return { endpoint: server.endpoint, bucket, fileId, filename, mimeType, size };
}

async function judgeInChild(variant: Variant, file: ToExamine, warmUp: ToExamine): Promise<Cost> {
  const script = join(import.meta.dirname, 'support', 'verdict-once.ts');
  const files = [file, warmUp].map((each) => JSON.stringify(each));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, variant, ...files]);
  return JSON.parse(stdout) as Cost;
}

function rowsOf(object: string, costs: ReadonlyMap<Variant, readonly Cost[]>): string[][] {
  const middle = (variant: Variant, field: 'ms' | 'peakRssMb' | 'readBytes' | 'reads') =>
    median((costs.get(variant) ?? []).map((cost) => cost[field]));
  return variants.map((variant) => [
    object,
    variant,
    costs.get(variant)?.[0]?.outcome ?? '',
    middle(variant, 'readBytes').toLocaleString('en-US'),
    middle(variant, 'reads').toFixed(0),
    middle(variant, 'ms').toFixed(0),
    middle(variant, 'peakRssMb').toFixed(0),
  ]);
}

export default verdict;
