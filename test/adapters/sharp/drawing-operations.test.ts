import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../lambdas/core/images/operations.ts';
import { only, operate } from '../../support/operating.ts';

describe('an operation', () => {
  it('makes of a drawing the same, whatever else is asked for, and counts the bytes of the drawing', async () => {
    const body =
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path d="M0 0h20v10H0z"/></svg>';
    const svg = Buffer.from(body);
    const convert: Operation = { type: 'convert', params: { format: 'webp' } };
    const alone = await only(svg, 'image/svg+xml', convert);
    const { made } = await operate(svg, 'image/svg+xml', [
      { type: 'resize', params: { width: 3_000 } },
      convert,
    ]);
    expect(made.map(({ width, height }) => [width, height])).toEqual([
      [3_000, 750],
      [2_048, 512],
    ]);
    expect(made[1]?.body).toEqual(alone.body);
    expect(alone.bytesSaved).toBe(svg.byteLength - alone.body.byteLength);
  });

  it('loses of a drawing only what is too large', async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h4v4"/></svg>',
    );
    const { made, unmade } = await operate(svg, 'image/svg+xml', [
      { type: 'resize', params: { width: 8_000 } },
      { type: 'resize', params: { width: 90 } },
    ]);
    expect(made.map(({ name }) => name)).toEqual(['resize-w90']);
    expect(unmade).toMatchObject([{ status: 'skipped', reason: 'pixels_exceeded' }]);
  });

  it('that the time does not suffice for can be asked for again, and none at all tells what the drawing is', async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="6"><path d="M0 0h4v4"/></svg>',
    );
    const asked: Operation[] = [2_000, 3_000].map((width) => ({ type: 'resize', params: { width } }));
    const { media, unmade } = await operate(svg, 'image/svg+xml', asked, { budgetMs: 0 });
    expect(media).toMatchObject({ format: 'svg', width: 9, height: 6 });
    expect(unmade.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
      'failed too_slow',
      'failed too_slow',
    ]);
    expect((await operate(svg, 'image/svg+xml', [])).media).toEqual(media);
  });
});
