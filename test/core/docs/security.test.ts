import { existsSync, globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import { scannerMaxBytes } from '../../../lambdas/contract/scanners.ts';
import { maxDepth, maxEntries } from '../../../lambdas/core/content/structure/archives/bounds.ts';
import { maxAnimationPixels, maxFrames } from '../../../lambdas/core/content/structure/images/facts.ts';
import { maxSvgBytes } from '../../../lambdas/core/content/structure/images/svg/inspect-svg.ts';
import { maxPixels } from '../../../lambdas/core/images/decode-cost.ts';

const repository = resolve(import.meta.dirname, '../../..');
const text = readFileSync(resolve(repository, 'docs/security.md'), 'utf8');
const MiB = 1024 ** 2;
const { documents, video } = defaultLimits;
const grouped = (value: number): string => value.toLocaleString('en-US');

describe('docs/security.md', () => {
  it('names tests that are there', () => {
    const named = [...text.matchAll(/`(test\/[\w/.*-]+)`/g)].map(([, path = '']) => path);
    const missing = named.filter(
      (path) =>
        !existsSync(resolve(repository, path)) && globSync(`${path}*.ts`, { cwd: repository }).length === 0,
    );
    expect(named.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });

  it.each([
    ['one look at a structure', [`${defaultLimits.inspection.maxReads} requests`]],
    ['one look at a structure', [`${defaultLimits.inspection.maxReadBytes / MiB} MiB`]],
    ['pixels', [`${maxPixels / 1e6} million`]],
    ['animations', [`${grouped(maxFrames)} frames`, `${grouped(maxAnimationPixels / 1e6)} million pixels`]],
    ['archives', [`${grouped(maxEntries)} entries`, `depth ${maxDepth}`]],
    ['SVG', [`${maxSvgBytes / MiB} MiB`]],
    ['documents', [`${documents.maxBytes / MiB} MiB`, `${grouped(documents.textMaxPages)} pages`]],
    ['documents', [`${documents.previewPages} previews`, `${documents.readSeconds} s`]],
    [
      'videos and recordings',
      [`${grouped(video.maxSidePixels)} pixels`, `${video.maxSourceSeconds / 3600} hours`],
    ],
    [
      'videos and recordings',
      [`${video.encodeSeconds / 60} minutes`, `${video.encodeDiskBytes / 1024 ** 3} GiB`],
    ],
    ['the scanner', [`GuardDuty ${(scannerMaxBytes.guardduty ?? 0) / 1e9} GB`]],
    ['the scanner', [`ClamAV ${Math.round((scannerMaxBytes.clamav ?? 0) / 1024 ** 3)} GiB`]],
  ])('tells the bounds of the code: %s, %s', (what, numbers) => {
    const row = text.split('\n').find((line) => line.startsWith(`| ${what} |`));
    for (const number of numbers) expect(row).toContain(number);
  });
});
