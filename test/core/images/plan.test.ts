import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxWorkingPixels, planRenditions, type Size } from '../../../lambdas/core/images/plan.ts';
import { defaultPresets, type RenditionPreset } from '../../../lambdas/core/images/presets.ts';

const side = (max: number) => fc.oneof(fc.integer({ min: 1, max }), fc.integer({ min: 1, max: 64 }));
const sources = fc.record({ width: side(100_000), height: side(100_000) });
const presets = fc.array(
  fc.record({
    name: fc.string(),
    fit: fc.constantFrom('cover' as const, 'inside' as const),
    width: side(4_000),
    height: side(4_000),
    format: fc.constantFrom('auto' as const, 'jpeg' as const, 'webp' as const),
    quality: fc.integer({ min: 1, max: 100 }),
  }),
  { maxLength: 6 },
);

const plans = (check: (source: Size, preset: RenditionPreset, output: Output, plan: Plan) => void) =>
  fc.assert(
    fc.property(sources, presets, fc.boolean(), (source, wanted, hasAlpha) => {
      const plan = planRenditions(source, hasAlpha, wanted);
      expect(plan.outputs).toHaveLength(wanted.length);
      for (const [index, output] of plan.outputs.entries()) {
        check(source, wanted[index] as RenditionPreset, output, plan);
      }
    }),
    { numRuns: 1_000 },
  );
type Plan = ReturnType<typeof planRenditions>;
type Output = Plan['outputs'][number];

const sizes = (source: Size) =>
  Object.fromEntries(
    planRenditions(source, false, defaultPresets).outputs.map((o) => [o.name, [o.width, o.height]]),
  );

describe('rendition plan', () => {
  it('makes the sizes of the default presets for an ordinary photo', () => {
    expect(sizes({ width: 4000, height: 3000 })).toEqual({
      small: [150, 150],
      medium: [300, 300],
      large: [800, 600],
      preview: [1440, 1080],
    });
  });

  it('cuts a picture that does not fill the box only where it sticks out', () => {
    expect(sizes({ width: 100, height: 50 }).small).toEqual([100, 50]);
    expect(sizes({ width: 1000, height: 50 }).small).toEqual([150, 50]);
    expect(sizes({ width: 50, height: 1000 }).small).toEqual([50, 150]);
    expect(sizes({ width: 1, height: 1 })).toEqual({
      small: [1, 1],
      medium: [1, 1],
      large: [1, 1],
      preview: [1, 1],
    });
  });

  it('decodes once, at the size of the output that needs most', () => {
    const plan = planRenditions({ width: 4000, height: 3000 }, false, defaultPresets);

    expect(plan.working).toEqual({ width: 1440, height: 1080 });
    expect(plan.outputs.map((output) => output.from)).toEqual(['working', 'working', 'working', 'working']);
  });

  it('gives an output its own decode only where the shared image would be huge', () => {
    const plan = planRenditions({ width: 65_000, height: 1_200 }, false, defaultPresets);

    expect(plan.outputs.map((output) => output.from)).toEqual(['working', 'working', 'source', 'working']);
    expect(plan.working).toEqual({ width: 16_250, height: 300 });
    expect(plan.outputs[2]).toMatchObject({ window: { left: 31_700, top: 0, width: 1_600, height: 1_200 } });
  });

  it('has no working image when nothing is made from it', () => {
    expect(planRenditions({ width: 10, height: 10 }, false, [])).toEqual({ working: undefined, outputs: [] });
  });

  it('keeps alpha as WebP unless the preset says JPEG', () => {
    const preset = { name: 'x', fit: 'inside', width: 9, height: 9, quality: 80 } as const;
    const made = (format: RenditionPreset['format'], hasAlpha: boolean) =>
      planRenditions({ width: 9, height: 9 }, hasAlpha, [{ ...preset, format }]).outputs[0]?.extension;

    expect([made('auto', true), made('auto', false)]).toEqual(['.webp', '.jpg']);
    expect([made('jpeg', true), made('webp', false)]).toEqual(['.jpg', '.webp']);
  });

  it('never enlarges and never leaves the box', () => {
    plans((source, preset, output) => {
      const whole = output.from === 'working' ? output.scaled : output.window;
      expect(whole.width).toBeLessThanOrEqual(source.width);
      expect(whole.height).toBeLessThanOrEqual(source.height);
      expect(output.width).toBeLessThanOrEqual(Math.min(preset.width, whole.width));
      expect(output.height).toBeLessThanOrEqual(Math.min(preset.height, whole.height));
      expect(Math.min(output.width, output.height)).toBeGreaterThanOrEqual(1);
    });
  });

  it('fills the box of a cover exactly when the source is large enough', () => {
    plans((source, preset, { width, height }) => {
      if (preset.fit !== 'cover' || source.width < preset.width || source.height < preset.height) return;
      expect([width, height]).toEqual([preset.width, preset.height]);
    });
  });

  it('uses as much of the box as the source has', () => {
    plans((source, preset, { width, height }) => {
      const [fullWidth, fullHeight] = [
        Math.min(preset.width, source.width),
        Math.min(preset.height, source.height),
      ];
      if (preset.fit === 'inside') expect(width === fullWidth || height === fullHeight).toBe(true);
      else expect([width, height]).toEqual([fullWidth, fullHeight]);
    });
  });

  it('keeps the aspect within one pixel a side', () => {
    plans((source, _preset, output) => {
      const [from, to] = output.from === 'working' ? [source, output.scaled] : [output.window, output];
      // The factors by which either side may have been scaled down, one pixel more or less: they must meet.
      const least = Math.max(from.width / (to.width + 1), from.height / (to.height + 1));
      const most = Math.min(from.width / (to.width - 1), from.height / (to.height - 1));
      expect(least).toBeLessThanOrEqual(most);
    });
  });

  it('cuts from the centre, and nothing from an inside', () => {
    plans((source, preset, output) => {
      const [part, whole] =
        output.from === 'working' ? [output.crop, output.scaled] : [output.window, source];
      expect(Math.abs(whole.width - part.width - 2 * part.left)).toBeLessThanOrEqual(1);
      expect(Math.abs(whole.height - part.height - 2 * part.top)).toBeLessThanOrEqual(1);
      expect(Math.min(part.left, part.top)).toBeGreaterThanOrEqual(0);
      if (preset.fit === 'inside')
        expect(part).toEqual({ left: 0, top: 0, width: whole.width, height: whole.height });
    });
  });

  it('has a working image that is bounded and large enough for everything made from it', () => {
    plans((_source, _preset, output, { working }) => {
      if (output.from === 'source') return;
      expect(working).toBeDefined();
      if (!working) return;
      expect(working.width * working.height).toBeLessThanOrEqual(maxWorkingPixels);
      expect(output.scaled.width).toBeLessThanOrEqual(working.width);
      expect(output.scaled.height).toBeLessThanOrEqual(working.height);
    });
  });
});
