import { describe, expect, it } from 'vitest';
import { regionAdmitted, requireRegion } from '../../../lambdas/core/tenancy/geo.ts';

describe('geo restrictions', () => {
  it.each([
    [{}, undefined, true],
    [{}, 'DE', true],
    [{ allow: [], deny: [] }, undefined, true],
    [{ allow: ['DE', 'AT'] }, 'DE', true],
    [{ allow: ['DE', 'AT'] }, 'US', false],
    [{ allow: ['DE'] }, undefined, false],
    [{ deny: ['US'] }, 'DE', true],
    [{ deny: ['US'] }, 'US', false],
    [{ deny: ['US'] }, undefined, false],
    [{ allow: ['DE', 'US'], deny: ['US'] }, 'US', false],
    [{ allow: ['DE', 'US'], deny: ['US'] }, 'DE', true],
  ])('%j and a call from %s: admitted %s', (restrictions, country, admitted) => {
    expect(regionAdmitted(restrictions, country)).toBe(admitted);
  });

  it('refuse with the country, or say that it is not known', () => {
    expect(() => requireRegion({ deny: ['US'] }, 'US')).toThrow(
      expect.objectContaining({ code: 'region_blocked', message: expect.stringContaining('US') }),
    );
    expect(() => requireRegion({ deny: ['US'] }, undefined)).toThrow('not known');
  });
});
