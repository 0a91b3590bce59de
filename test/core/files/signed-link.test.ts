import { createHmac, timingSafeEqual } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkLink,
  type LinkDeps,
  type LinkTarget,
  signLink,
} from '../../../lambdas/core/files/signed-link.ts';
import { startOfTime } from '../../support/domain.ts';

const macOf = (day: string, text: string) =>
  createHmac('sha256', `key of ${day}`).update(text).digest('base64url');
const target: LinkTarget = {
  ...{ purpose: 'image', tenantId: 'acme', fileId: 'F1' },
  params: { w: '640', h: '480', fit: 'cover', format: 'auto', q: '75' },
};
const start = Date.parse(startOfTime) / 1000;

function linking(seconds = 0) {
  const days: string[] = [];
  const deps: LinkDeps = {
    keys: {
      sign: async (day, text) => macOf(day, text),
      verify: async (day, text, signature) => {
        days.push(day);
        const [right, given] = [Buffer.from(macOf(day, text)), Buffer.from(signature)];
        return right.byteLength === given.byteLength && timingSafeEqual(right, given);
      },
    },
    now: () => new Date((start + seconds) * 1000).toISOString(),
    maxSeconds: 86_400,
  };
  return { deps, days };
}

describe('a signed link', () => {
  it('opens what it was made for, until its end', async () => {
    const proof = await signLink(linking().deps, target, 3_600);
    const left = proof.expires - start;

    await expect(checkLink(linking(left - 1).deps, target, proof)).resolves.toBeUndefined();
    await expect(checkLink(linking(left).deps, target, proof)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('does not open anything else: everything that decides is signed', async () => {
    const proof = await signLink(linking().deps, target, 3_600);
    const { params } = target;
    const others: LinkTarget[] = [
      { ...target, purpose: 'stream' },
      { ...target, tenantId: 'globex' },
      { ...target, fileId: 'F2' },
      { ...target, params: { ...params, more: '1' } },
      // The same characters, differently divided.
      { ...target, tenantId: 'acm', fileId: 'eF1' },
      ...Object.keys(params).flatMap((name) => {
        const { [name]: value = '', ...rest } = params as Record<string, string>;
        return [
          { ...target, params: { ...params, [name]: `${value}1` } },
          { ...target, params: rest },
          { ...target, params: { ...rest, [`${name}x`]: value } },
        ];
      }),
    ];
    for (const other of others) {
      await expect(checkLink(linking().deps, other, proof)).rejects.toMatchObject({ code: 'forbidden' });
    }
    const { expires, signature } = proof;
    for (const forged of [
      { expires: expires + 1, signature },
      { expires: expires - 1, signature },
      { expires, signature: '' },
      { expires, signature: `${signature}=` },
      { expires, signature: signature.toLowerCase() },
    ]) {
      await expect(checkLink(linking().deps, target, forged)).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  it('does not open with any single character of its signature changed', async () => {
    const proof = await signLink(linking().deps, target, 3_600);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(proof.signature.length - 1),
        fc.constantFrom(...'AZaz09-_'),
        async (at, other) => {
          fc.pre(proof.signature[at] !== other);
          const signature = proof.signature.slice(0, at) + other + proof.signature.slice(at + 1);
          await expect(checkLink(linking().deps, target, { ...proof, signature })).rejects.toThrow();
        },
      ),
    );
  });

  it('does not depend on the order of its parameters', async () => {
    const reversed = { ...target, params: Object.fromEntries(Object.entries(target.params).reverse()) };
    const proof = await signLink(linking().deps, reversed, 3_600);
    await expect(checkLink(linking().deps, target, proof)).resolves.toBeUndefined();
  });

  it('lives for what was asked for, or up to a quarter less, and is the same within that quarter', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 60, max: 86_400 }), fc.nat(100_000), async (seconds, later) => {
        const { expires } = await signLink(linking(later).deps, target, seconds);
        const life = expires - start - later;
        expect(life).toBeLessThanOrEqual(seconds);
        expect(life).toBeGreaterThan((seconds * 3) / 4 - 1);
      }),
    );
    const [one, other] = [linking(0), linking(899)];
    expect(await signLink(one.deps, target, 3_600)).toEqual(await signLink(other.deps, target, 3_600));
  });

  it('is refused before any key is made where it ends later than any link does', async () => {
    const { deps, days } = linking();
    for (const expires of [start + 86_401, 9_999_999_999_999, start - 1, 0]) {
      const signature = 'x'.repeat(43);
      await expect(checkLink(deps, target, { expires, signature })).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    expect(days).toEqual([]);
  });
});
