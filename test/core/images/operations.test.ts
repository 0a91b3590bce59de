import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashName } from '../../../lambdas/core/images/hash-name.ts';
import {
  canCompress,
  type Operation,
  operableTypes,
  recipesOf,
} from '../../../lambdas/core/images/operations.ts';
import { type OperationRecipe, watermarkPositions } from '../../../lambdas/core/images/recipes.ts';

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const encoding = {
  quality: optional(fc.integer({ min: 1, max: 100 })),
  metadata: optional(fc.constantFrom('strip', 'keep')),
} as const;
const format = fc.constantFrom('jpeg', 'png', 'webp', 'avif');
const side = fc.oneof(fc.constantFrom(150, 300, 600), fc.integer({ min: 1, max: 8192 }));
const fit = optional(fc.constantFrom('cover', 'inside'));
const share = optional(fc.double({ min: 0.01, max: 1, noNaN: true }));
const mark = fc.oneof(
  fc.record({ text: fc.string({ minLength: 1, maxLength: 5 }) }),
  fc.record({ fileId: fc.constantFrom('F1', 'F2'), version: fc.integer({ min: 1, max: 3 }) }),
);
const operation = fc.oneof(
  fc.record({ type: fc.constant('compress'), params: optional(fc.record(encoding)) }),
  fc.record({
    type: fc.constant('thumbnails'),
    params: optional(
      fc.record({
        sizes: optional(fc.array(side, { minLength: 1, maxLength: 5 })),
        fit,
        format: optional(format),
        ...encoding,
      }),
    ),
  }),
  fc.record({
    type: fc.constant('resize'),
    params: fc
      .record({ width: optional(side), height: optional(side), fit, format: optional(format), ...encoding })
      .filter(({ width, height }) => width !== undefined || height !== undefined),
  }),
  fc.record({
    type: fc.constant('watermark'),
    params: fc.record({
      mark,
      position: optional(fc.constantFrom(...watermarkPositions)),
      opacity: share,
      scale: share,
      format: optional(format),
      ...encoding,
    }),
  }),
  fc.record({ type: fc.constant('convert'), params: fc.record({ format, ...encoding }) }),
) as fc.Arbitrary<Operation>;
const mimeType = fc.constantFrom(...operableTypes.filter(canCompress));

/** The operation that asks for exactly this recipe, with nothing left out. */
function askingFor({ type, ...recipe }: OperationRecipe): Operation {
  if (type !== 'thumbnail') return { type, params: recipe } as Operation;
  const { size, ...params } = recipe as Extract<OperationRecipe, { type: 'thumbnail' }>;
  const { format: _, ...rest } = params;
  return {
    type: 'thumbnails',
    params: { ...(params.format === 'auto' ? rest : params), sizes: [size] },
  } as Operation;
}

const canonical = (recipe: object) =>
  JSON.stringify(Object.entries(recipe).sort(([a], [b]) => (a < b ? -1 : 1)));

describe('what an operation makes', () => {
  it('is the same when everything is said that was left out', () => {
    fc.assert(
      fc.property(operation, mimeType, (asked, of) => {
        for (const named of recipesOf(asked, of)) {
          // The original's own format is the one that nobody says; GIF cannot be said at all.
          const again = askingFor(named.recipe);
          if (named.recipe.format === 'gif') delete (again.params as { format?: string }).format;
          expect(recipesOf(again, of)).toEqual([named]);
        }
      }),
    );
  });

  it('has one name, and another result never has it', () => {
    const byName = new Map<string, string>();
    fc.assert(
      fc.property(operation, mimeType, (asked, of) => {
        for (const { name, recipe } of recipesOf(asked, of)) {
          const known = byName.get(`${of} ${name}`) ?? canonical(recipe);
          byName.set(`${of} ${name}`, known);
          expect(canonical(recipe)).toBe(known);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('has a name that fits the download endpoint, a key and the id of a job', () => {
    fc.assert(
      fc.property(operation, mimeType, (asked, of) => {
        const names = recipesOf(asked, of).map(({ name }) => name);
        for (const name of names) expect(name).toMatch(/^[a-z0-9-]{1,64}$/);
        expect(new Set(names).size).toBe(names.length);
        expect(names.join('~').length + '.01JD0000000000000000000000.99999'.length).toBeLessThanOrEqual(255);
      }),
    );
  });

  it.each([
    [{ type: 'compress' }, 'image/jpeg', ['compress-q85']],
    [{ type: 'compress', params: { quality: 85 } }, 'image/webp', ['compress-q85']],
    [{ type: 'compress', params: { quality: 60, metadata: 'keep' } }, 'image/jpeg', ['compress-q60-keep']],
    [{ type: 'compress', params: { quality: 60 } }, 'image/png', ['compress']],
    [{ type: 'thumbnails' }, 'image/jpeg', ['thumbnail-150', 'thumbnail-300', 'thumbnail-600']],
    [
      { type: 'thumbnails', params: { sizes: [64, 64], fit: 'inside' } },
      'image/png',
      ['thumbnail-64-inside'],
    ],
    [{ type: 'resize', params: { width: 800, height: 600 } }, 'image/jpeg', ['resize-800x600-inside']],
    [{ type: 'resize', params: { width: 800, fit: 'cover' } }, 'image/jpeg', ['resize-w800']],
    [
      { type: 'resize', params: { height: 9, format: 'webp', quality: 50 } },
      'image/gif',
      ['resize-h9-webp-q50'],
    ],
    [{ type: 'convert', params: { format: 'webp' } }, 'image/jpeg', ['convert-webp-q80']],
    [{ type: 'convert', params: { format: 'png', quality: 3 } }, 'image/jpeg', ['convert-png']],
  ] as const)('of %j on %s is called %j', (asked, of, names) => {
    expect(recipesOf(asked as Operation, of).map(({ name }) => name)).toEqual(names);
  });

  it('tells watermarks apart by what shows', () => {
    const nameOf = (params: object) =>
      recipesOf({ type: 'watermark', params: { mark: { text: '©' }, ...params } }, 'image/jpeg')[0]?.name;
    expect(nameOf({})).toMatch(/^watermark-[0-9a-f]{16}$/);
    expect(nameOf({ position: 'bottom-right', opacity: 0.7, scale: 0.3, quality: 80 })).toBe(nameOf({}));
    const others = [
      { position: 'top' },
      { opacity: 0.5 },
      { scale: 0.5 },
      { mark: { text: 'c' } },
      { format: 'png' },
    ];
    expect(new Set([{}, ...others].map(nameOf)).size).toBe(others.length + 1);
  });
});

it('a hash is FNV-1a of 64 bits', () => {
  expect(hashName('')).toBe('cbf29ce484222325');
  expect(hashName('a')).toBe('af63dc4c8601ec8c');
  expect(hashName('foobar')).toBe('85944171f73967e8');
});
