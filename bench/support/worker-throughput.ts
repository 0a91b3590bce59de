import { fileItem } from '../../lambdas/adapters/dynamodb/file-item.ts';
import { createFileStore } from '../../lambdas/adapters/dynamodb/file-store.ts';
import { createImageProcessor } from '../../lambdas/adapters/sharp/image-processor.ts';
import { loadSharp } from '../../lambdas/adapters/sharp/load.ts';
import { createImageOperator } from '../../lambdas/adapters/sharp/operate.ts';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import type { FileRecord } from '../../lambdas/core/files/file.ts';
import { defaultPresets } from '../../lambdas/core/images/presets.ts';
import { presetRecipe } from '../../lambdas/core/images/recipes.ts';
import { type ProcessDeps, processFile } from '../../lambdas/core/processing/process-file.ts';
import { imageWork } from '../../lambdas/core/processing/process-image.ts';
import { storeSettings } from '../../lambdas/runtime/settings.ts';
import { file, startOfTime } from '../../test/support/domain.ts';
import { photo } from '../../test/support/images.ts';
import { memoryDb } from '../../test/support/memory-dynamodb/client.ts';
import { alternate, markdownTable, median } from './report.ts';

/** The first of them warms up and does not count. */
const rounds = 32;

interface Picture {
  readonly mimeType: string;
  readonly source: Buffer;
}

/** What the default presets can all be cut from. */
const workingBox = { width: 1920, height: 1080 };

const large = { width: 4000, height: 3000, quality: 88 };
const middling = { width: 2048, height: 1536, quality: 88 };
const sources = [
  { name: 'JPEG, 12 MP', options: large },
  { name: 'progressive JPEG, 12 MP', options: { ...large, progressive: true } },
  { name: 'JPEG, 3 MP', options: middling },
  { name: 'PNG, 3 MP', options: { ...middling, format: 'png' } },
] as const;

const makers = ['worker', 'bare sharp, one decode', 'bare sharp, a pipeline each'] as const;
type Maker = (typeof makers)[number];

/** `WxH` of each rendition. */
type Make = (picture: Picture) => Promise<readonly string[]>;

const make: Record<Maker, Make> = {
  worker: imagesWorker(),
  'bare sharp, one decode': async ({ source }) => {
    const sharp = loadSharp();
    const { data, info } = await sharp(source, { failOn: 'error' })
      .autoOrient()
      .resize(workingBox.width, workingBox.height, { fit: 'inside', withoutEnlargement: true })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const made: string[] = [];
    for (const preset of defaultPresets) {
      made.push(await cut(sharp(data, { raw: { width, height, channels } }), preset));
    }
    return made;
  },
  'bare sharp, a pipeline each': async ({ source }) => {
    const made: string[] = [];
    for (const preset of defaultPresets) {
      made.push(await cut(loadSharp()(source, { failOn: 'error' }).autoOrient(), preset));
    }
    return made;
  },
};

async function cut(
  pipeline: ReturnType<ReturnType<typeof loadSharp>>,
  { width, height, fit, quality }: (typeof defaultPresets)[number],
): Promise<string> {
  const { info } = await pipeline
    .resize(width, height, { fit, withoutEnlargement: true })
    .jpeg({ quality })
    .toBuffer({ resolveWithObject: true });
  return `${info.width}x${info.height}`;
}

