import { GetPublicKeyCommand } from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PublicKeySet, SignedReceipt } from '../../../client/api-types.ts';
import { verifyReceipt } from '../../../client/receipt.ts';
import { issueReceipt } from '../../../lambdas/core/receipts/issue.ts';
import { signedJws } from '../../../lambdas/core/receipts/jws.ts';
import { caller, file, startOfTime } from '../../support/domain.ts';
import { FakeKms } from '../../support/receipts.ts';

const kms = new FakeKms();
const stored = file({
  status: 'ready',
  originalName: 'Über "uns" \u{1F600}.jpg',
  libraryKey: 'K',
  libraryVersionId: 'V',
  checksums: { SHA256: 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=' },
});

let signed: SignedReceipt;
let keys: PublicKeySet;
beforeAll(async () => {
  const store = { file: async () => stored, share: async () => undefined, version: async () => undefined };
  const deps = { store, now: () => startOfTime, signer: kms.signer };
  signed = (await issueReceipt(deps, caller(), 'F1', {})).answer as SignedReceipt;
  keys = await kms.keys();
});

const verdictOn = (changed: SignedReceipt | string, by = keys): Promise<string> =>
  verifyReceipt(changed, by).then(
    () => 'valid',
    (error: { code: string }) => error.code,
  );

describe('a receipt', () => {
  it('signed by KMS is checked by the published key alone', async () => {
    expect(await verifyReceipt(signed, keys)).toEqual(signed.receipt);
    expect(await verifyReceipt(signed.jws, keys)).toEqual(signed.receipt);
    expect(signed.receipt.originalName).toBe(stored.originalName);
  });

  it('does not survive another character anywhere in its text', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n';
    const verdicts = await Promise.all(
      Array.from(signed.jws, (was, at) => {
        const other = alphabet[(alphabet.indexOf(was) + 1 + (at % 60)) % alphabet.length] as string;
        return verdictOn(signed.jws.slice(0, at) + other + signed.jws.slice(at + 1));
      }),
    );
    expect(verdicts).toHaveLength(signed.jws.length);
    expect(new Set(verdicts)).toEqual(new Set(['receipt_invalid']));
  });

  it('has one spelling: of the last character, whose spare bits no decoder needs, too', async () => {
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      const spelled = signed.jws.slice(0, -1) + last;
      expect(await verdictOn(spelled)).toBe(spelled === signed.jws ? 'valid' : 'receipt_invalid');
    }
    for (const spelled of [`${signed.jws}=`, ` ${signed.jws}`, `${signed.jws}\n`, `${signed.jws}.`]) {
      expect(await verdictOn(spelled)).toBe('receipt_invalid');
    }
  });

  it('does not survive characters taken out, put in or changed, however many', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(12), fc.base64String({ maxLength: 12 }), async (from, gone, put) => {
        const at = from % signed.jws.length;
        const text = signed.jws.slice(0, at) + put + signed.jws.slice(at + gone);
        fc.pre(text !== signed.jws);
        expect(await verdictOn(text)).toBe('receipt_invalid');
      }),
      { numRuns: 300 },
    );
  });

  it('is not believed where what is to be read differs from what was signed', async () => {
    const { receipt } = signed;
    const names = Object.keys(receipt) as (keyof typeof receipt)[];
    const changed = names.flatMap((name) => [
      { ...receipt, [name]: 'other' },
      Object.fromEntries(Object.entries(receipt).filter(([other]) => other !== name)),
    ]);
    for (const other of [...changed, { ...receipt, added: 1 }, { ...receipt, checksums: {} }]) {
      const said = { ...signed, receipt: other } as SignedReceipt;
      expect(await verdictOn(said), JSON.stringify(other)).toBe('receipt_invalid');
    }
    expect(await verdictOn({ ...signed, keyId: 'other' })).toBe('receipt_invalid');
  });

  it('of another key of the same name is refused, and of a key that nobody published', async () => {
    expect(await verdictOn(signed, await new FakeKms().keys())).toBe('receipt_invalid');
    expect(await verdictOn(signed, { keys: [] })).toBe('receipt_invalid');
    const renamed = keys.keys.map((key) => ({ ...key, kid: 'renamed' }));
    expect(await verdictOn(signed, { keys: renamed })).toBe('receipt_invalid');
    const noPoint = keys.keys.map((key) => ({ ...key, x: key.y }));
    expect(await verdictOn(signed, { keys: noPoint })).toBe('receipt_invalid');
  });

  it('is not what the same key signs of another type, version or algorithm', async () => {
    const own = new FakeKms('own');
    const published = await own.keys();
    expect(await verdictOn(await signedJws(own.signer, signed.receipt), published)).toBe('valid');
    const later = await signedJws(own.signer, { ...signed.receipt, schemaVersion: 2 });
    expect(await verdictOn(later, published)).toBe('receipt_invalid');

    const [header = '', payload = ''] = (await signedJws(own.signer, signed.receipt)).split('.');
    const said = JSON.parse(Buffer.from(header, 'base64url').toString());
    for (const over of [{ typ: 'JWT' }, { alg: 'none' }, { alg: 'HS256' }, { crit: ['b64'], b64: false }]) {
      const other = Buffer.from(JSON.stringify({ ...said, ...over })).toString('base64url');
      const signature = Buffer.from(await own.signer.sign(`${other}.${payload}`)).toString('base64url');
      expect(await verdictOn(`${other}.${payload}.${signature}`, published)).toBe('receipt_invalid');
    }
  });
});

describe('the published keys', () => {
  it('name no account, and are asked for once', async () => {
    const own = new FakeKms('0f5a');
    const [key] = (await own.keys()).keys;
    await own.keys();

    expect(key).toEqual({
      ...{ kty: 'EC', crv: 'P-256', kid: '0f5a', use: 'sig', alg: 'ES256' },
      x: expect.stringMatching(/^[\w-]{43}$/),
      y: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(own.mock.commandCalls(GetPublicKeyCommand)).toHaveLength(1);
  });
});
