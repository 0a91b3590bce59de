import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { createImageProcessor } from '../../../lambdas/adapters/sharp/image-processor.ts';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import {
  categoryOfDocument,
  categoryOfPicture,
  categoryOfType,
} from '../../../lambdas/core/content/category.ts';
import type { Category } from '../../../lambdas/core/files/content-facts.ts';
import { defaultPresets } from '../../../lambdas/core/images/presets.ts';
import { photo } from '../../support/images.ts';
import { drawingLike, photoLike, scanLike, screenLike } from '../../support/pictures.ts';

const images = createImageProcessor();
const preview = defaultPresets.filter(({ name }) => name === 'preview');

async function categoryOf(bytes: Buffer, mimeType: string, originalName = 'upload'): Promise<Category> {
  const maxPixels = defaultLimits.pipeline.imageMaxPixels;
  const { media, exif, features } = await images.render(bytes, { mimeType, presets: preview, maxPixels });
  if (!features) throw new Error('the picture has no features');
  const { width, height, frames } = media;
  const pixels = features.statistics;
  return categoryOfPicture({ mimeType, originalName, width, height, frames, exif, pixels });
}

interface Sample {
  readonly is: Category;
  readonly bytes: Buffer;
  readonly mimeType: string;
  readonly name?: string;
}

const jpeg = async (is: Category, picture: Sharp, quality = 80): Promise<Sample> => ({
  ...{ is, bytes: await picture.jpeg({ quality }).toBuffer(), mimeType: 'image/jpeg' },
});
const png = async (is: Category, picture: Sharp, name?: string): Promise<Sample> => ({
  ...{ is, bytes: await picture.png().toBuffer(), mimeType: 'image/png' },
  ...(name && { name }),
});

/** What npm packages of this project carry, and what it is. */
const published: readonly (readonly [is: Category, path: string])[] = [
  ['screenshot', 'aws-cdk-lib/aws-synthetics/images/ui-screenshot.png'],
  ['other', 'aws-cdk-lib/aws-synthetics/images/endpoint-example.png'],
  ['other', 'aws-cdk-lib/cloudformation-include/doc-images/unprocessed-template.png'],
  ['other', 'aws-cdk-lib/cloudformation-include/doc-images/processed-template.png'],
  ['other', 'playwright-core/lib/server/chromium/appIcon.png'],
  ['other', 'cdk-nag/cdk_nag.gif'],
];

async function samples(): Promise<readonly Sample[]> {
  const grey = await photoLike(41, 400, 300).grayscale().png().toBuffer();
  return Promise.all([
    ...[1, 2, 3, 4, 5].map((seed) => jpeg('photo', photoLike(seed, 400, 300))),
    ...[6, 7].map((seed) => png('photo', photoLike(seed, 300, 400))),
    jpeg('photo', photoLike(8, 1_136, 640), 50),
    jpeg('photo', sharp(grey)),
    png('screenshot', screenLike(1, 1_920, 1_080)),
    png('screenshot', screenLike(2, 750, 1_334)),
    png('screenshot', screenLike(3, 1_440, 900)),
    jpeg('screenshot', screenLike(4, 1_366, 768)),
    png('screenshot', screenLike(5, 1_013, 777), 'Screenshot 2026-11-20 at 10.12.00.png'),
    png('screenshot', screenLike(6, 900, 640), 'Bildschirmfoto vom 2026-11-20.png'),
    ...[1, 2].map(async (seed) => jpeg('scan', await scanLike(seed))),
    scanLike(3, 800, 1_035).then((page) => png('scan', page)),
    scanLike(4, 1_103, 780).then((page) => jpeg('scan', page, 50)),
    ...[1, 2, 3, 4].map((seed) => png('other', drawingLike(seed))),
    jpeg('other', drawingLike(5)),
    png('other', drawingLike(6, 64, 64)),
    ...published.map(
      async ([is, path]): Promise<Sample> => ({
        is,
        bytes: await readFile(fileURLToPath(new URL(`../../../node_modules/${path}`, import.meta.url))),
        mimeType: path.endsWith('.gif') ? 'image/gif' : 'image/png',
        name: path.split('/').at(-1) ?? '',
      }),
    ),
  ]);
}

describe('the category of a picture', () => {
  it('is right for 95 % of generated and published pictures, and never a scan or screenshot that is none', {
    timeout: 20_000,
  }, async () => {
    const set = await samples();

    const judged: [Category, Category, string][] = [];
    for (const { is, bytes, mimeType, name } of set) {
      judged.push([is, await categoryOf(bytes, mimeType, name), name ?? mimeType]);
    }

    const wrong = judged.filter(([is, said]) => is !== said);
    expect(wrong.length / set.length, JSON.stringify(wrong)).toBeLessThanOrEqual(0.05);
    expect(wrong.filter(([, said]) => said === 'scan' || said === 'screenshot')).toEqual([]);
  });

  it('is a photo where a lens is named, whatever its size', async () => {
    expect(await categoryOf(await photo({ width: 1_920, height: 1_080 }), 'image/jpeg')).toBe('photo');
  });

  it('is a scan where a scanner is named', async () => {
    const bytes = await photoLike(9)
      .withExif({ IFD0: { Make: 'EPSON', Model: 'ScanJet 3000', Software: 'EPSON Scan 2' } })
      .jpeg()
      .toBuffer();

    expect(await categoryOf(bytes, 'image/jpeg')).toBe('scan');
  });

  it('does not believe a name that the pixels deny', async () => {
    expect(await categoryOf(await photoLike(10).jpeg().toBuffer(), 'image/jpeg', 'screenshot.jpg')).toBe(
      'photo',
    );
    expect(await categoryOf(await photoLike(11).jpeg().toBuffer(), 'image/jpeg', 'scan 1.jpg')).toBe('photo');
  });
});

describe('the category of what nobody has looked into', () => {
  it.each([
    ['image/heic', 'photo'],
    ['image/svg+xml', 'other'],
    ['application/pdf', 'document'],
    ['text/markdown', 'document'],
    ['text/csv', 'spreadsheet'],
    ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'spreadsheet'],
    ['application/vnd.oasis.opendocument.spreadsheet', 'spreadsheet'],
    ['application/msexcel', 'spreadsheet'],
    ['application/x-zip-compressed', 'archive'],
    ['application/x-7z-compressed', 'archive'],
    ['audio/mpeg', 'audio'],
    ['video/mp4', 'video'],
    ['application/octet-stream', 'other'],
  ])('of %s is %s', (mimeType, category) => {
    expect(categoryOfType(mimeType)).toBe(category);
  });
});

describe('the category of a document', () => {
  it('is a scan where most of its pages are pictures', () => {
    expect(categoryOfDocument('application/pdf', { lookedAt: 5, pictures: 4 })).toBe('scan');
    expect(categoryOfDocument('application/pdf', { lookedAt: 5, pictures: 1 })).toBe('document');
    expect(categoryOfDocument('application/pdf', { lookedAt: 0, pictures: 0 })).toBe('document');
    expect(categoryOfDocument('application/pdf')).toBe('document');
  });
});