/** The whole work of the images worker on a message, over a table and buckets in memory. */
function imagesWorker(): Make {
  const { db, table } = memoryDb();
  const { pipeline, processing } = defaultLimits;
  const store = createFileStore(db, storeSettings(defaultLimits));
  const library = new Map<string, Uint8Array>();
  const derived = new Map<string, Uint8Array>();
  let ids = 0;
  const newId = (): string => {
    ids += 1;
    return `01BENCH${String(ids).padStart(19, '0')}`;
  };
  const deps: ProcessDeps = {
    store,
    derived: {
      put: async ({ fileId }, { name, body }) => {
        derived.set(`${fileId}/${name}`, body);
        return `${fileId}/${name}`;
      },
      putText: async () => ({ key: 'text', characters: 0, truncated: false }),
      forgetText: async () => undefined,
      deleteAll: async (keys) => {
        for (const key of keys) derived.delete(key);
      },
    },
    work: imageWork({
      store,
      library: { read: async ({ key }) => library.get(key) ?? new Uint8Array() },
      images: { ...createImageProcessor(), ...createImageOperator() },
      maxPixels: pipeline.imageMaxPixels,
      maxBytes: pipeline.imageMaxBytes,
      watermarkMaxBytes: processing.watermarkMaxBytes,
      operationsBudgetMs: processing.operationsBudgetMs,
      monotonicMs: () => performance.now(),
    }),
    now: () => startOfTime,
    newId,
    resendSeconds: pipeline.resendSeconds,
  };
  const renditions: FileRecord['renditions'] = Object.fromEntries(
    defaultPresets.map((preset) => [
      preset.name,
      { name: preset.name, status: 'pending', recipe: presetRecipe(preset) },
    ]),
  );
  return async ({ mimeType, source }) => {
    const fileId = newId();
    const stored = file({
      ...{ fileId, mimeType, size: source.length, status: 'stored', renditions },
      ...{ libraryKey: fileId, libraryVersionId: 'V1' },
    });
    table.put(fileItem(stored));
    library.set(fileId, source);
    const outcome = await processFile(deps, stored);
    if (outcome !== 'ready') throw new Error(`the worker ended with ${outcome}`);
    const processed = await store.file(stored);
    library.clear();
    derived.clear();
    return Object.values(processed?.renditions ?? {}).map(({ width, height }) => `${width}x${height}`);
  };
}

interface Spent {
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function spentOn(maker: Maker, picture: Picture, expected: string): Promise<Spent> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const made = await make[maker](picture);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  if (made.join(' ') !== expected) throw new Error(`${maker} made ${made.join(' ')} in place of ${expected}`);
  return { wallMs, cpuMs: (user + system) / 1000 };
}

/** The whole worker beside sharp alone, for the same renditions of the same files, in this process and in turn. */
export async function workerThroughput(): Promise<string> {
  const rows: string[][] = [];
  for (const { name, options } of sources) {
    const mimeType = 'format' in options ? 'image/png' : 'image/jpeg';
    const picture = { mimeType, source: await photo(options) };
    const expected = (await make['bare sharp, a pipeline each'](picture)).join(' ');
    const spent = await alternate(makers, rounds, (maker) => spentOn(maker, picture, expected));
    rows.push(...rowsOf(name, spent));
  }
  const header = ['source', 'renditions by', 'images/s', 'CPU ms an image', 'worker / this, wall', 'by CPU'];
  return `The whole work of the images worker, over a table and buckets in memory, beside sharp alone for the same four renditions: medians of ${rounds - 1} alternating runs in one process, one libvips thread. 1.00: as many images a second; goal: 0.90 or more.\n\n${markdownTable(header, rows)}`;
}

function rowsOf(source: string, spent: ReadonlyMap<Maker, readonly Spent[]>): string[][] {
  const [ours] = makers;
  const counted = (maker: Maker): readonly Spent[] => (spent.get(maker) ?? []).slice(1);
  /** Of runs right after each other, which a slow minute of the machine hits alike. */
  const ratio = (maker: Maker, what: keyof Spent): string =>
    median(
      counted(maker).map((each, round) => each[what] / (counted(ours)[round]?.[what] ?? Number.NaN)),
    ).toFixed(2);
  return makers.map((maker) => [
    source,
    maker,
    (1000 / median(counted(maker).map(({ wallMs }) => wallMs))).toFixed(1),
    median(counted(maker).map(({ cpuMs }) => cpuMs)).toFixed(0),
    ratio(maker, 'wallMs'),
    ratio(maker, 'cpuMs'),
  ]);
}
