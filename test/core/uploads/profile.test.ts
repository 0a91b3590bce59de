import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../lambdas/contract/limits.ts';
import type { InitiateRequest } from '../../../lambdas/core/uploads/initiate.ts';
import { withinProfile } from '../../../lambdas/core/uploads/profile.ts';
import { caller } from '../../support/domain.ts';

const request: InitiateRequest = { path: '/', filename: 'me.png', mimeType: 'image/png', size: 1_000 };
const shape = (over: Partial<InitiateRequest>, profiles = {}) =>
  withinProfile(
    { ...request, ...over },
    caller({ tenant: { policy: { profiles } } }).policy,
    defaultLimits.names,
  );
const codeOf = (over: Partial<InitiateRequest>) => {
  try {
    return shape(over).path;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('an upload profile', () => {
  it('that is not named changes nothing', () => {
    expect(shape({ path: 'anywhere' })).toEqual({ ...request, path: 'anywhere' });
  });

  it.each([
    ['no folder', { path: '/' }, '/avatars'],
    ['its folder', { path: 'avatars/' }, '/avatars'],
    ['a folder in it', { path: '/avatars/2026' }, '/avatars/2026'],
    ['a folder that only begins like it', { path: '/avatars-old' }, 'validation_failed'],
    ['a way out of it', { path: '/avatars/../secret' }, 'validation_failed'],
    ['a byte more than it takes', { size: 5 * 1024 ** 2 + 1 }, 'file_too_large'],
    ['exactly what it takes', { size: 5 * 1024 ** 2 }, '/avatars'],
    ['a type that it lacks', { mimeType: 'video/mp4' }, 'type_not_allowed'],
  ])('is asked for %s', (_what, over, outcome) => {
    expect(codeOf({ ...over, profile: 'avatar' })).toBe(outcome);
  });

  it.each(['banner', '__proto__', 'constructor', 'toString'])('%j is none', (profile) => {
    expect(codeOf({ profile })).toBe('validation_failed');
  });

  it('of the tenant takes the place of a shipped one of its name, and may be the whole space', () => {
    const avatar = { allowedTypes: ['application/pdf'], maxFiles: 1, folder: '/' };
    const over = { profile: 'avatar', mimeType: 'application/pdf', size: 9 * 1024 ** 2 };
    expect(shape({ ...over, path: '/x' }, { avatar }).path).toBe('/x');
  });
});
