import { describe, expect, it } from 'vitest';
import { detailsOf, isoDate, securityOf } from '../../../lambdas/adapters/pdf/details.ts';
import type { DocumentFacts } from '../../../lambdas/adapters/pdf/frames.ts';

const facts = (over: Partial<DocumentFacts> = {}): DocumentFacts => ({
  ...{ pages: 1, info: {}, hasScripts: false, hasAttachments: false, hasForm: false, signatures: 0 },
  ...over,
});

describe('what a PDF says about itself', () => {
  it.each([
    ["D:20260131120000+01'00'", '2026-01-31T11:00:00Z'],
    ["D:20260131120000-05'30", '2026-01-31T17:30:00Z'],
    ['D:20260131120000Z', '2026-01-31T12:00:00Z'],
    ["D:20260131120000Z00'00'", '2026-01-31T12:00:00Z'],
    ['D:202601', '2026-01-01T00:00:00Z'],
    ['20260131', '2026-01-31T00:00:00Z'],
    ['D:20261331', undefined],
    ['Friday', undefined],
    ['', undefined],
  ])('has the date %s as ISO 8601', (text, expected) => {
    expect(isoDate(text)).toBe(expected);
  });

  it('is cut to lines that a record can hold, and leaves out what it does not say', () => {
    const info = { Title: ` A\u0000\n title ${'x'.repeat(5000)}`, Author: ' \n ' };

    const details = detailsOf(facts({ info, version: 20 }));

    expect(Object.keys(details)).toEqual(['title', 'formatVersion']);
    expect(details.title).toMatch(/^A title x+$/);
    expect(details.title).toHaveLength(300);
    expect(details.formatVersion).toBe('2.0');
  });

  it('names what is allowed without the owner’s password, by the bits that say so', () => {
    expect(securityOf(facts({ permissions: 0b1000_0001_0100 }))).toMatchObject({
      encrypted: true,
      permissions: ['print', 'copy', 'print_high_quality'],
    });
    expect(securityOf(facts({ permissions: 0 }))).toMatchObject({ encrypted: true, permissions: [] });
    expect(securityOf(facts())).not.toHaveProperty('permissions');
  });
});
