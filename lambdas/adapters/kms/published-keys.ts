import { createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { withDeadline } from '../request-deadline.ts';
import { keyIdOf } from './receipt-signer.ts';

const requestTimeoutMs = 3_000;
const maxAttempts = 3;

/** A public key as RFC 7517 writes it, with what it is for. */
export interface PublishedKey {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'ES256';
}

/** The public halves, asked for once: the key behind an ARN never changes. */
export function createPublishedKeys(keyArns: readonly string[]): () => Promise<readonly PublishedKey[]> {
  const kms = new KMSClient({ requestHandler: withDeadline(requestTimeoutMs), maxAttempts });
  const known = new Map<string, PublishedKey>();
  return () =>
    Promise.all(
      keyArns.map(async (arn) => {
        const key = known.get(arn) ?? (await publishedKey(kms, arn));
        known.set(arn, key);
        return key;
      }),
    );
}

async function publishedKey(kms: KMSClient, arn: string): Promise<PublishedKey> {
  const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: arn }));
  if (!PublicKey) throw new Error('KMS answered without a public key');
  const { kty, crv, x, y } = createPublicKey({
    key: Buffer.from(PublicKey),
    format: 'der',
    type: 'spki',
  }).export({ format: 'jwk' });
  if (!kty || !crv || !x || !y) throw new Error(`the key ${keyIdOf(arn)} is on no elliptic curve`);
  return { kty, crv, x, y, kid: keyIdOf(arn), use: 'sig', alg: 'ES256' };
}
