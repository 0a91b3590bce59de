import { generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawSignature } from '../../../lambdas/adapters/kms/ecdsa-der.ts';

/** DER of a non-negative number, as short as it goes. */
function integer(number: Uint8Array): number[] {
  const bytes = [...number];
  while (bytes.length > 1 && bytes[0] === 0) bytes.shift();
  if ((bytes[0] ?? 0) >= 0x80) bytes.unshift(0);
  return [0x02, bytes.length, ...bytes];
}

const der = (r: Uint8Array, s: Uint8Array): Uint8Array => {
  const body = [...integer(r), ...integer(s)];
  return Uint8Array.from([0x30, body.length, ...body]);
};

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.padStart(64, '0'), 'hex'));
const number = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('a DER signature as r and s', () => {
  it.each([
    ['of full length', 'ab'.repeat(32), '7f'.repeat(32)],
    ['with a zero before what would look negative', 'ff'.repeat(32), '80'.padEnd(64, '0')],
    ['with r shorter by a byte', '7f'.repeat(31), '11'.repeat(32)],
    ['with s shorter by two, its next bit set', '11'.repeat(32), '80'.padEnd(60, '0')],
    ['of the smallest numbers', '1', '1'],
    ['that is zero', '0', '0'],
  ])('%s', (_name, r, s) => {
    expect(Buffer.from(rawSignature(der(hex(r), hex(s)))).toString('hex')).toBe(
      r.padStart(64, '0') + s.padStart(64, '0'),
    );
  });

  it('has 32 bytes each, whatever the numbers', () => {
    fc.assert(
      fc.property(number, number, (r, s) => {
        expect(Buffer.from(rawSignature(der(r, s)))).toEqual(Buffer.concat([r, s]));
      }),
    );
  });

  it('is one that holds, as JWS has it', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (let n = 0; n < 20; n++) {
      const text = Buffer.from(`${n}`);
      const raw = rawSignature(sign('sha256', text, privateKey));
      expect(verify('sha256', text, { key: publicKey, dsaEncoding: 'ieee-p1363' }, raw)).toBe(true);
    }
  });

  it.each([
    ['nothing', ''],
    ['no sequence', '3106020101020101'],
    ['a wrong length', '3007020101020101'],
    ['bytes behind', '300602010102010100'],
    ['one number', '3003020101'],
    ['an empty number', '300402000200'],
    ['a number beyond its end', '3006020101020901'],
    ['a number of 33 bytes', `3026022101${'00'.repeat(32)}020101`],
  ])('refuses %s', (_name, bytes) => {
    expect(() => rawSignature(Buffer.from(bytes, 'hex'))).toThrow('no ECDSA P-256 signature');
  });
});
