import { createSign, createVerify, generateKeyPairSync } from 'node:crypto';
import type { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { expect, it } from 'vitest';
import { createMediaCookies } from '../../../lambdas/adapters/kms/media-cookies.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });

/** Signs as KMS does. */
const kms = {
  send: async ({ input }: SignCommand) => {
    expect(input).toMatchObject({
      KeyId: 'KEY',
      MessageType: 'RAW',
      SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
    });
    return {
      Signature: createSign('RSA-SHA256')
        .update(input.Message as Buffer)
        .sign(privateKey),
    };
  },
} as unknown as KMSClient;

const decoded = (text = ''): Buffer =>
  Buffer.from(text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64');

it('cookies carry a signed policy for one folder and one end, and go nowhere else', async () => {
  const cookies = createMediaCookies(
    { keyArn: 'KEY', keyPairId: 'K1', origin: 'https://files.example.com' },
    kms,
  );
  const path = '/tenants/acme/videos/F1/v1/';

  const made = await cookies.sign({ path, seconds: 3_600, now: '2026-11-20T12:00:00.000Z' });

  const parts = made.map((cookie) => /^CloudFront-([\w-]+)=([\w~-]+); (.*)$/.exec(cookie) ?? []);
  const values = Object.fromEntries(parts.map(([, name = '', value = '']) => [name, value]));
  expect(new Set(parts.map(([, , , attributes]) => attributes))).toEqual(
    new Set([`Path=${path}; Max-Age=3600; Secure; HttpOnly; SameSite=Strict`]),
  );
  expect(values).toMatchObject({ 'Key-Pair-Id': 'K1', 'Hash-Algorithm': 'SHA256' });
  const policy = decoded(values.Policy);
  expect(createVerify('RSA-SHA256').update(policy).verify(publicKey, decoded(values.Signature))).toBe(true);
  expect(JSON.parse(policy.toString())).toEqual({
    Statement: [
      {
        Resource: `https://files.example.com${path}*`,
        Condition: { DateLessThan: { 'AWS:EpochTime': Date.parse('2026-11-20T13:00:00Z') / 1000 } },
      },
    ],
  });
});
