import { pictureFeatures } from '../lambdas/adapters/sharp/features.ts';
import { createImageProcessor } from '../lambdas/adapters/sharp/image-processor.ts';
import { loadSharp } from '../lambdas/adapters/sharp/load.ts';
import { bandsOf, bandsWithin, maxBandedDistance } from '../lambdas/core/images/hash-bands.ts';
import { defaultPresets, type RenditionPreset } from '../lambdas/core/images/presets.ts';
import { photo } from '../test/support/images.ts';
import { randomOf } from '../test/support/pictures.ts';
import { type Benchmark, markdownTable, median } from './support/report.ts';

const rounds = 9;
const size = { width: 4_000, height: 3_000 };
const presets: readonly RenditionPreset[] = [
  ...defaultPresets,
  { name: 'web', fit: 'inside', width: 1_280, height: 1_280, format: 'auto', quality: 80 },
];
/** What the working image of such a photo is, for these presets. */
const working = { width: 1_440, height: 1_080 };

const tenants = [1_000, 20_000, 1_000_000];
const asked = 200;
/** An entry with its keys. */
const entryBytes = 150;
/** An eventually consistent read unit. */
const unitBytes = 8_192;

/** What recognising a picture adds to its renditions, and what looking for its likes reads. */
const pictureFeaturesBench: Benchmark = {
  title: 'Placeholder, perceptual hash and category; near-duplicates',
  run: async () => `${await cost()}\n\n${growth()}`,
};

async function cost(): Promise<string> {
  const sharp = loadSharp();
  const source = await photo(size);
  const images = createImageProcessor();
  const options = { mimeType: 'image/jpeg', presets, maxPixels: 100_000_000 };
  const { data, info } = await sharp(source)
    .resize(working.width, working.height, { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = { data, width: info.width, height: info.height, channels: 3 } as const;
  const whole = await cpuMs(() => images.render(source, options));
  const features = await cpuMs(() => pictureFeatures(sharp, pixels));
  const share = `${((features / whole) * 100).toFixed(1)} %`;
  const row = [whole.toFixed(0), features.toFixed(1), share];
  return markdownTable(['five renditions of 12 MP, CPU ms', 'of it features', 'share'], [row]);
}

async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const costs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1_000);
  }
  return median(costs);
}

/** Hashes of pictures are about evenly spread; of evenly spread ones the entries of each value are counted. */
function growth(): string {
  const rows = tenants.map((files) => {
    const random = randomOf(files);
    const hash = (): string =>
      Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16)).join('');
    const noted = new Map<string, number>();
    for (let file = 0; file < files; file += 1) {
      for (const { band, value } of bandsOf(hash())) {
        const place = `${band}${value}`;
        noted.set(place, (noted.get(place) ?? 0) + 1);
      }
    }
    const reads = Array.from({ length: asked }, () =>
      bandsWithin(hash(), maxBandedDistance).map(({ band, value }) => noted.get(`${band}${value}`) ?? 0),
    );
    const entries = median(reads.map((counts) => counts.reduce((sum, count) => sum + count, 0)));
    const units = median(
      reads.map((counts) =>
        counts.reduce(
          (sum, count) => sum + Math.max(0.5, Math.ceil((count * entryBytes * 2) / unitBytes) / 2),
          0,
        ),
      ),
    );
    return [
      files.toLocaleString('en'),
      String(reads[0]?.length),
      entries.toLocaleString('en'),
      units.toFixed(1),
    ];
  });
  return markdownTable(['pictures of the tenant', 'queries', 'entries read', 'read units'], rows);
}

export default pictureFeaturesBench;
